using System.Net;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Harness.Witness;

/// <summary>Which call: enough to find its packets.</summary>
public sealed record CallReference(IPEndPoint Client, IPEndPoint Server, uint CallId, SyntaxId Interface, ushort Opnum)
{
    public string Operation => Interface == SyntaxId.Witness && Enum.IsDefined((WitnessOperation)Opnum)
        ? ((WitnessOperation)Opnum).ToString()["Witnessr".Length..]
        : $"opnum {Opnum}";

    public override string ToString() => $"{Operation}, call {CallId} of {Client} to {Server}";
}

/// <summary>How a call ended and what it brought.</summary>
public abstract record Reply(CallReference Call, Outcome Status)
{
    /// <summary>Request to answer by the caller's clock: for the case's own use, never for a check.</summary>
    public TimeSpan TimeOfCall { get; init; }

    /// <summary>
    /// From the request's last frame to the response's first, by the capture. Known from settlement on: check it with
    /// a <see cref="Window"/>.
    /// </summary>
    public TimeSpan? TimeOnWire { get; init; }
}

/// <summary>WitnessrGetInterfaceList.</summary>
/// <param name="ListIsNull">The pointer was NULL: there is no list, not even an empty one.</param>
public sealed record InterfaceListReply(
    CallReference Call, Outcome Status, IReadOnlyList<WitnessInterface> Interfaces, bool ListIsNull)
    : Reply(Call, Status);

/// <summary>WitnessrRegister and WitnessrRegisterEx.</summary>
/// <param name="Handle">The null handle where none came.</param>
public sealed record RegisterReply(CallReference Call, Outcome Status, ContextHandle Handle) : Reply(Call, Status);

/// <summary>WitnessrUnRegister.</summary>
public sealed record UnRegisterReply(CallReference Call, Outcome Status) : Reply(Call, Status);

/// <summary>WitnessrUnRegisterEx.</summary>
/// <param name="Handle">What the handle became: null after success.</param>
public sealed record UnRegisterExReply(CallReference Call, Outcome Status, ContextHandle Handle)
    : Reply(Call, Status);

/// <summary>WitnessrAsyncNotify.</summary>
/// <param name="Response">Null where the pointer was NULL or no answer came.</param>
public sealed record NotifyReply(CallReference Call, Outcome Status, AsyncNotifyResponse? Response)
    : Reply(Call, Status)
{
    public NotificationKind? Kind => Response?.MessageType;

    /// <summary>Entries of a RESOURCE_CHANGE; empty for anything else, also for what cannot be read.</summary>
    public IReadOnlyList<ResourceChange> Changes => NotificationEntries.Changes(Response);

    /// <summary>One address list a message, of the other kinds; empty for anything else.</summary>
    public IReadOnlyList<IReadOnlyList<AddressInfo>> AddressLists => NotificationEntries.AddressLists(Response);

    /// <summary>All addresses of all messages in their order.</summary>
    public IReadOnlyList<AddressInfo> Addresses => [.. AddressLists.SelectMany(list => list)];
}

/// <summary>A call of raw bytes.</summary>
/// <param name="Stub">The response stub; empty unless a response came.</param>
/// <param name="DidNotExecute">The fault said that the call was not executed.</param>
public sealed record RawReply(
    CallReference Call, Outcome Status, ReadOnlyMemory<byte> Stub, bool DidNotExecute = false) : Reply(Call, Status);

/// <summary>What became of an attempt to connect and bind.</summary>
/// <param name="Connection">Null unless it succeeded.</param>
/// <param name="Detail">What the server said, for people.</param>
public sealed record BindReply<T>(Outcome Status, T? Connection, string? Detail)
    where T : class
{
    public bool IsBound => Connection is not null;
}
