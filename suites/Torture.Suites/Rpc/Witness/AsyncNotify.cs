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
        Check.That(Swn.AsyncNotifyUnknownHandle, reply, r => r.TimeOnWire, Window.UpTo(Cluster.Limits.Notification));
        Check.Holds(Swn.NotificationOnSuccessOnly, reply, r => r.Response == null, "no response beside an error");
    }
}
