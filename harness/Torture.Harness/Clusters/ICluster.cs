using System.Net;
using Torture.Harness.Faults;
using Torture.Harness.Results;

namespace Torture.Harness.Clusters;

/// <summary>A running cluster: all that the harness and the suites know of the system under test.</summary>
public interface ICluster : IAsyncDisposable
{
    /// <summary>Name of the target, as in <c>--target</c>.</summary>
    string Target { get; }

    /// <summary>Which cluster of the target: one line, such as its network and its nodes' version.</summary>
    string Id { get; }

    /// <summary>The name that clients register for.</summary>
    string NetName { get; }

    IReadOnlyList<string> Aliases { get; }

    IReadOnlyList<Node> Nodes { get; }

    IReadOnlyList<PublicAddress> PublicAddresses { get; }

    IReadOnlyList<Share> Shares { get; }

    /// <summary>The first one is used where a case does not choose.</summary>
    IReadOnlyList<Account> Accounts { get; }

    ClusterPorts Ports { get; }

    Limits Limits { get; }

    CapabilitySet Capabilities { get; }

    TimeProvider Time { get; }

    /// <summary>Ownership and node states as they change; from any thread.</summary>
    event Action<ClusterEvent>? Changed;

    /// <summary>The run's capture; null where there is none, and the capability Capture says why.</summary>
    ICaptureSession? Capture { get; }

    /// <summary>
    /// Reads what the nodes tell each other; null where nobody can. Events are then seen by what a registration of the
    /// nemesis' own hears.
    /// </summary>
    IClusterTraffic? Traffic => null;

    /// <summary>
    /// So many cases can run side by side: each needs client addresses that no other running case has.
    /// </summary>
    int CasesAtOnce => int.MaxValue;

    /// <summary>What is known of the product.</summary>
    Expectations Expectations => Expectations.None;

    /// <exception cref="IOException">Refused, unreachable, reset.</exception>
    ValueTask<Connection> ConnectAsync(IPAddress from, IPEndPoint to, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the kernel that has an address of IPv4 for echoes, one after the other; what becomes of questions and
    /// answers is for the capture to show.
    /// </summary>
    /// <exception cref="IOException">They cannot be sent.</exception>
    void AskEchoes(IPAddress address, int count);

    /// <summary>A name and addresses for a case.</summary>
    CaseClient ClaimClient(string caseId);

    Task<ClusterObservation> ObserveAsync(CancellationToken cancellationToken);

    /// <summary>Makes it happen and returns; whether it acts is for observation and wire to say.</summary>
    /// <exception cref="NotSupportedByTargetException">There is no way to do this here.</exception>
    Task ApplyAsync(Fault fault, CancellationToken cancellationToken);

    /// <summary>Undoes it and returns; whether the cluster is back is for observation to say.</summary>
    Task HealAsync(Fault fault, CancellationToken cancellationToken);

    /// <summary>A new cluster in the place of one that cannot be healed; the same object serves on.</summary>
    /// <returns>False where the target cannot do so.</returns>
    Task<bool> RebuildAsync(CancellationToken cancellationToken);

    /// <summary>Log of a node since the start of the cluster, as far as it can be had.</summary>
    Task<string?> ReadLogAsync(Node node, CancellationToken cancellationToken);
}
