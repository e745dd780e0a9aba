using System.Net;

namespace Torture.Harness.Clusters;

/// <summary>Node states as CTDB names them.</summary>
public enum NodeState
{
    Unknown,
    Ok,
    Disconnected,
    Disabled,
    Unhealthy,
    Stopped,
    Banned,
}

/// <summary>What the operating system says about a node's process.</summary>
public enum ProcessState
{
    Unknown,
    Running,

    /// <summary>Stopped by a signal or frozen: its kernel still answers for it.</summary>
    Suspended,
    Gone,
}

/// <summary>A registration as the node that took it tells.</summary>
/// <param name="Pending">A call waits for its next event; null: the node does not tell of calls.</param>
public sealed record ObservedRegistration(
    string Id, string ClientName, string NetName, string? ShareName, string? IpAddress, bool? Pending,
    IPEndPoint? Local, IPEndPoint? Remote);

/// <summary>An administrator's event that a node has carried out.</summary>
/// <param name="Number">Counts up while the node lives.</param>
/// <param name="Kind">What the fault that asks for it needs.</param>
/// <param name="Subject">The client or address that it concerns; null: all clients.</param>
public sealed record ObservedEvent(long Number, Capability Kind, string? Subject);

/// <summary>One node at one moment. A node that does not answer has Reachable false and knows nothing.</summary>
/// <param name="Generation">Counts reconfigurations of the cluster.</param>
/// <param name="Leader">Whom this node takes for the leader.</param>
/// <param name="Witness">The witness service runs here.</param>
public sealed record NodeObservation(
    Node Node,
    bool Reachable,
    NodeState State,
    ProcessState Process = ProcessState.Unknown,
    long Generation = 0,
    string? Leader = null,
    bool Witness = true)
{
    public IReadOnlyList<PublicAddress> Owned { get; init; } = [];

    /// <summary>Addresses are about to move, as far as this node has heard. False: not, or it does not tell.</summary>
    public bool Reallocating { get; init; }

    public IReadOnlyList<ObservedRegistration> Registrations { get; init; } = [];

    /// <summary>
    /// Events of administrators that the node has carried out, the last of them; null where it does not tell. Without
    /// them an event that leaves no state behind is never seen to act.
    /// </summary>
    public IReadOnlyList<ObservedEvent>? Events { get; init; }

    /// <summary>Other nodes whose link this node holds up, by name.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];
}

/// <summary>The whole cluster at one moment, as its nodes tell.</summary>
public sealed record ClusterObservation(DateTimeOffset At, IReadOnlyList<NodeObservation> Nodes)
{
    /// <summary>Owner of each share that has one.</summary>
    public IReadOnlyDictionary<string, string> ShareOwners { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// What a node says of another's address that this does not say itself; null: they agree. There is one while word
    /// is on its way.
    /// </summary>
    public string? Disagreement { get; init; }

    /// <summary>Whom the first node that knows one takes for the leader; null: nobody leads.</summary>
    public Node? Leader => Nodes.Select(seen => seen.Leader).OfType<string>()
        .Select(name => Nodes.FirstOrDefault(seen => seen.Node.Name == name)?.Node).FirstOrDefault();

    public NodeObservation Of(Node node) => Nodes.First(seen => seen.Node.Name == node.Name);

    /// <summary>Who says that it holds the address and is in a position to say so.</summary>
    public IReadOnlyList<Node> OwnersOf(PublicAddress address) =>
        [.. Nodes.Where(seen => seen.Reachable && seen.Owned.Contains(address)).Select(seen => seen.Node)];

    /// <summary>The one owner; null while there is none, or more than one.</summary>
    public Node? OwnerOf(PublicAddress address) => OwnersOf(address) is [var owner] ? owner : null;

    public Node? OwnerOf(Share share) =>
        ShareOwners.TryGetValue(share.Name, out var name)
            ? Nodes.FirstOrDefault(seen => seen.Node.Name == name)?.Node
            : null;

    /// <summary>Nodes, their states and what they own, for people.</summary>
    public override string ToString() => Running.Render.Cluster(this);
}

/// <summary>Something that the cluster tells by itself.</summary>
/// <param name="At">By the clock of the run.</param>
public abstract record ClusterEvent(DateTimeOffset At)
{
    /// <param name="Sequence">Orders takes and releases over all nodes.</param>
    public sealed record AddressTaken(DateTimeOffset At, PublicAddress Address, Node By, long Sequence)
        : ClusterEvent(At);

    public sealed record AddressReleased(DateTimeOffset At, PublicAddress Address, Node By, long Sequence)
        : ClusterEvent(At);

    public sealed record NodeStateChanged(DateTimeOffset At, Node Node, NodeState State) : ClusterEvent(At);

    /// <summary>A node process ended without being told to.</summary>
    public sealed record NodeDied(DateTimeOffset At, Node Node, string LastLogLines) : ClusterEvent(At);
}
