using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Witness;
using Torture.Protocol;
using Torture.Protocol.Witness;

namespace Torture.Harness.Histories;

/// <summary>Something that happened in a case.</summary>
/// <param name="At">By the clock of the run; for what was read from packets, by the capture.</param>
public abstract record HistoryEvent(DateTimeOffset At)
{
    /// <summary>Position in the history, from 0; given when it is added.</summary>
    public long Sequence { get; init; } = -1;

    /// <summary>Frame of the case's capture, where it was seen on the wire.</summary>
    public long? Frame { get; init; }
}

/// <summary>The client sent a request.</summary>
/// <param name="Request">The record that was encoded; null for raw bytes.</param>
public sealed record CallStarted(DateTimeOffset At, CallReference Call, object? Request) : HistoryEvent(At);

/// <summary>The client knows how the call ended.</summary>
public sealed record CallEnded(DateTimeOffset At, CallReference Call, Reply Reply) : HistoryEvent(At);

public sealed record ConnectionOpened(DateTimeOffset At, IPEndPoint Client, IPEndPoint Server) : HistoryEvent(At);

/// <summary>The case ended a connection.</summary>
public sealed record ConnectionEnded(DateTimeOffset At, IPEndPoint Client, IPEndPoint Server, CloseMode Mode)
    : HistoryEvent(At);

/// <summary>The nemesis is about to apply a fault.</summary>
/// <param name="Marker">Number of the marker on the wire; null without a capture.</param>
public sealed record FaultInjected(DateTimeOffset At, Fault Fault, long? Marker) : HistoryEvent(At);

/// <summary>The fault was seen to act.</summary>
/// <param name="Observed">What the observation showed.</param>
/// <param name="Seen">What the wire showed; null without a capture.</param>
public sealed record FaultTookEffect(DateTimeOffset At, Fault Fault, string Observed, string? Seen)
    : HistoryEvent(At);

/// <summary>The fault was not seen to act: whether anything came of it nobody can tell.</summary>
/// <param name="Where">By observation, or on the wire.</param>
public sealed record FaultNotSeen(DateTimeOffset At, Fault Fault, string Where) : HistoryEvent(At);

/// <summary>The nemesis is about to undo a fault: what comes of that may come before it is done.</summary>
public sealed record HealingBegun(DateTimeOffset At, Fault Fault) : HistoryEvent(At);

public sealed record FaultHealed(DateTimeOffset At, Fault Fault) : HistoryEvent(At);

/// <summary>The cluster equals its baseline again.</summary>
public sealed record ClusterRecovered(DateTimeOffset At, Fault Fault) : HistoryEvent(At);

/// <summary>An address has an owner from now on, as the cluster tells.</summary>
/// <param name="Order">Orders takes and releases of all nodes, where the cluster tells; else 0.</param>
public sealed record AddressTaken(DateTimeOffset At, PublicAddress Address, Node By, long Order = 0)
    : HistoryEvent(At);

public sealed record AddressReleased(DateTimeOffset At, PublicAddress Address, Node By, long Order = 0)
    : HistoryEvent(At);

public sealed record NodeStateChanged(DateTimeOffset At, Node Node, NodeState State) : HistoryEvent(At);

/// <summary>A share has an owner from now on.</summary>
public sealed record ShareOwned(DateTimeOffset At, Share Share, Node By) : HistoryEvent(At);

/// <summary>How a workload operation ended.</summary>
public enum OperationEnd
{
    Ok,
    Failed,

    /// <summary>Nobody knows whether it was done.</summary>
    Indeterminate,
}

public sealed record OperationStarted(DateTimeOffset At, long Number, PublicAddress Entry) : HistoryEvent(At);

/// <param name="By">Which server answered, as it says of itself; null: none did, or it does not say.</param>
public sealed record OperationEnded(
    DateTimeOffset At, long Number, PublicAddress Entry, OperationEnd End, string? By = null)
    : HistoryEvent(At);

/// <summary>A workload operation on the wire that was acknowledged.</summary>
/// <param name="AskedAt">When its request was on the wire.</param>
/// <param name="By">Which server answered, as the packets tell; null: they do not.</param>
public sealed record OperationSeen(DateTimeOffset At, DateTimeOffset AskedAt, PublicAddress Entry, string? By)
    : HistoryEvent(At);

/// <summary>A notification as packets show it, whoever asked for it.</summary>
/// <param name="AskedAt">When the request was on the wire.</param>
public sealed record NotificationSeen(
    DateTimeOffset At, CallReference Call, ContextHandle Handle, AsyncNotifyResult Result, DateTimeOffset AskedAt)
    : HistoryEvent(At);

/// <summary>A registration as packets show it.</summary>
public sealed record RegistrationSeen(
    DateTimeOffset At, CallReference Call, RegisterExRequest Request, HandleResponse Response) : HistoryEvent(At);

/// <summary>An AsyncNotify request on the wire.</summary>
public sealed record PollSeen(DateTimeOffset At, CallReference Call, ContextHandle Handle) : HistoryEvent(At);

/// <summary>An answer to UnRegister or UnRegisterEx on the wire.</summary>
public sealed record UnregistrationSeen(
    DateTimeOffset At, CallReference Call, ContextHandle Handle, Win32Error Status) : HistoryEvent(At);

/// <summary>The first FIN or RST of a connection on the wire.</summary>
public sealed record ConnectionEndSeen(DateTimeOffset At, IPEndPoint Client, IPEndPoint Server) : HistoryEvent(At);

/// <summary>Something of the witness on the wire that cannot be read.</summary>
public sealed record UnreadableSeen(DateTimeOffset At, string What) : HistoryEvent(At)
{
    /// <summary>The stub of a response is there, and is not what it should be.</summary>
    internal bool IsResponse => What.StartsWith("response:", StringComparison.Ordinal);
}

/// <summary>The case wants its history held against a checker.</summary>
public sealed record CheckerAsked(DateTimeOffset At, string Checker, TimeSpan? Limit) : HistoryEvent(At);

/// <summary>A line for people.</summary>
public sealed record Noted(DateTimeOffset At, string Text) : HistoryEvent(At);
