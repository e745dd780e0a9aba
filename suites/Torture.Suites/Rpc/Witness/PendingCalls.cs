namespace Torture.Suites.Rpc.Witness;

/// <summary>AsyncNotify calls that wait, and what goes on beside them ([MS-SWN] 3.1.4.4).</summary>
public sealed class PendingCalls : Suite
{
    [Test, Verifies(Swn.PendingNotifyHoldsUpNothing, Rpce.ServerAnswersInAnyOrder)]
    public async Task OtherOperationsAreServed()
    {
        await using var registration = await RegisterAsync();
        var witness = registration.Connection;
        var pending = registration.StartAsyncNotify();

        var list = await witness.GetInterfaceListAsync();
        var registered = await witness.RegisterExAsync(Valid.RegisterEx(Cluster, Client));
        var unregistered = await witness.UnRegisterAsync(registered.Handle);

        Check.That(Swn.PendingNotifyHoldsUpNothing, list, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.PendingNotifyHoldsUpNothing, registered, r => r.Status, ERROR_SUCCESS);
        Check.That(Rpce.ServerAnswersInAnyOrder, unregistered, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.PendingNotifyHoldsUpNothing, pending.Reply.IsCompleted, false);
    }

    [Test, Verifies(Swn.PendingNotifyHoldsUpNothing, Rpce.ConcurrentMultiplexing)]
    public async Task TheSecondIsAnsweredBeforeTheFirst()
    {
        await using var slow = await RegisterAsync(keepAlive: TimeSpan.FromHours(1));
        await using var quick = await RegisterAsync(keepAlive: TimeSpan.FromSeconds(1), over: slow.Connection);
        var first = slow.StartAsyncNotify();
        var second = await quick.AsyncNotifyAsync();

        Check.That(Swn.PendingNotifyHoldsUpNothing, second, r => r.Status, ERROR_TIMEOUT);
        Check.That(Rpce.ConcurrentMultiplexing, second, r => r.Status, ERROR_TIMEOUT);
        Check.That(Rpce.ConcurrentMultiplexing, first.Reply.IsCompleted, false);
    }

    [Test, Verifies(Swn.PendingNotifyHoldsUpNothing)]
    public async Task ManyOnOneConnection()
    {
        await using var first = await RegisterAsync();
        var registrations = new List<Registration> { first };
        while (registrations.Count < 30)
        {
            registrations.Add(await RegisterAsync(over: first.Connection));
        }

        var pending = registrations.Select(registration => registration.StartAsyncNotify()).ToArray();
        var list = await first.Connection.GetInterfaceListAsync();

        Check.Holds(Swn.PendingNotifyHoldsUpNothing, list, r => Alive.Answers(r.Status), Alive.InWords);
        Check.That(Swn.PendingNotifyHoldsUpNothing, pending.Any(call => call.Reply.IsCompleted), false);
    }

    [Test, Verifies(Swn.UnRegisterEndsPendingNotify, Swn.SharedContextHandle)]
    public async Task UnRegisterEndsIt()
    {
        await using var registration = await RegisterAsync();
        var pending = registration.StartAsyncNotify();

        var unregistered = await registration.UnRegisterAsync();

        Check.That(Swn.SharedContextHandle, unregistered, r => r.Status, ERROR_SUCCESS);
        var reply = await EndOf(pending);
        Check.That(Swn.UnRegisterEndsPendingNotify, reply?.Status ?? Outcome.NoAnswer, ERROR_NOT_FOUND);
    }

    [Test, Verifies(Swn.UnRegisterEndsPendingNotify), Needs(Capability.UnRegisterEx)]
    public async Task UnRegisterExEndsIt()
    {
        await using var registration = await RegisterAsync();
        var pending = registration.StartAsyncNotify();

        await registration.UnRegisterExAsync();

        var reply = await EndOf(pending);
        Check.That(Swn.UnRegisterEndsPendingNotify, reply?.Status ?? Outcome.NoAnswer, ERROR_NOT_FOUND);
    }

    [Test, Verifies(Swn.UnRegisterEndsPendingNotify, Rpce.HandleValidInGroup)]
    public async Task UnRegisterOverAnotherConnectionEndsIt()
    {
        await using var registration = await RegisterAsync();
        await using var second = await ConnectAsync(
            registration.Node,
            ConnectOptions.Default with { AssociationGroup = registration.Connection.AssociationGroup });
        var pending = registration.StartAsyncNotify();
        await registration.Connection.GetInterfaceListAsync();

        var unregistered = await second.UnRegisterAsync(registration.Handle);

        Check.That(Rpce.HandleValidInGroup, unregistered, r => r.Status, ERROR_SUCCESS);
        var reply = await EndOf(pending);
        Check.That(Swn.UnRegisterEndsPendingNotify, reply?.Status ?? Outcome.NoAnswer, ERROR_NOT_FOUND);
    }

    [Test, Verifies(Swn.ConcurrentNotify)]
    public async Task TwoOnOneHandleBothTimeOut()
    {
        await using var registration = await RegisterAsync(keepAlive: TimeSpan.FromSeconds(1));
        var calls = new[] { registration.StartAsyncNotify(), registration.StartAsyncNotify() };

        foreach (var call in calls)
        {
            // A server may refuse the second one; it must not leave it without an answer.
            var reply = await EndOf(call);
            Check.That(
                Swn.ConcurrentNotify, reply?.Status ?? Outcome.NoAnswer, ERROR_TIMEOUT,
                tolerated: [ERROR_NO_SYSTEM_RESOURCES, ERROR_INVALID_PARAMETER]);
        }
    }

