namespace Torture.Suites.Rpc.Witness;

/// <summary>The Unused Registration Timer ([MS-SWN] 3.1.5.1): who does not poll is forgotten.</summary>
[Takes(180)]
public sealed class UnusedRegistration : Suite
{
    [Test, Verifies(Swn.UnusedRegistrationReaped, Swn.UnusedRegistrationTimer)]
    public async Task IsForgotten()
    {
        await using var registration = await RegisterAsync();

        await PassAsync(Certainly);

        var reply = await registration.AsyncNotifyAsync();
        Check.That(Swn.UnusedRegistrationReaped, reply, r => r.Status, ERROR_NOT_FOUND);
        var unregistered = await registration.UnRegisterAsync();
        Check.That(
            Swn.UnusedRegistrationTimer, unregistered, r => r.Status, ERROR_INVALID_PARAMETER,
            tolerated: ERROR_NOT_FOUND);
    }

    [Test, Verifies(Swn.UnusedRegistrationReaped), Needs(Capability.UnRegisterEx)]
    public async Task IsUnknownToUnRegisterExToo()
    {
        await using var registration = await RegisterAsync();

        await PassAsync(Certainly);

        var reply = await registration.UnRegisterExAsync();
        Check.That(Swn.UnusedRegistrationReaped, reply, r => r.Status, ERROR_INVALID_PARAMETER);
    }

    [Test, Verifies(Swn.UnusedRegistrationReaped)]
    public async Task IsKeptUntilItsTime()
    {
        await using var registration = await RegisterAsync();

        await PassAsync(NotYet);

        Check.That(Swn.UnusedRegistrationReaped, await registration.UnRegisterAsync(), r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.UsedRegistrationKept, Swn.AsyncNotifyEndsUse)]
    public async Task PollingKeepsIt()
    {
        await using var registration = await RegisterAsync(keepAlive: TimeSpan.FromSeconds(1));

        for (var poll = 0; poll < 2; poll++)
        {
            await PassAsync(NotYet);
            Check.That(Swn.UsedRegistrationKept, await registration.AsyncNotifyAsync(), r => r.Status, ERROR_TIMEOUT);
        }

        await PassAsync(NotYet);
        Check.That(Swn.AsyncNotifyEndsUse, await registration.UnRegisterAsync(), r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.UsedRegistrationKept, Swn.AsyncNotifyStartsUse)]
    public async Task PendingCallKeepsIt()
    {
        await using var registration = await RegisterAsync(keepAlive: TimeSpan.FromHours(1));

        var pending = registration.StartAsyncNotify();

        Check.That(Swn.UsedRegistrationKept, await ComesWithinSilenceAsync(pending.Reply, Certainly), false);
        Check.That(Swn.AsyncNotifyStartsUse, await registration.UnRegisterAsync(), r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.AsyncNotifyEndsUse)]
    public async Task AnswerLetsTheTimeBeginAgain()
    {
        await using var registration = await RegisterAsync(keepAlive: TimeSpan.FromSeconds(1));
        await registration.AsyncNotifyAsync();

        await PassAsync(Certainly);

        Check.That(Swn.AsyncNotifyEndsUse, await registration.AsyncNotifyAsync(), r => r.Status, ERROR_NOT_FOUND);
    }

    [Test, Verifies(Swn.UnusedRegistrationReaped, Swn.UsedRegistrationKept)]
    public async Task OnlyTheUnusedOneIsForgotten()
    {
        await using var used = await RegisterAsync(keepAlive: TimeSpan.FromHours(1));
        await using var unused = await RegisterAsync(over: used.Connection, client: AnotherClient());
        var pending = used.StartAsyncNotify();

        await PassAsync(Certainly);

        Check.That(Swn.UnusedRegistrationReaped, await unused.AsyncNotifyAsync(), r => r.Status, ERROR_NOT_FOUND);
        Check.That(Swn.UsedRegistrationKept, pending.Reply.IsCompleted, false);
    }

    [Test, Verifies(Swn.Version1Timers)]
    public async Task Version1MayBeForgotten()
    {
        await using var registration = await RegisterAsync(
            version: WitnessVersion.V1,
            options: ConnectOptions.Default with { CallDeadline = Cluster.Limits.Silence });

        await PassAsync(Certainly);

        // Its last use is set by nobody (A5): to forget it is allowed, to keep it as well.
        var reply = await registration.AsyncNotifyAsync();
        Check.That(Swn.Version1Timers, reply, r => r.Status, ERROR_NOT_FOUND, tolerated: Outcome.NoAnswer);
    }

    [Test, Verifies(Swn.UnusedRegistrationReaped)]
    public async Task SilentConnectionKeepsNothing()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        await using var same = await ConnectAsync(
            Cluster.Nodes[0], ConnectOptions.Default with { AssociationGroup = witness.AssociationGroup });
        var registered = await witness.RegisterExAsync(Valid.RegisterEx(Cluster, Client));
        await witness.CloseAsync(CloseMode.Silent);

        await PassAsync(Certainly);

        var reply = await same.AsyncNotifyAsync(registered.Handle);
        Check.That(Swn.UnusedRegistrationReaped, reply, r => r.Status, ERROR_NOT_FOUND);
    }

    private TimeSpan Certainly =>
        Cluster.Limits.UnusedRegistration + (2 * Cluster.Limits.Sweep) + TimeSpan.FromSeconds(0.5);

    private TimeSpan NotYet => Cluster.Limits.UnusedRegistration * 0.7;
}
