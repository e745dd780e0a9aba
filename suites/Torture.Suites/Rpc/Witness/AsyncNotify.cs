namespace Torture.Suites.Rpc.Witness;

/// <summary>WitnessrAsyncNotify without an event ([MS-SWN] 3.1.4.4).</summary>
public sealed class AsyncNotify : Suite
{
    [Test, Verifies(Swn.AsyncNotifyMethod, Swn.AsyncNotifyStatuses)]
    public async Task WaitsWhileThereIsNothingToTell()
    {
        await using var registration = await RegisterAsync();

        var pending = registration.StartAsyncNotify();

        Check.That(Swn.AsyncNotifyMethod, await ComesWithinSilenceAsync(pending.Reply), false);
        await registration.UnRegisterAsync();
        Check.That(Swn.AsyncNotifyStatuses, await pending.Reply, r => r.Status, ERROR_NOT_FOUND);
    }

    [Test, Verifies(Swn.AsyncNotifyUnknownHandle, Swn.NotificationOnSuccessOnly)]
    public async Task UnregisteredHandle()
    {
        await using var registration = await RegisterAsync();
        await registration.UnRegisterAsync();

        var reply = await registration.AsyncNotifyAsync();

        Check.That(Swn.AsyncNotifyUnknownHandle, reply, r => r.Status, ERROR_NOT_FOUND);
        Check.That(Swn.AsyncNotifyUnknownHandle, reply, r => r.TimeOnWire, Window.UpTo(Cluster.Limits.Call));
        Check.Holds(Swn.NotificationOnSuccessOnly, reply, r => r.Response == null, "no response beside an error");
    }

    [TestCase("made up", TestName = "MadeUpHandle")]
    [TestCase("all ones", TestName = "HandleOfOnes")]
    [TestCase("one bit", TestName = "HandleWithOneBitChanged")]
    [TestCase("attributes", TestName = "HandleWithOtherAttributes")]
    [Verifies(Swn.AsyncNotifyUnknownHandle)]
    public async Task UnknownHandle(string kind)
    {
        await using var registration = await RegisterAsync();

        var reply = await registration.Connection.AsyncNotifyAsync(Handles.Wrong(kind, registration.Handle));

        Check.That(
            Swn.AsyncNotifyUnknownHandle, reply, r => r.Status, ERROR_NOT_FOUND,
            tolerated: RpcFault.nca_s_fault_context_mismatch);
    }

    [Test, Verifies(Swn.AsyncNotifyUnknownHandle)]
    public async Task NullHandle()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.AsyncNotifyAsync(ContextHandle.Null);

        Check.That(
            Swn.AsyncNotifyUnknownHandle, reply, r => r.Status, ERROR_NOT_FOUND,
            tolerated: RpcFault.nca_s_fault_context_mismatch);
    }

    [Test, Verifies(Swn.ForeignHandle, House.PeersAreIsolated)]
    public async Task HandleOfAnotherGroup()
    {
        await using var registration = await RegisterAsync();
        await using var other = await ConnectAsync(registration.Node);

        var reply = await other.AsyncNotifyAsync(registration.Handle);

        Check.That(
            Swn.ForeignHandle, reply, r => r.Status, ERROR_NOT_FOUND,
            tolerated: RpcFault.nca_s_fault_context_mismatch);
        Check.That(House.PeersAreIsolated, await registration.UnRegisterAsync(), r => r.Status, ERROR_SUCCESS);
    }
}
