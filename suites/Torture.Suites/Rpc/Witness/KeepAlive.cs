namespace Torture.Suites.Rpc.Witness;

/// <summary>The AsyncNotify pending timer ([MS-SWN] 3.1.5.2): never early, and late by no more than a sweep.</summary>
public sealed class KeepAlive : Suite
{
    [TestCase(1u, TestName = "Elapses.After1Second")]
    [TestCase(3u, TestName = "Elapses.After3Seconds")]
    [TestCase(6u, TestName = "Elapses.After6Seconds")]
    [Verifies(Swn.KeepAliveElapses, Swn.KeepAliveNeverEarly, Swn.KeepAliveInSeconds, Swn.PendingTimer)]
    public async Task Elapses(uint seconds)
    {
        var keepAlive = TimeSpan.FromSeconds(seconds);
        await using var registration = await RegisterAsync(keepAlive: keepAlive);

        var reply = await registration.AsyncNotifyAsync();

        Check.That(Swn.KeepAliveElapses, reply, r => r.Status, ERROR_TIMEOUT);
        Check.That(Swn.KeepAliveNeverEarly, reply, r => r.TimeOnWire, Window.AtLeast(keepAlive));
        Check.That(Swn.KeepAliveInSeconds, reply, r => r.TimeOnWire, NotMuchLaterThan(keepAlive));
        Check.That(Swn.PendingTimer, reply, r => r.TimeOnWire, NotMuchLaterThan(keepAlive));
    }

    [Test, Verifies(Swn.NotificationOnSuccessOnly)]
    public async Task TimeoutBringsNoResponse()
    {
        await using var registration = await RegisterAsync(keepAlive: TimeSpan.FromSeconds(1));

        var reply = await registration.AsyncNotifyAsync();

        Check.Holds(Swn.NotificationOnSuccessOnly, reply, r => r.Response == null, "no response beside an error");
    }

    [Test, Verifies(Swn.KeepAliveElapses)]
    public async Task RegistrationSurvives()
    {
        await using var registration = await RegisterAsync(keepAlive: TimeSpan.FromSeconds(1));
        await registration.AsyncNotifyAsync();

        Check.That(Swn.KeepAliveElapses, await registration.AsyncNotifyAsync(), r => r.Status, ERROR_TIMEOUT);
        Check.That(Swn.KeepAliveElapses, await registration.UnRegisterAsync(), r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.KeepAliveNeverEarly, Swn.KeepAliveElapses)]
    public async Task EachCycleTakesItsTime()
    {
        var keepAlive = TimeSpan.FromSeconds(1);
        await using var registration = await RegisterAsync(keepAlive: keepAlive);

        for (var cycle = 0; cycle < 5; cycle++)
        {
            var reply = await registration.AsyncNotifyAsync();
            Check.That(Swn.KeepAliveElapses, reply, r => r.Status, ERROR_TIMEOUT);
            Check.That(Swn.KeepAliveNeverEarly, reply, r => r.TimeOnWire, NotMuchLaterThan(keepAlive));
        }
    }

    [Test, Verifies(Swn.AsyncNotifyStartsUse, Swn.KeepAliveNeverEarly)]
    public async Task TimeBeginsWithTheCallAndNotWithTheRegistration()
    {
        var keepAlive = TimeSpan.FromSeconds(2);
        await using var registration = await RegisterAsync(keepAlive: keepAlive);
        await PassAsync(Cluster.Limits.UnusedRegistration / 2);

        var reply = await registration.AsyncNotifyAsync();

        Check.That(Swn.AsyncNotifyStartsUse, reply, r => r.Status, ERROR_TIMEOUT);
        Check.That(Swn.KeepAliveNeverEarly, reply, r => r.TimeOnWire, NotMuchLaterThan(keepAlive));
    }

