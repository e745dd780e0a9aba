using System.Net;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;
using Torture.Requirements;

namespace Torture.Mutants.Witness;

[Defect("AsyncNotify on an unknown handle is ERROR_INVALID_PARAMETER.")]
[Violates(Swn.AsyncNotifyUnknownHandle)]
public sealed class NotifyUnknownIsInvalidParameter(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error AsyncNotifyUnknownHandle(RpcServerCall call) => Win32Error.ERROR_INVALID_PARAMETER;
}

[Defect("An error of AsyncNotify comes with a response.")]
[Violates(Swn.NotificationOnSuccessOnly)]
public sealed class ErrorWithResponse(NodeParts parts) : WitnessService(parts)
{
    protected override AsyncNotifyResult Failure(Win32Error status) => new(WitnessBlobs.ResourceChange(), status);
}

[Defect("Of several queued changes each comes in an answer of its own.")]
[Violates(Swn.ResourceChangeDelivered)]
public sealed class OneChangeInAnAnswer(NodeParts parts) : WitnessService(parts)
{
    protected override AsyncNotifyResponse? ResourceChangeNotification(WitnessRegistration registration) =>
        registration.PendingChangeNotifications.TryDequeue(out var change)
            ? WitnessBlobs.ResourceChange(ResourceChangeEntry(change))
            : null;
}

[Defect("Telling one kind forgets the others.")]
[Violates(Swn.OneKindPerResponse)]
public sealed class OtherKindsForgotten(NodeParts parts) : WitnessService(parts)
{
    protected override AsyncNotifyResult? NextAnswer(WitnessRegistration registration)
    {
        var answer = base.NextAnswer(registration);
        registration.PendingMoveNotification = null;
        registration.PendingShareMoveNotification = null;
        registration.PendingIPNotification = null;
        return answer;
    }
}

[Defect("A client move is told before a resource change that came first.")]
[Violates(Swn.OneKindPerResponse)]
public sealed class MovesBeforeChanges(NodeParts parts) : WitnessService(parts)
{
    protected override AsyncNotifyResult? NextAnswer(WitnessRegistration registration) =>
        ClientMoveNotification(registration) is { } move
            ? new AsyncNotifyResult(move, Win32Error.ERROR_SUCCESS)
            : base.NextAnswer(registration);
}

[Defect("A client move is told again at every poll.")]
[Violates(Swn.DeliveredOnce)]
public sealed class ClientMoveToldAgain(NodeParts parts) : WitnessService(parts)
{
    protected override AsyncNotifyResponse? ClientMoveNotification(WitnessRegistration registration)
    {
        var move = registration.PendingMoveNotification;
        var response = base.ClientMoveNotification(registration);

        // Not while several calls wait: the same answer to all would never end.
        registration.PendingMoveNotification = registration.PendingCalls.Count > 1 ? null : move;
        return response;
    }

    protected override void WakeAsyncNotify(WitnessRegistration registration)
    {
        if (registration.PendingCalls.Count > 0 && NextAnswer(registration) is { } answer)
        {
            Complete(NextPendingCall(registration), answer);
        }
    }
}

[Defect("A resource change is told twice.")]
[Violates(Swn.DeliveredOnce)]
public sealed class ResourceChangeToldTwice(NodeParts parts) : WitnessService(parts)
{
    protected override void QueueChange(WitnessRegistration registration, ChangeNotification change)
    {
        base.QueueChange(registration, change);
        base.QueueChange(registration, change);
    }
}

[Defect("What happened before the poll is forgotten.")]
[Violates(Swn.EventBeforeCallDelivered, Ctdb.NotificationNotLost, Ctdb.AllRegisteredAreTold)]
public sealed class EventBeforePollLost(NodeParts parts) : WitnessService(parts)
{
    protected override void AsyncNotifyAccepted(WitnessRegistration registration)
    {
        base.AsyncNotifyAccepted(registration);
        registration.PendingChangeNotifications.Clear();
        registration.PendingMoveNotification = null;
        registration.PendingShareMoveNotification = null;
        registration.PendingIPNotification = null;
    }
}

[Defect("One event answers all calls that wait on a handle.")]
[Violates(Swn.ConcurrentNotify)]
public sealed class OneEventAnswersAllCalls(NodeParts parts) : WitnessService(parts)
{
    protected override void WakeAsyncNotify(WitnessRegistration registration)
    {
        if (registration.PendingCalls.Count > 0 && NextAnswer(registration) is { } answer)
        {
            registration.PendingCalls.ToList().ForEach(pending => Complete(pending, answer));
        }
    }
}