    [Test, Verifies(Swn.ConcurrentNotify, Swn.UnRegisterEndsPendingNotify)]
    public async Task UnRegisterEndsBothOfAHandle()
    {
        await using var registration = await RegisterAsync();
        var calls = new[] { registration.StartAsyncNotify(), registration.StartAsyncNotify() };

        await registration.UnRegisterAsync();

        var ends = new[] { await EndOf(calls[0]), await EndOf(calls[1]) };
        Check.That(Swn.UnRegisterEndsPendingNotify, ends[0]?.Status ?? Outcome.NoAnswer, ERROR_NOT_FOUND);
        Check.That(
            Swn.ConcurrentNotify, ends[1]?.Status ?? Outcome.NoAnswer, ERROR_NOT_FOUND,
            tolerated: [ERROR_NO_SYSTEM_RESOURCES, ERROR_INVALID_PARAMETER]);
    }

    [Test, Verifies(Swn.CancelledNotify, Rpce.CancelFault)]
    public async Task CancelEndsIt()
    {
        await using var registration = await RegisterAsync();
        var pending = registration.StartAsyncNotify();
        await pending.CancelAsync();

        // Windows answers that the server is unavailable.
        var reply = await EndOf(pending);
        Check.That(
            Swn.CancelledNotify, reply?.Status ?? Outcome.NoAnswer, RpcFault.nca_s_fault_cancel,
            tolerated: [RpcFault.RPC_S_SERVER_UNAVAILABLE]);
        Check.That(
            Rpce.CancelFault, reply?.Status ?? Outcome.NoAnswer, RpcFault.nca_s_fault_cancel,
            tolerated: [RpcFault.RPC_S_SERVER_UNAVAILABLE]);
    }

    [Test, Verifies(Swn.CancelledNotify)]
    public async Task CancelLeavesTheRegistration()
    {
        await using var registration = await RegisterAsync(keepAlive: TimeSpan.FromSeconds(1));
        var pending = registration.StartAsyncNotify();
        await pending.CancelAsync();
        await EndOf(pending);

        // Whether it does is said nowhere; a client that cancels a poll wants it to.
        var again = await registration.AsyncNotifyAsync();
        Check.That(Swn.CancelledNotify, again, r => r.Status, ERROR_TIMEOUT, tolerated: ERROR_NOT_FOUND);
    }

    [Test, Verifies(Swn.CancelledNotify, Swn.PendingNotifyHoldsUpNothing)]
    public async Task CancelOfOneLeavesTheOther()
    {
        await using var first = await RegisterAsync();
        await using var second = await RegisterAsync(over: first.Connection);
        var cancelled = first.StartAsyncNotify();
        var waiting = second.StartAsyncNotify();

        await cancelled.CancelAsync();

        Check.That(Swn.CancelledNotify, await EndOf(cancelled) is not null, true);
        Check.That(Swn.PendingNotifyHoldsUpNothing, await ComesWithinSilenceAsync(waiting.Reply), false);
    }

    [Test, Verifies(Swn.CancelledNotify, Rpce.OrphanedDropsCall)]
    public async Task OrphanedCallIsDropped()
    {
        await using var registration = await RegisterAsync();
        var pending = registration.StartAsyncNotify();
        await pending.OrphanAsync();

        var list = await registration.Connection.GetInterfaceListAsync();
        var unregistered = await registration.UnRegisterAsync();

        Check.That(Rpce.OrphanedDropsCall, list, r => r.Status, ERROR_SUCCESS, tolerated: Outcome.ConnectionClosed);
        Check.That(
            Swn.CancelledNotify, unregistered, r => r.Status, ERROR_SUCCESS,
            tolerated: [Outcome.ConnectionClosed, ERROR_INVALID_PARAMETER]);
    }

    [Test, Verifies(Swn.CancelledNotify, Swn.EventBeforeCallDelivered)]
    [Needs(Capability.MoveClient), BreaksCluster]
    public async Task CancelledCallSwallowsNoNotification()
    {
        await using var registration = await RegisterAsync();
        var pending = registration.StartAsyncNotify();
        await pending.CancelAsync();
        await EndOf(pending);
        await using var outage = await Nemesis.InjectAsync(
            new MoveClient(Client.Name, Cluster.PublicAddresses[0].Address));

        var told = await registration.AsyncNotifyAsync();

        Check.That(Swn.CancelledNotify, told, r => r.Kind, NotificationKind.CLIENT_MOVE_NOTIFICATION);
        Check.That(Swn.EventBeforeCallDelivered, told, r => r.Status, ERROR_SUCCESS);
    }

    /// <summary>Null: no answer within the limit for a call that has nothing to wait for.</summary>
    private async Task<NotifyReply?> EndOf(PendingCall<NotifyReply> pending) =>
        await ComesWithinSilenceAsync(pending.Reply, Cluster.Limits.Call) ? await pending.Reply : null;
}
