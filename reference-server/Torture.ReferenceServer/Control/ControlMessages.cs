using System.Net;

namespace Torture.ReferenceServer.Control;

/// <summary>The verbs of a control port.</summary>
public static class ControlVerb
{
    /// <summary>Everything the node knows of itself and the cluster.</summary>
    public const string Observe = "observe";

    /// <summary>The counters alone; On: after a full garbage collection, so what the node really holds.</summary>
    public const string Measure = "measure";

    /// <summary>Events from here on, a line each, until the connection ends.</summary>
    public const string Watch = "watch";

    public const string Disable = "disable";
    public const string Enable = "enable";

    /// <summary>As <c>ctdb stop</c>.</summary>
    public const string Stop = "stop";

    /// <summary>As <c>ctdb continue</c>.</summary>
    public const string Continue = "continue";

    /// <summary>For <see cref="ControlRequest.Seconds"/>, or as long as the profile says.</summary>
    public const string Ban = "ban";
    public const string Unban = "unban";

    /// <summary>
    /// A resource monitor says that the node cannot serve; <see cref="ControlRequest.On"/> false: it can.
    /// </summary>
    public const string Unhealthy = "unhealthy";

    public const string StopWitness = "stop-witness";
    public const string StartWitness = "start-witness";

    /// <summary>Address to Node; without Node: it goes home.</summary>
    public const string MoveAddress = "move-address";

    /// <summary>Share to Node; without Node: it goes home.</summary>
    public const string MoveShare = "move-share";

    /// <summary>Client to Destination: a node's name, or addresses with commas between.</summary>
    public const string MoveClient = "move-client";

    /// <summary>Address is in State: AVAILABLE, UNAVAILABLE or UNKNOWN.</summary>
    public const string ChangeResource = "change-resource";

    /// <summary>Client (or all) is told that Address, or all of group Destination, is on or off.</summary>
    public const string ChangeAddress = "change-address";

    /// <summary>All registrations of Client, or the one with Key.</summary>
    public const string ForceUnregister = "force-unregister";

    /// <summary>Client's (or Key's) next AsyncNotify is answered with Response.</summary>
    public const string ForceResponse = "force-response";

    /// <summary>Bytes to Node are swallowed from now on.</summary>
    public const string Partition = "partition";

    /// <summary>Ends <see cref="Partition"/> to Node; without Node: to all.</summary>
    public const string Heal = "heal";

    /// <summary>The cluster lock does not answer this node any more; On false: it does again.</summary>
    public const string LoseLock = "lose-lock";

    /// <summary>The CTDB daemon that the node has started ends at once, as by kill -9; the node goes on.</summary>
    public const string KillDaemon = "kill-daemon";

    /// <summary>The CTDB daemon ends in order, as by <c>ctdb shutdown</c>; the node goes on.</summary>
    public const string ShutdownDaemon = "shutdown-daemon";

    /// <summary>The CTDB daemon is started again.</summary>
    public const string StartDaemon = "start-daemon";

    /// <summary>Share enumeration fails; On false: it works again.</summary>
    public const string FailEnumeration = "fail-enumeration";

    /// <summary>Lets go of everything and ends.</summary>
    public const string Shutdown = "shutdown";
}

/// <summary>One line to a control port. What a verb does not need is null.</summary>
public sealed record ControlRequest(string Verb)
{
    public string? Node { get; init; }

    public IPAddress? Address { get; init; }

    public string? Client { get; init; }

    public string? Share { get; init; }

    /// <summary>A registration's id.</summary>
    public Guid? Key { get; init; }

    public string? Destination { get; init; }

    public string? State { get; init; }

    /// <summary>Base64: the stub of an AsyncNotify answer, in NDR20.</summary>
    public string? Response { get; init; }

    public double? Seconds { get; init; }

    public bool? On { get; init; }

    /// <summary>This node only: a request that was passed on by a peer.</summary>
    public bool? Local { get; init; }
}

/// <summary>One line from a control port.</summary>
/// <param name="Error">One line why not.</param>
public sealed record ControlResponse(bool Ok, string? Error = null)
{
    public static ControlResponse Done { get; } = new(true);