[Defect("A second AsyncNotify on a handle drops the first without an answer.")]
[Violates(Swn.ConcurrentNotify, Swn.UnRegisterEndsPendingNotify)]
public sealed class SecondCallDropsTheFirst(NodeParts parts) : WitnessService(parts)
{
    protected override void AsyncNotifyAccepted(WitnessRegistration registration)
    {
        base.AsyncNotifyAccepted(registration);
        registration.PendingCalls.Clear();
    }
}

[Defect("Nothing is told to calls that wait: only a new poll sees it.")]
[Violates(Swn.AsyncNotifyWaits, Swn.InterfaceEventWakes)]
public sealed class NeverWakes(NodeParts parts) : WitnessService(parts)
{
    private bool _polling;

    protected override (AsyncNotifyResult? Answer, PendingNotify? Pending) WitnessrAsyncNotify(
        RpcServerCall call, HandleRequest request)
    {
        _polling = true;
        var result = base.WitnessrAsyncNotify(call, request);
        _polling = false;
        return result;
    }

    protected override void WakeAsyncNotify(WitnessRegistration registration)
    {
        if (_polling)
        {
            base.WakeAsyncNotify(registration);
        }
    }
}

[Defect("AVAILABLE is reported as UNKNOWN.")]
[Violates(Swn.ResourceChangeEntry, Swn.UnavailableThenAvailable)]
public sealed class AvailableIsUnknown(NodeParts parts) : WitnessService(parts)
{
    protected override ResourceChange ResourceChangeEntry(ChangeNotification change) =>
        base.ResourceChangeEntry(change) is { ChangeType: ChangeType.RESOURCE_STATE_AVAILABLE } entry
            ? entry with { ChangeType = ChangeType.RESOURCE_STATE_UNKNOWN }
            : base.ResourceChangeEntry(change);
}

[Defect("AVAILABLE and UNAVAILABLE are exchanged.")]
[Violates(Swn.ResourceChangeEntry)]
public sealed class StatesExchanged(NodeParts parts) : WitnessService(parts)
{
    protected override ResourceChange ResourceChangeEntry(ChangeNotification change) =>
        base.ResourceChangeEntry(change with
        {
            NewState = change.NewState == InterfaceState.AVAILABLE
                ? InterfaceState.UNAVAILABLE
                : InterfaceState.AVAILABLE,
        });
}

[Defect("UNAVAILABLE is 0xFFFFFFFF.")]
[Violates(Swn.ChangeTypes)]
public sealed class UnavailableIsAllOnes(NodeParts parts) : WitnessService(parts)
{
    protected override ResourceChange ResourceChangeEntry(ChangeNotification change) =>
        base.ResourceChangeEntry(change) is { ChangeType: ChangeType.RESOURCE_STATE_UNAVAILABLE } entry
            ? entry with { ChangeType = (ChangeType)0xFFFFFFFF }
            : base.ResourceChangeEntry(change);
}

[Defect("A change names a resource that the client never heard of.")]
[Violates(Swn.ResourceNameKnownToClient)]
public sealed class ResourceNameUnknown(NodeParts parts) : WitnessService(parts)
{
    protected override string ResourceName(WitnessRegistration registration, PublicInterface entry) => "resource-7";
}

[Defect("The name of a change is empty.")]
[Violates(Swn.ResourceNameKnownToClient)]
public sealed class ResourceNameEmpty(NodeParts parts) : WitnessService(parts)
{
    protected override string ResourceName(WitnessRegistration registration, PublicInterface entry) => "";
}

[Defect("A move lists the first address of its destination only.")]
[Violates(Swn.ClientMoveAddresses)]
public sealed class MoveListsOneAddress(NodeParts parts) : WitnessService(parts)
{
    protected override IReadOnlyList<AddressInfo> MatchDestination(string destination) =>
        [.. base.MatchDestination(destination).Take(1)];
}

[Defect("A move lists the addresses of all nodes.")]
[Violates(Swn.ClientMoveAddresses, Swn.ChangesQueueMovesCoalesce)]
public sealed class MoveListsEverything(NodeParts parts) : WitnessService(parts)
{
    protected override IReadOnlyList<AddressInfo> MatchDestination(string destination) =>
        base.MatchDestination(destination).Count == 0 ? [] : [.. InterfaceList.SelectMany(AddressEntries)];
}

[Defect("A move that leads nowhere is told, with an empty list.")]
[Violates(Swn.AddressListNotEmpty)]
public sealed class MoveWithoutAddresses(NodeParts parts) : WitnessService(parts)
{
    protected override EventOutcome Tell(
        IEnumerable<WitnessRegistration> concerned, string destination,
        Action<WitnessRegistration, MoveNotification> overwrite, bool removed = false)
    {
        var all = concerned.ToArray();
        foreach (var registration in all)
        {
            overwrite(registration, new MoveNotification(destination, []));
            WakeAsyncNotify(registration);
        }

        return new EventOutcome(all.Length, MatchDestination(destination).Count);
    }
}

