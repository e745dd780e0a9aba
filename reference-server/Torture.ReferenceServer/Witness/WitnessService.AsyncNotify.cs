using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.ReferenceServer.Witness;

/// <summary>[MS-SWN] 3.1.4.4.</summary>
public partial class WitnessService
{
    /// <summary>
    /// 3.1.4.4 WitnessrAsyncNotify: an answer, or, where there is nothing to tell, a call that waits.
    /// </summary>
    protected virtual (AsyncNotifyResult? Answer, PendingNotify? Pending) WitnessrAsyncNotify(
        RpcServerCall call, HandleRequest request)
    {
        if (FindRegistration(call, request.Context) is not { } registration)
        {
            return (Failure(AsyncNotifyUnknownHandle(call)), null);
        }

        if (registration.PendingCalls.Count >= Settings.MaximumPendingCalls)
        {
            return (Failure(Win32Error.ERROR_NO_SYSTEM_RESOURCES), null);
        }

        AsyncNotifyAccepted(registration);
        var pending = new PendingNotify(registration, Now);
        registration.PendingCalls.AddLast(pending);
        WakeAsyncNotify(registration);
        return (null, pending);
    }

    /// <summary>3.1.4.4: no registration has this key.</summary>
    protected virtual Win32Error AsyncNotifyUnknownHandle(RpcServerCall call) => Win32Error.ERROR_NOT_FOUND;

    /// <summary>3.1.4.4: the request is a use, and keeps the registration from being unused.</summary>
    protected virtual void AsyncNotifyAccepted(WitnessRegistration registration)
    {
        registration.LastUseTime = Now;
        registration.IsAsyncNotifyRegistered = true;
    }

    /// <summary>3.1.4.4: so is the answer. A second call that waits keeps the registration in use (R144).</summary>
    protected virtual void AsyncNotifyAnswered(WitnessRegistration registration)
    {
        registration.LastUseTime = Now;
        registration.IsAsyncNotifyRegistered = registration.PendingCalls.Count > 0;
    }

    /// <summary>3.1.6: what is pending goes to the calls that wait, first come first served, a kind each.</summary>
    protected virtual void WakeAsyncNotify(WitnessRegistration registration)
    {
        while (registration.PendingCalls.Count > 0 && NextAnswer(registration) is { } answer)
        {
            Complete(NextPendingCall(registration), answer);
        }
    }

    /// <summary>A16: one event completes one call, the oldest.</summary>
    protected virtual PendingNotify NextPendingCall(WitnessRegistration registration) =>
        registration.PendingCalls.First!.Value;

    /// <summary>
    /// 3.1.4.4: one kind in an answer, in the order of the text, and the rest stays pending (A12). What is told is
    /// removed. An answer that an operator forces comes first.
    /// </summary>
    protected virtual AsyncNotifyResult? NextAnswer(WitnessRegistration registration)
    {
        if (registration.ForcedResponses.TryDequeue(out var forced))
        {
            return forced;
        }

        var response = ResourceChangeNotification(registration)
            ?? ClientMoveNotification(registration)
            ?? ShareMoveNotification(registration)
            ?? IPChangeNotification(registration);
        return response is null ? null : new AsyncNotifyResult(response, Win32Error.ERROR_SUCCESS);
    }

    /// <summary>3.1.4.4, RESOURCE_CHANGE_NOTIFICATION: every queued change in one answer.</summary>
    protected virtual AsyncNotifyResponse? ResourceChangeNotification(WitnessRegistration registration)
    {
        if (registration.PendingChangeNotifications.Count == 0)
        {
            return null;
        }

        var entries = registration.PendingChangeNotifications.Select(ResourceChangeEntry).ToArray();
        registration.PendingChangeNotifications.Clear();
        return WitnessBlobs.ResourceChange(entries);
    }

    /// <summary>3.1.4.4: UNAVAILABLE where the new state is, AVAILABLE otherwise (A11: never UNKNOWN).</summary>
    protected virtual ResourceChange ResourceChangeEntry(ChangeNotification change) => new(
        change.NewState == InterfaceState.UNAVAILABLE
            ? ChangeType.RESOURCE_STATE_UNAVAILABLE
            : ChangeType.RESOURCE_STATE_AVAILABLE,
        change.ResourceName);

    /// <summary>3.1.4.4, CLIENT_MOVE_NOTIFICATION.</summary>
    protected virtual AsyncNotifyResponse? ClientMoveNotification(WitnessRegistration registration)
    {
        var move = registration.PendingMoveNotification;
        registration.PendingMoveNotification = null;
        return move is null ? null : WitnessBlobs.ClientMove([.. Destinations(move)]);
    }

    /// <summary>3.1.4.4, SHARE_MOVE_NOTIFICATION: service and client of version 2; the family's flag alone.</summary>
    protected virtual AsyncNotifyResponse? ShareMoveNotification(WitnessRegistration registration)
    {
        if (!IsVersion2(registration) || registration.PendingShareMoveNotification is not { } move)
        {
            return null;
        }

        registration.PendingShareMoveNotification = null;
        return WitnessBlobs.ShareMove([.. Destinations(move).Select(WithoutState)]);
    }

    /// <summary>3.1.4.4, IP_CHANGE_NOTIFICATION: service and client of version 2.</summary>
    protected virtual AsyncNotifyResponse? IPChangeNotification(WitnessRegistration registration)
    {
        if (!IsVersion2(registration) || registration.PendingIPNotification is not { } change)
        {
            return null;
        }

        registration.PendingIPNotification = null;
        return WitnessBlobs.IpChange([.. Destinations(change)]);
    }

