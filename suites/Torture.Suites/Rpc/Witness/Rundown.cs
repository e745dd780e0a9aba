namespace Torture.Suites.Rpc.Witness;

/// <summary>What was registered over a connection ends with it ([MS-SWN] 3.1.6.5).</summary>
public sealed class Rundown : Suite
{
    [TestCase(CloseMode.Fin, TestName = "Closed")]
    [TestCase(CloseMode.Reset, TestName = "Reset")]
    [Verifies(Swn.ConnectionLossRunsDown, Rpce.HandleRundown)]
    [Needs(Capability.ObserveRegistrations)]
    public async Task EndsTheRegistrations(CloseMode how)
    {
        await using var first = await RegisterAsync();
        await using var second = await RegisterAsync(over: first.Connection);

        await first.CloseAsync(how);

        var isGone = await IsGoneAsync(Client);
        Check.That(Swn.ConnectionLossRunsDown, isGone, true);
        Check.That(Rpce.HandleRundown, isGone, true);
    }

    [TestCase(CloseMode.Fin, TestName = "ClosedWhileCallIsPending")]
    [TestCase(CloseMode.Reset, TestName = "ResetWhileCallIsPending")]
    [Verifies(Swn.ConnectionLossRunsDown, Swn.ConnectionMonitoring, Rpce.RundownAfterCalls, House.StaysUp)]
    [Needs(Capability.ObserveRegistrations)]
    public async Task EndsThePendingCallsToo(CloseMode how)
    {
        await using var registration = await RegisterAsync(keepAlive: TimeSpan.FromHours(1));
        var pending = registration.StartAsyncNotify();
        await registration.Connection.GetInterfaceListAsync();

        await registration.CloseAsync(how);

        // A call that kept its handle alive would keep it for an hour.
        var isGone = await IsGoneAsync(Client);
        Check.That(Swn.ConnectionLossRunsDown, isGone, true);
        Check.That(Rpce.RundownAfterCalls, isGone, true);
        Check.That(Swn.ConnectionMonitoring, (await pending.Reply).Status, Outcome.ConnectionClosed);
        await using var next = await ConnectAsync(registration.Node);
        Check.Holds(
            House.StaysUp, await Alive.AskAsync(next), r => Alive.Answers(r.Status), Alive.InWords);
    }

    [Test, Verifies(Swn.ConnectionLossRunsDown, Swn.ForeignHandle)]
    public async Task HandleIsUnknownToTheNextConnection()
    {
        await using var registration = await RegisterAsync();
        await registration.CloseAsync(CloseMode.Reset);
        await using var next = await ConnectAsync(registration.Node);

        var notify = await next.AsyncNotifyAsync(registration.Handle);
        var reply = await next.UnRegisterAsync(registration.Handle);

        Check.That(
            Swn.ConnectionLossRunsDown, notify, r => r.Status, ERROR_NOT_FOUND,
            tolerated: RpcFault.nca_s_fault_context_mismatch);
        Check.That(
            Swn.ForeignHandle, reply, r => r.Status, ERROR_INVALID_PARAMETER,
            tolerated: [ERROR_NOT_FOUND, RpcFault.nca_s_fault_context_mismatch]);
    }

    [Test, Verifies(House.PeersAreIsolated)]
    public async Task OthersStay()
    {
        await using var leaving = await RegisterAsync();
        await using var staying = await RegisterAsync(client: AnotherClient());
        var pending = staying.StartAsyncNotify();

        await leaving.CloseAsync(CloseMode.Reset);

        Check.That(House.PeersAreIsolated, await ComesWithinSilenceAsync(pending.Reply), false);
        Check.That(House.PeersAreIsolated, await staying.UnRegisterAsync(), r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Rpce.HandleSurvivesConnection)]
    public async Task HandleStaysWhileItsGroupHasAConnection()
    {
        await using var registration = await RegisterAsync();
        await using var second = await ConnectAsync(
            registration.Node,
            ConnectOptions.Default with { AssociationGroup = registration.Connection.AssociationGroup });

        await registration.CloseAsync(CloseMode.Fin);

        // Read literally, 3.1.6.5 ends it with the connection that made it.
        var reply = await second.UnRegisterAsync(registration.Handle);
        Check.That(
            Rpce.HandleSurvivesConnection, reply, r => r.Status, ERROR_SUCCESS,
            tolerated: [ERROR_INVALID_PARAMETER, ERROR_NOT_FOUND]);
    }

    [Test, Verifies(Rpce.ConnectionLossEndsCalls)]
    [Needs(Capability.ObserveRegistrations, Capability.ObservePendingCalls)]
    public async Task APendingCallEndsWithItsConnectionNotWithItsGroup()
    {
        await using var registration = await RegisterAsync(keepAlive: TimeSpan.FromHours(1));
        await using var second = await ConnectAsync(
            registration.Node,
            ConnectOptions.Default with { AssociationGroup = registration.Connection.AssociationGroup });
        registration.StartAsyncNotify();
        await UntilAsync(
            seen => OfClient(seen, Client).Any(r => r.Pending == true), "a pending call", Cluster.Limits.Call);

        await registration.CloseAsync(CloseMode.Fin);

        Check.That(
            Rpce.ConnectionLossEndsCalls,
            await ComesToAsync(
                seen => OfClient(seen, Client).ToList() is [_, ..] known && known.All(r => r.Pending == false)),
            true);
    }

    [Test, Verifies(Swn.ConnectionLossRunsDown, House.NothingLeftBehind)]
    [Needs(Capability.ObserveRegistrations)]
    public async Task ManyConnectionsAtOnce()
    {
        var registrations = new List<Registration>();
        while (registrations.Count < 20)
        {
            registrations.Add(await RegisterAsync());
        }

        await Task.WhenAll(registrations.Select(registration => registration.CloseAsync(CloseMode.Reset)));

        var isGone = await IsGoneAsync(Client);
        Check.That(Swn.ConnectionLossRunsDown, isGone, true);
        Check.That(House.NothingLeftBehind, isGone, true);
    }

    private Task<bool> IsGoneAsync(CaseClient client) => ComesToAsync(seen => !OfClient(seen, client).Any());

    /// <summary>Within half of the time after which a registration would be forgotten anyway.</summary>
    private async Task<bool> ComesToAsync(Func<ClusterObservation, bool> condition) =>
        condition(await ObserveUntilAsync(condition, Cluster.Limits.UnusedRegistration / 2));

    private static IEnumerable<ObservedRegistration> OfClient(ClusterObservation seen, CaseClient client) =>
        seen.Nodes.SelectMany(node => node.Registrations).Where(r => r.ClientName == client.Name);
}
