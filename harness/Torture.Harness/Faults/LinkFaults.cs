using System.Net;
using Torture.Harness.Clusters;

namespace Torture.Harness.Faults;

/// <summary>Which link of a node.</summary>
public enum NodeLink
{
    /// <summary>To clients.</summary>
    Public,

    /// <summary>To the other nodes.</summary>
    Private,
}

/// <summary>
/// Something is wrong with a link of a node, until it is healed. No node can tell of it: only packets show it. To the
/// others the node may look dead, so that addresses move.
/// </summary>
public abstract record LinkFault(Node Node, NodeLink Link) : Fault
{
    /// <summary>Every one of them, for those who have none.</summary>
    public static IReadOnlyList<Capability> All { get; } =
    [
        Capability.SlowLink, Capability.LossyLink, Capability.DuplicatingLink, Capability.ReorderingLink,
        Capability.FlappingLink,
    ];

    /// <summary>FromTo: what the node sends; ToFrom: what is sent to it.</summary>
    public Direction Direction { get; init; }

    public override bool MovesOwners => true;

    public override bool IsToldByNodes => false;

    /// <summary>The node's own there; null where it is not known.</summary>
    public IPAddress? Address => Link == NodeLink.Public ? Node.Address : Node.Private;

    /// <summary>Such as <c>private link of n1</c>, with the direction where it is one.</summary>
    private protected string Where =>
        $"{(Link == NodeLink.Public ? "public" : "private")} link of {Node}" + Direction switch
        {
            Direction.FromTo => ", outwards",
            Direction.ToFrom => ", inwards",
            _ => "",
        };
}

/// <summary>Packets arrive late.</summary>
/// <param name="Delay">Of each packet, each way.</param>
public sealed record SlowLink(Node Node, TimeSpan Delay, NodeLink Link = NodeLink.Public) : LinkFault(Node, Link)
{
    /// <summary>Bits that pass in a second, each way; 0: as many as there are. A second's worth may wait.</summary>
    public long Rate { get; init; }

    public override Capability Needs => Capability.SlowLink;

    /// <summary>What the rate allows to pass of so many bytes takes so long.</summary>
    public TimeSpan TimeOf(int bytes) => Rate == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(bytes * 8.0 / Rate);

    public override string ToString() =>
        $"slow {Where}: {Delay.TotalMilliseconds:0} ms{(Rate == 0 ? "" : $", {Rate} bit/s")}";
}

/// <summary>A part of the packets never arrives.</summary>
/// <param name="Loss">0 to 1.</param>
public sealed record LossyLink(Node Node, double Loss, NodeLink Link = NodeLink.Public) : LinkFault(Node, Link)
{
    /// <summary>
    /// No more frames of one connection are lost in a row, where the target can see to that: TCP waits twice as long
    /// after each, so that no time would be enough for chance alone.
    /// </summary>
    public int InARow { get; init; } = int.MaxValue;

    public override Capability Needs => Capability.LossyLink;

    public override string ToString() => FormattableString.Invariant($"lossy {Where}: {Loss:P0}");
}

/// <summary>A part of the packets arrives twice.</summary>
/// <param name="Part">0 to 1.</param>
public sealed record DuplicatingLink(Node Node, double Part, NodeLink Link = NodeLink.Public) : LinkFault(Node, Link)
{
    public override Capability Needs => Capability.DuplicatingLink;

    public override string ToString() => FormattableString.Invariant($"duplicating {Where}: {Part:P0}");
}

/// <summary>A part of the packets is overtaken by those behind.</summary>
/// <param name="Part">0 to 1.</param>
/// <param name="Late">By how much such a packet is late.</param>
public sealed record ReorderingLink(Node Node, double Part, TimeSpan Late, NodeLink Link = NodeLink.Public)
    : LinkFault(Node, Link)
{
    public override Capability Needs => Capability.ReorderingLink;

    public override string ToString() =>
        FormattableString.Invariant($"reordering {Where}: {Part:P0} by {Late.TotalMilliseconds:0} ms");
}

/// <summary>The link goes down and comes up, again and again: the node's interface has no carrier meanwhile.</summary>
/// <param name="Down">How long it is down, and <paramref name="Up"/> up; a fifth more or less.</param>
public sealed record FlappingLink(Node Node, TimeSpan Down, TimeSpan Up, NodeLink Link = NodeLink.Public)
    : LinkFault(Node, Link)
{
    public override Capability Needs => Capability.FlappingLink;

    public override string ToString() => FormattableString.Invariant(
        $"flapping {Where}: {Down.TotalMilliseconds:0} ms down, {Up.TotalMilliseconds:0} ms up");
}