    [Test, Verifies(Swn.KeepAliveZero)]
    public async Task ZeroIsTimeoutAtTheNextSweep()
    {
        await using var registration = await RegisterAsync(
            keepAlive: TimeSpan.Zero, options: ConnectOptions.Default with { CallDeadline = Cluster.Limits.Call });

        var reply = await registration.AsyncNotifyAsync();

        // Samba takes 0 for "no time-out".
        Check.That(Swn.KeepAliveZero, reply, r => r.Status, ERROR_TIMEOUT, tolerated: Outcome.NoAnswer);
        if (reply.Status == ERROR_TIMEOUT)
        {
            Check.That(Swn.KeepAliveZero, reply, r => r.TimeOnWire, Window.UpTo(Late));
        }
    }

    [Test, Verifies(Swn.KeepAliveNeverEarly)]
    public async Task LargestTimeIsNotTakenForNone()
    {
        await using var registration = await RegisterAsync(keepAlive: TimeSpan.FromSeconds(uint.MaxValue));

        var pending = registration.StartAsyncNotify();

        Check.That(Swn.KeepAliveNeverEarly, await ComesWithinSilenceAsync(pending.Reply, Late), false);
    }

    [Test, Verifies(Swn.KeepAliveElapses, Swn.KeepAliveNeverEarly)]
    public async Task EachRegistrationHasItsOwn()
    {
        await using var slow = await RegisterAsync(keepAlive: TimeSpan.FromSeconds(4));
        await using var quick = await RegisterAsync(keepAlive: TimeSpan.FromSeconds(1), over: slow.Connection);
        var later = slow.StartAsyncNotify();
        var sooner = quick.StartAsyncNotify();

        var first = await sooner.Reply;
        Check.That(Swn.KeepAliveElapses, first, r => r.Status, ERROR_TIMEOUT);
        Check.That(Swn.KeepAliveElapses, first, r => r.TimeOnWire, NotMuchLaterThan(TimeSpan.FromSeconds(1)));
        var second = await later.Reply;
        Check.That(Swn.KeepAliveElapses, second, r => r.Status, ERROR_TIMEOUT);
        Check.That(Swn.KeepAliveNeverEarly, second, r => r.TimeOnWire, NotMuchLaterThan(TimeSpan.FromSeconds(4)));
    }

    [Test, Verifies(Swn.KeepAliveElapses, Swn.KeepAliveNeverEarly)]
    public async Task ManyAtOnce()
    {
        var keepAlive = TimeSpan.FromSeconds(2);
        await using var first = await RegisterAsync(keepAlive: keepAlive);
        var registrations = new List<Registration> { first };
        while (registrations.Count < 20)
        {
            registrations.Add(await RegisterAsync(keepAlive: keepAlive, over: first.Connection));
        }

        foreach (var reply in await Task.WhenAll(registrations.Select(r => r.AsyncNotifyAsync())))
        {
            Check.That(Swn.KeepAliveElapses, reply, r => r.Status, ERROR_TIMEOUT);
            Check.That(Swn.KeepAliveNeverEarly, reply, r => r.TimeOnWire, NotMuchLaterThan(keepAlive));
        }
    }

    [Test, Verifies(Swn.Version1Timers)]
    public async Task Version1IsNotTimedOutWhileItPolls()
    {
        await using var registration = await RegisterAsync(version: WitnessVersion.V1);

        var pending = registration.StartAsyncNotify();

        // Its keep-alive time is set by nobody (A5).
        var comes = await ComesWithinSilenceAsync(pending.Reply, Cluster.Limits.UnusedRegistration + Late);
        Check.That(Swn.Version1Timers, comes, false);
        Check.That(Swn.Version1Timers, await registration.UnRegisterAsync(), r => r.Status, ERROR_SUCCESS);
    }

    /// <summary>A sweep that has just run, the next one, and a busy machine.</summary>
    private TimeSpan Late => (2 * Cluster.Limits.Sweep) + TimeSpan.FromSeconds(1);

    private Window NotMuchLaterThan(TimeSpan time) => Window.From(time, to: time + Late);
}
