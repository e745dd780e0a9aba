using System.Net;
using System.Text.Json.Serialization;
using Torture.Harness.Clusters;
using Torture.Protocol.Witness;

namespace Torture.Harness.Faults;

/// <summary>Something that is done to a cluster, on purpose.</summary>
public abstract record Fault
{
    /// <summary>What a target must be able to do.</summary>
    public abstract Capability Needs { get; }

    /// <summary>Over as soon as it has happened: there is nothing to undo.</summary>
    public virtual bool IsEvent => false;

    /// <summary>Cases beside this one may notice it.</summary>
    public virtual bool TouchesOthers => !IsEvent;

    /// <summary>After healing, addresses and shares may have other owners than before.</summary>
    public virtual bool MovesOwners => false;

    /// <summary>Nodes show by what they tell that it acts; else packets do alone.</summary>
    public virtual bool IsToldByNodes => true;
}

/// <summary>The node ends at once, as by power loss or kill -9. Healing starts it again.</summary>
public sealed record KillNode(Node Node) : Fault
{
    public override Capability Needs => Capability.KillNode;

    public override bool MovesOwners => true;

    public override string ToString() => $"kill {Node}";
}

/// <summary>The node is frozen: its kernel still answers, nobody else does. Healing lets it go on.</summary>
public sealed record PauseNode(Node Node) : Fault
{
    public override Capability Needs => Capability.PauseNode;

    public override bool MovesOwners => true;

    public override string ToString() => $"pause {Node}";
}

/// <summary>The node leaves the cluster in order (<c>ctdb stop</c>). Healing lets it take part again.</summary>
public sealed record StopNode(Node Node) : Fault
{
    public override Capability Needs => Capability.StopNode;

    public override bool MovesOwners => true;

    public override string ToString() => $"stop {Node}";
}

/// <summary>The node takes part but hosts no address (<c>ctdb disable</c>).</summary>
public sealed record DisableNode(Node Node) : Fault
{
    public override Capability Needs => Capability.DisableNode;

    public override bool MovesOwners => true;

    public override string ToString() => $"disable {Node}";
}

/// <summary>The node is excluded for a time (<c>ctdb ban</c>).</summary>
public sealed record BanNode(Node Node) : Fault
{
    public override Capability Needs => Capability.BanNode;

    public override bool MovesOwners => true;

    public override string ToString() => $"ban {Node}";
}

/// <summary>The witness service of a node ends, the node goes on.</summary>
public sealed record StopWitness(Node Node) : Fault
{
    public override Capability Needs => Capability.StopWitness;

    public override string ToString() => $"stop witness on {Node}";
}

/// <summary>A public address goes to another node (<c>ctdb moveip</c>). Healing moves it back.</summary>
public sealed record MoveAddress(PublicAddress Address, Node To) : Fault
{
    public override Capability Needs => Capability.MoveAddress;

    public override string ToString() => $"move {Address} to {To}";
}

/// <summary>A share with an owner gets another one. Healing moves it back.</summary>
public sealed record MoveShare(Share Share, Node To) : Fault
{
    public override Capability Needs => Capability.MoveShare;

    public override string ToString() => $"move share {Share} to {To}";
}

/// <summary>
/// One client is told that a share has another owner, as an administrator may ([MS-SWN] 3.1.6.3): the share stays.
/// </summary>
/// <param name="ClientName">As it registered.</param>
public sealed record TellShareMove(string ClientName, Share Share, Node To) : Fault
{
    public override Capability Needs => Capability.MoveShare;

    public override bool IsEvent => true;

    public override string ToString() => $"tell {ClientName} that share {Share} moves to {To}";
}

/// <summary>The shares of a node cannot be enumerated. Healing: they can.</summary>
public sealed record FailEnumeration(Node Node) : Fault
{
    public override Capability Needs => Capability.FailEnumeration;

    public override bool IsToldByNodes => false;

    public override string ToString() => $"fail share enumeration on {Node}";
}

