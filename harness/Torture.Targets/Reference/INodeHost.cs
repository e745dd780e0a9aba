using System.Net;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Reference;

/// <summary>Where the nodes of a reference cluster run: processes of this machine, or containers.</summary>
internal interface INodeHost : IAsyncDisposable
{
    /// <summary>What happens to nodes from outside; from any thread.</summary>
    event Action<HostEvent>? Happened;

    /// <summary>The capture of the nodes' networks; null where nothing can be captured.</summary>
    ICaptureSession? Capture { get; }

    /// <summary>Networks and capture, where they are not there yet, so that another run finds what is left.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>What a cluster needs before its nodes, its cluster file too.</summary>
    Task BeginAsync(CancellationToken cancellationToken);

    /// <summary>Ends all nodes and removes what was made for them, the cluster file and its folder too.</summary>
    Task EndAsync();

    /// <summary>Starts a node; returns once its control port answers.</summary>
    /// <exception cref="TargetUnusableException">It does not start: its last lines.</exception>
    Task SpawnAsync(Node node, CancellationToken cancellationToken);

    /// <summary>A connection of its own to the node's control port.</summary>
    /// <exception cref="IOException">It does not answer.</exception>
    ValueTask<ControlClient> OpenControlAsync(string node, CancellationToken cancellationToken);

    /// <summary>One question to a node.</summary>
    /// <exception cref="IOException">It does not answer.</exception>
    async Task<ControlResponse> AskAsync(string node, ControlRequest request, CancellationToken cancellationToken)
    {
        await using var port = await OpenControlAsync(node, cancellationToken);
        return await port.AskAsync(request, cancellationToken);
    }

    /// <summary>What the node has written down since the start of the cluster; null where nothing.</summary>
    Task<string?> ReadLogAsync(Node node, CancellationToken cancellationToken);

    /// <summary>Nodes that it leaves out are in a state that nobody knows.</summary>
    Task<IReadOnlyDictionary<string, ProcessState>> StatesAsync(CancellationToken cancellationToken);

    /// <summary>What is done to a node or a link from outside; null: a node has to do it itself.</summary>
    Task? ApplyAsync(Fault fault, CancellationToken cancellationToken);

    /// <summary>Undoes what <see cref="ApplyAsync"/> did; null: that did nothing.</summary>
    Task? HealAsync(Fault fault, CancellationToken cancellationToken);

    /// <summary>Asks the machine that has an address for echoes; what comes of it is for the capture to show.</summary>
    /// <exception cref="IOException">They cannot be asked for.</exception>
    void AskEchoes(IPAddress address, int count) => EchoSender.Ask(address, count);

    /// <summary>Names and source addresses for a case.</summary>
    CaseClient ClaimClient(string name);

    /// <exception cref="IOException">Refused, unreachable, reset.</exception>
    ValueTask<Connection> ConnectAsync(IPAddress from, IPEndPoint to, CancellationToken cancellationToken);
}

/// <summary>What a host sees of its nodes.</summary>
/// <param name="Sequence">Monotonic nanoseconds of this machine.</param>
internal abstract record HostEvent(string Node, long Sequence)
{
    /// <summary>The node has ended and nothing of it answers any more.</summary>
    /// <param name="Expected">It was told to.</param>
    /// <param name="Said">Its last lines, or its exit code.</param>
    public sealed record Exited(string Node, long Sequence, bool Expected, string Said) : HostEvent(Node, Sequence);

    /// <summary>The node stands still, or goes on.</summary>
    public sealed record Frozen(string Node, long Sequence, bool IsFrozen) : HostEvent(Node, Sequence);

    /// <summary>An address was taken from the node, whether it let go or not.</summary>
    public sealed record Unplugged(string Node, long Sequence, IPAddress Address) : HostEvent(Node, Sequence);
}

/// <summary>Addresses of a cluster, by number.</summary>
internal interface IAddressBook
{
    IPAddress Private(int node);

    IPAddress Node(int node);

    IPAddress Node6(int node);

    IPAddress Public(int index);

    IPAddress Public6(int index);
}
