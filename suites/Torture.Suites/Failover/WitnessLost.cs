namespace Torture.Suites.Failover;

/// <summary>The node that took the registration is lost: the client registers elsewhere.</summary>
[Needs(Capability.ThreeNodes), BreaksCluster]
public sealed class WitnessLost : Suite
{
    [Test, Verifies(Ctdb.RegistrationDiesWithNode, Ctdb.RegistersElsewhere), Needs(Capability.KillNode)]
    public async Task TheClientRegistersElsewhere()
    {
        await using var registration = await RegisterAsync(Address);
        var pending = registration.StartAsyncNotify();

        await using (await Nemesis.InjectAsync(new KillNode(registration.Node)))
        {
            Check.That(Ctdb.RegistrationDiesWithNode, await pending.Reply, r => r.Status, Outcome.ConnectionClosed);
            var other = Cluster.Nodes.First(node => node != registration.Node);
            await using var again = await RegisterAsync(Address, on: other);
            Check.That(Ctdb.RegistersElsewhere, again.Reply, r => r.Status, ERROR_SUCCESS);
        }
    }

    [Test, Verifies(Ctdb.RegistersElsewhere, Ctdb.AllRegisteredAreTold), Needs(Capability.KillNode)]
    public async Task TheNewRegistrationHearsTheNextFailover()
    {
        await using var first = await RegisterAsync(Address);
        var owner = await OwnerOfAsync(Address);
        var other = Cluster.Nodes.First(node => node != first.Node && node != owner);

        await using (await Nemesis.InjectAsync(new KillNode(first.Node)))
        {
            await using var second = await RegisterAsync(Address, on: other);
            Check.That(Ctdb.RegistersElsewhere, second.Reply, r => r.Status, ERROR_SUCCESS);
            var present = await OwnerOfAsync(Address);
            var hearing = Witnessed.UntilAvailableAsync(second);
            await using (await Nemesis.InjectAsync(
                new MoveAddress(Address, Cluster.Nodes.First(node => node != present && node != first.Node))))
            {
                var heard = await hearing;
                Check.That(Ctdb.AllRegisteredAreTold, heard.Count >= 2, true);
            }
        }
    }

    [Test, Verifies(Ctdb.WitnessStopsAlone, Ctdb.RegistrationDiesWithNode), Needs(Capability.StopWitness)]
    public async Task TheWitnessServiceAloneMayStop()
    {
        var owner = await OwnerOfAsync(Address);
        await using var registration = await RegisterAsync(Address);
        var pending = registration.StartAsyncNotify();

        await using (await Nemesis.InjectAsync(new StopWitness(registration.Node)))
        {
            var reply = await pending.Reply;
            Check.That(
                Ctdb.RegistrationDiesWithNode, reply, r => r.Status, Outcome.ConnectionClosed,
                tolerated: ERROR_NOT_FOUND);
            Check.That(Ctdb.WitnessStopsAlone, await OwnerOfAsync(Address), owner);
        }
    }

    [Test, Verifies(Swn.AsyncNotifyUnknownHandle, Ctdb.RegistrationDiesWithNode), Needs(Capability.KillNode)]
    public async Task AHandleFromBeforeTheRestartIsUnknown()
    {
        var registration = await RegisterAsync(Address);
        await using (await Nemesis.InjectAsync(new KillNode(registration.Node)))
        {
        }

        await using var witness = await ConnectAsync(registration.Node);
        var reply = await witness.AsyncNotifyAsync(registration.Handle);

        Check.That(
            Swn.AsyncNotifyUnknownHandle, reply, r => r.Status, ERROR_NOT_FOUND,
            tolerated: RpcFault.nca_s_fault_context_mismatch);
        Check.That(Ctdb.RegistrationDiesWithNode, reply.Response is null, true);
    }

    [Test, Verifies(Ctdb.ForcedUnregister), Needs(Capability.ForceUnregister)]
    public async Task AForcedUnregisterEndsThePendingCall()
    {
        await using var registration = await RegisterAsync(Address);
        var pending = registration.StartAsyncNotify();

        await using var outage = await Nemesis.InjectAsync(new ForceUnregister(Client.Name));

        Check.That(Ctdb.ForcedUnregister, await pending.Reply, r => r.Status, ERROR_NOT_FOUND);
    }

    private PublicAddress Address => Cluster.PublicAddresses[0];
}