    /// <summary>3.1.4.4: the third and fourth kind are for these.</summary>
    protected virtual bool IsVersion2(WitnessRegistration registration) =>
        WitnessServiceVersion >= WitnessVersion.V2 && registration.WitnessClientVersion == WitnessVersion.V2;

    /// <summary>
    /// 3.1.4.4: the entries of the interfaces that match the destination now, or, where none does any more, when the
    /// event came: never an empty list (A9).
    /// </summary>
    protected virtual IReadOnlyList<AddressInfo> Destinations(MoveNotification move)
    {
        var entries = MatchDestination(move.Destination) is { Count: > 0 } matching ? matching : move.Known;
        return move.Online is not { } online
            ? entries
            : [.. entries.Select(entry => entry.Address!)
                .Select(address => online ? AddressInfo.Online(address) : AddressInfo.Offline(address))];
    }

    /// <summary>
    /// 3.1.4.4, 3.1.6.2: a group name means all its interfaces, an address the interface that has it, a host name the
    /// group of that node.
    /// </summary>
    protected virtual IReadOnlyList<AddressInfo> MatchDestination(string destination)
    {
        if (AddressLiteral.Parse(destination) is { } address)
        {
            return [.. InterfaceList.Where(e => e.Has(address)).Select(e => AddressEntry(address, e.State))];
        }

        var matching = InterfaceList.Where(e => IsGroup(e, destination)).ToArray();
        if (matching.Length == 0 && destination.IndexOf('.') is > 0 and var dot)
        {
            var host = destination[..dot];
            matching = [.. InterfaceList.Where(e => IsGroup(e, host))];
        }

        return [.. matching.SelectMany(AddressEntries)];
    }

    /// <summary>3.1.4.4: an entry for each address; IPADDR_V4 and IPADDR_V6 exclude each other (A13).</summary>
    protected virtual IEnumerable<AddressInfo> AddressEntries(PublicInterface entry)
    {
        if (entry.IPv4 is not null)
        {
            yield return AddressEntry(entry.IPv4, entry.State);
        }

        if (entry.IPv6 is not null)
        {
            yield return AddressEntry(entry.IPv6, entry.State);
        }
    }

    /// <summary>3.1.4.4: IPADDR_ONLINE for an AVAILABLE interface, IPADDR_OFFLINE for an UNAVAILABLE one.</summary>
    protected virtual AddressInfo AddressEntry(System.Net.IPAddress address, InterfaceState state) => state switch
    {
        InterfaceState.AVAILABLE => AddressInfo.Online(address),
        InterfaceState.UNAVAILABLE => AddressInfo.Offline(address),
        _ => AddressInfo.Of(address),
    };

    private static bool IsGroup(PublicInterface entry, string name) =>
        entry.GroupName.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static AddressInfo WithoutState(AddressInfo entry) => entry with
    {
        Flags = entry.Flags & ~(AddressFlags.IPADDR_ONLINE | AddressFlags.IPADDR_OFFLINE),
    };

    /// <summary>3.1.4.4: an error comes without a response.</summary>
    protected virtual AsyncNotifyResult Failure(Win32Error status) => new(null, status);

    /// <summary>Takes the call out of its queue and lets it answer once the lock is free.</summary>
    protected virtual void Complete(PendingNotify pending, AsyncNotifyResult answer)
    {
        pending.Registration.PendingCalls.Remove(pending);
        AsyncNotifyAnswered(pending.Registration);
        pending.TrySetResult(answer);
    }

    private void FailPendingCalls(WitnessRegistration registration, Win32Error status)
    {
        while (registration.PendingCalls.First is { } first)
        {
            Complete(first.Value, Failure(status));
        }
    }

    private async ValueTask AsyncNotifyAsync(RpcServerCall call)
    {
        var request = WitnessCodec.DecodeHandleRequest(call.Stub.Span, call.Syntax);
        Write(call, WitnessCodec.Encode(await NotifyAsync(call, request), call.Syntax));
    }

    private async ValueTask<AsyncNotifyResult> NotifyAsync(RpcServerCall call, HandleRequest request)
    {
        if (CheckAccess(call.Caller) is not Win32Error.ERROR_SUCCESS and var refused)
        {
            return Failure(refused);
        }

        AsyncNotifyResult? answer;
        PendingNotify? pending;
        lock (State)
        {
            (answer, pending) = WitnessrAsyncNotify(call, request);
        }

        if (pending is null)
        {
            return answer!;
        }

        if (pending.Task.IsCompleted)
        {
            return await pending.Task;
        }

        var aborted = call.Aborted.UnsafeRegister(_ => Abandon(call, pending), null);
        try
        {
            return await pending.Task;
        }
        finally
        {
            aborted.Unregister();
        }
    }

    /// <summary>
    /// The client waits no longer: cancelled, orphaned or gone. Its registration stays; a notification that came at
    /// the same moment is not taken back.
    /// </summary>
    private void Abandon(RpcServerCall call, PendingNotify pending)
    {
        lock (State)
        {
            if (AsyncNotifyAbandoned(call, pending))
            {
                pending.TrySetException(Ended(call));
            }
        }
    }

    /// <summary>[C706] 9.5.3: the call ends, the registration goes on. False: it goes on waiting.</summary>
    protected virtual bool AsyncNotifyAbandoned(RpcServerCall call, PendingNotify pending)
    {
        if (!pending.Registration.PendingCalls.Remove(pending))
        {
            return false;
        }

        AsyncNotifyAnswered(pending.Registration);
        return true;
    }

    /// <summary>[C706] 12.6.4.5: what a cancelled call ends with; nobody hears it of one that was orphaned.</summary>
    protected virtual Exception Ended(RpcServerCall call) => new RpcFaultException(RpcFault.nca_s_fault_cancel);
}
