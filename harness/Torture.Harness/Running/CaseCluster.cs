using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;

namespace Torture.Harness.Running;

/// <summary>The cluster as one case sees it: what the case does with it is the case's own.</summary>
internal sealed class CaseCluster(CaseRun run, ICluster cluster) : ICluster
{
    public event Action<ClusterEvent>? Changed
    {
        add => cluster.Changed += value;
        remove => cluster.Changed -= value;
    }

    public CaseRun Run { get; } = run;

    public string Target => cluster.Target;

    public string Id => cluster.Id;

    public string NetName => cluster.NetName;

    public IReadOnlyList<string> Aliases => cluster.Aliases;

    public IReadOnlyList<Node> Nodes => cluster.Nodes;

    public IReadOnlyList<PublicAddress> PublicAddresses => cluster.PublicAddresses;

    public IReadOnlyList<Share> Shares => cluster.Shares;

    public IReadOnlyList<Account> Accounts => cluster.Accounts;

    public ClusterPorts Ports => cluster.Ports;

    public Limits Limits => cluster.Limits;

    public CapabilitySet Capabilities => cluster.Capabilities;

    public TimeProvider Time => cluster.Time;

    public ICaptureSession? Capture => cluster.Capture;

    public IClusterTraffic? Traffic => cluster.Traffic;

    /// <exception cref="ArgumentException">Not the cluster of a case.</exception>
    public static CaseRun CaseOf(ICluster cluster) =>
        cluster is CaseCluster own ? own.Run : throw new ArgumentException("give the Cluster of the case");

    public async ValueTask<Connection> ConnectAsync(
        IPAddress from, IPEndPoint to, CancellationToken cancellationToken)
    {
        var connection = await cluster.ConnectAsync(from, to, cancellationToken);
        Run.Opened(connection);
        return connection;
    }

    public CaseClient ClaimClient(string caseId) => Run.ClaimClient();

    public Task<ClusterObservation> ObserveAsync(CancellationToken cancellationToken) =>
        cluster.ObserveAsync(cancellationToken);

    public Task ApplyAsync(Fault fault, CancellationToken cancellationToken) =>
        cluster.ApplyAsync(fault, cancellationToken);

    public Task HealAsync(Fault fault, CancellationToken cancellationToken) =>
        cluster.HealAsync(fault, cancellationToken);

    public Task<bool> RebuildAsync(CancellationToken cancellationToken) => cluster.RebuildAsync(cancellationToken);

    public Task<string?> ReadLogAsync(Node node, CancellationToken cancellationToken) =>
        cluster.ReadLogAsync(node, cancellationToken);

    /// <summary>The cluster outlives its cases.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