/// <summary>A client is asked to connect elsewhere ([MS-SWN] 3.1.6.2).</summary>
/// <param name="ClientName">As it registered.</param>
/// <param name="Destination">Group name (of a node), address or host name.</param>
[method: JsonConstructor]
public sealed record MoveClient(string ClientName, string Destination) : Fault
{
    public MoveClient(string clientName, Node to)
        : this(clientName, to.Name)
    {
    }

    public MoveClient(string clientName, IPAddress to)
        : this(clientName, to.ToString())
    {
    }

    public override Capability Needs => Capability.MoveClient;

    public override bool IsEvent => true;

    public override string ToString() => $"move client {ClientName} to {Destination}";
}

/// <summary>An interface is told to be in a state, whatever it is in ([MS-SWN] 3.1.6.1). Healing: available.</summary>
public sealed record ChangeResource(PublicAddress Address, InterfaceState State) : Fault
{
    public override Capability Needs => Capability.ChangeResource;

    public override string ToString() => $"resource {Address} is {State}";
}

/// <summary>A client is told that an address was added, removed, enabled or disabled ([MS-SWN] 3.1.6.4).</summary>
/// <param name="ClientName">Null: every client that asked for such notifications.</param>
/// <param name="Resource">Group name (of a node) or address.</param>
/// <param name="Online">What happened to it.</param>
[method: JsonConstructor]
public sealed record ChangeAddress(string? ClientName, string Resource, bool Online) : Fault
{
    public ChangeAddress(string? clientName, IPAddress resource, bool online)
        : this(clientName, resource.ToString(), online)
    {
    }

    public override Capability Needs => Capability.ChangeAddress;

    public override bool IsEvent => true;

    public override bool TouchesOthers => ClientName is null;

    public override string ToString() =>
        $"tell {ClientName ?? "all"} that {Resource} is {(Online ? "online" : "offline")}";
}

/// <summary>A client's next answer is made up by an administrator (<c>net witness force-response</c>).</summary>
public sealed record ForceResponse(string ClientName, AsyncNotifyResponse Response) : Fault
{
    public override Capability Needs => Capability.ForceResponse;

    public override bool IsEvent => true;

    public override string ToString() => $"force a response of type {Response.MessageType} on {ClientName}";
}

/// <summary>Which way bytes are swallowed.</summary>
public enum Direction
{
    Both,
    FromTo,
    ToFrom,
}

/// <summary>Two nodes do not hear each other any more; no FIN, no RST.</summary>
public sealed record Partition(Node From, Node To, Direction Direction = Direction.Both) : Fault
{
    public override Capability Needs => Capability.Partition;

    public override bool MovesOwners => true;

    public override string ToString() => Direction switch
    {
        Direction.FromTo => $"cut {From} -> {To}",
        Direction.ToFrom => $"cut {To} -> {From}",
        _ => $"cut {From} <-> {To}",
    };
}

/// <summary>The server drops a client's registrations without being asked by it.</summary>
public sealed record ForceUnregister(string ClientName) : Fault
{
    public override Capability Needs => Capability.ForceUnregister;

    public override bool IsEvent => true;

    public override string ToString() => $"force unregister of {ClientName}";
}

/// <summary>
/// Whoever holds the cluster lock is frozen and keeps it, as CTDB's holder of a lock on a file does: the cluster cannot
/// reconfigure. Healing lets it go on.
/// </summary>
public sealed record StallRecoveryLock : Fault
{
    public override Capability Needs => Capability.StallRecoveryLock;

    public override bool MovesOwners => true;

    public override string ToString() => "stall the recovery lock";
}

/// <summary>Whoever holds the cluster lock cannot reach it any more. Healing lets it reach it again.</summary>
public sealed record LoseRecoveryLock : Fault
{
    public override Capability Needs => Capability.LoseRecoveryLock;

    public override bool MovesOwners => true;

    public override string ToString() => "take the recovery lock from its holder";
}