    /// <summary>Registrations that were concerned, over all nodes that answered.</summary>
    public int? Count { get; init; }

    public NodeStatus? Status { get; init; }

    public NodeEvent? Event { get; init; }

    /// <summary>Of a refusal: it may be done when it is asked again.</summary>
    public bool IsForNow { get; init; }

    public static ControlResponse NotNow(string why) => Refused(why) with { IsForNow = true };

    public static ControlResponse Refused(string why) => new(false, why.ReplaceLineEndings(" "));
}

/// <summary>The states of a node, as CTDB names them.</summary>
public enum MemberState
{
    Ok,
    Disconnected,
    Disabled,
    Unhealthy,
    Stopped,
    Banned,
}

/// <summary>What one node knows.</summary>
public sealed record NodeStatus(string Node, int ProcessId, MemberState State)
{
    /// <summary>Whom this node takes for the leader; null: nobody.</summary>
    public string? Leader { get; init; }

    /// <summary>Counts who has held the cluster lock.</summary>
    public long Term { get; init; }

    /// <summary>Counts reconfigurations of the cluster.</summary>
    public long Generation { get; init; }

    /// <summary>Another node is at giving addresses away, as far as this one has heard.</summary>
    public bool Reallocating { get; init; }

    /// <summary>Whether the node may serve public addresses now.</summary>
    public bool Permitted { get; init; }

    public bool Witness { get; init; }

    /// <summary>The public addresses that this node holds.</summary>
    public IReadOnlyList<HeldAddress> Held { get; set; } = [];

    /// <summary>All public addresses, with their owners as this node knows them.</summary>
    public IReadOnlyList<AddressOwner> Addresses { get; set; } = [];

    public IReadOnlyList<ShareOwner> Shares { get; set; } = [];

    /// <summary>The whole cluster, as this node sees it.</summary>
    public IReadOnlyList<MemberStatus> Members { get; set; } = [];

    public IReadOnlyList<RegistrationStatus> Registrations { get; set; } = [];

    /// <summary>Peers to which bytes are swallowed.</summary>
    public IReadOnlyList<string> Cut { get; set; } = [];

    /// <summary>Events of administrators that the node has carried out, the last of them.</summary>
    public IReadOnlyList<CarriedOut> Events { get; set; } = [];

    public IReadOnlyDictionary<string, long> Counters { get; set; } = new Dictionary<string, long>();
}

/// <summary>An event of an administrator that the node's witness service has carried out.</summary>
/// <param name="Number">Counts up from 1 while the node lives.</param>
/// <param name="Subject">The client, share or address that it concerns; null: all clients.</param>
public sealed record CarriedOut(long Number, string Verb, string? Subject = null);

/// <summary>A public address that the node holds.</summary>
/// <param name="Sequence">Since when: monotonic nanoseconds of the host.</param>
public sealed record HeldAddress(IPAddress Address, long Sequence);

public sealed record AddressOwner(IPAddress Address, string? Owner = null);

public sealed record ShareOwner(string Share, string? Owner = null);

/// <param name="LinkUp">Heartbeats go both ways; with ctdbd: its witness server has told that it is there.</param>
public sealed record MemberStatus(string Node, MemberState State, bool LinkUp);

public sealed record RegistrationStatus(
    Guid Id, uint Version, string Client, string NetName, string Address, bool IPNotification,
    int Pending, int Queued, IPEndPoint Local, IPEndPoint Remote, string? Share = null, string? User = null);

/// <summary>What a watcher hears.</summary>
public enum NodeEventKind
{
    /// <summary>The node holds an address from now on.</summary>
    Taken,

    /// <summary>The node does not hold it any more.</summary>
    Released,

    /// <summary>A node's state, this one's or a peer's, as this node sees it.</summary>
    State,

    /// <summary>Another leader, or none.</summary>
    Leader,

    /// <summary>The table of owners changed.</summary>
    Table,
}

/// <param name="Sequence">Monotonic nanoseconds of the host: orders the events of all its nodes.</param>
public sealed record NodeEvent(long Sequence, NodeEventKind Kind, string Node)
{
    public IPAddress? Address { get; init; }

    public MemberState? State { get; init; }
}