[Defect("A move leaves IPv6 addresses out where there are others.")]
[Violates(Swn.ClientMoveAddresses)]
public sealed class MoveWithoutIPv6(NodeParts parts) : WitnessService(parts)
{
    protected override IReadOnlyList<AddressInfo> MatchDestination(string destination) =>
        base.MatchDestination(destination) is var all && all.Any(e => e.Flags.HasFlag(AddressFlags.IPADDR_V4))
            ? [.. all.Where(e => e.Flags.HasFlag(AddressFlags.IPADDR_V4))]
            : all;
}

[Defect("Every address of a move is ONLINE.")]
[Violates(Swn.ClientMoveOnlineFlags)]
public sealed class EveryAddressIsOnline(NodeParts parts) : WitnessService(parts)
{
    protected override AddressInfo AddressEntry(IPAddress address, InterfaceState state) => AddressInfo.Online(address);
}

[Defect("ONLINE and OFFLINE are exchanged.")]
[Violates(Swn.ClientMoveOnlineFlags)]
public sealed class OnlineAndOfflineExchanged(NodeParts parts) : WitnessService(parts)
{
    protected override AddressInfo AddressEntry(IPAddress address, InterfaceState state) =>
        state == InterfaceState.AVAILABLE ? AddressInfo.Offline(address) : AddressInfo.Online(address);
}

[Defect("AsyncNotify on an unknown handle is ERROR_SUCCESS.")]
[Violates(Swn.AsyncNotifyUnknownHandle, Swn.ForeignHandle, Swn.NotificationOnSuccessOnly)]
public sealed class NotifyUnknownSucceeds(NodeParts parts) : WitnessService(parts)
{
    protected override Win32Error AsyncNotifyUnknownHandle(RpcServerCall call) => Win32Error.ERROR_SUCCESS;
}

[Defect("AsyncNotify does not wait: with nothing to tell it is ERROR_TIMEOUT.")]
[Violates(Swn.AsyncNotifyMethod, Swn.AsyncNotifyWaits, Swn.KeepAliveNeverEarly)]
public sealed class NotifyNeverWaits(NodeParts parts) : WitnessService(parts)
{
    protected override (AsyncNotifyResult? Answer, PendingNotify? Pending) WitnessrAsyncNotify(
        RpcServerCall call, HandleRequest request) =>
        FindRegistration(call, request.Context) is { } registration
            ? (NextAnswer(registration) ?? Failure(Win32Error.ERROR_TIMEOUT), null)
            : base.WitnessrAsyncNotify(call, request);
}

[Defect("A poll is looked at three seconds after it came.")]
[Violates(Swn.NotifiedPromptly)]
public sealed class PollsLookedAtLate(NodeParts parts) : WitnessService(parts)
{
    public override async ValueTask InvokeAsync(RpcServerCall call)
    {
        if (call.Opnum == (ushort)WitnessOperation.WitnessrAsyncNotify)
        {
            await Task.Delay(TimeSpan.FromSeconds(3), Parts.Time, call.Aborted);
        }

        await base.InvokeAsync(call);
    }
}

[Defect("A request that cannot be read is never answered.")]
[Violates(House.NeverHangs, House.ClearErrors, Rpce.BadStubData)]
public sealed class UnreadableNeverAnswered(NodeParts parts) : WitnessService(parts)
{
    public override async ValueTask InvokeAsync(RpcServerCall call)
    {
        try
        {
            await base.InvokeAsync(call);
        }
        catch (ProtocolException)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, Parts.Time, call.Aborted);
        }
    }
}

[Defect("Who waits is told of a change two and a half seconds after it.")]
[Violates(Ctdb.NotifiedBeforeServedElsewhere)]
public sealed class ChangesToldLate(NodeParts parts) : WitnessService(parts)
{
    protected override void Complete(PendingNotify pending, AsyncNotifyResult answer)
    {
        if (answer.Response?.MessageType != NotificationKind.RESOURCE_CHANGE_NOTIFICATION)
        {
            base.Complete(pending, answer);
            return;
        }

        pending.Registration.PendingCalls.Remove(pending);
        AsyncNotifyAnswered(pending.Registration);
        _ = LaterAsync(pending, answer);
    }

    private async Task LaterAsync(PendingNotify pending, AsyncNotifyResult answer)
    {
        await Task.Delay(TimeSpan.FromSeconds(2.5), Parts.Time);
        pending.TrySetResult(answer);
    }
}
