namespace Torture.Suites.Failover;

/// <summary>The node that took the registration is lost: the client registers elsewhere.</summary>
[Needs(Capability.ThreeNodes), BreaksCluster]
public sealed class WitnessLost : Suite
{
    [Test, Verifies(Ctdb.RegistrationDiesWithNode, Ctdb.RegistersElsewhere), Needs(Capability.KillNode)]
    public async Task TheClientRegistersElsewhere()
    {
        var (first, other) = await TwoWitnessesAsync();
        await using var registration = await RegisterAsync(Address, on: first);
        var pending = registration.StartAsyncNotify();

        await using (await Nemesis.InjectAsync(new KillNode(first)))
        {
            Check.That(Ctdb.RegistrationDiesWithNode, await pending.Reply, r => r.Status, Outcome.ConnectionClosed);
            await using var witness = await ConnectAsync(other);
            var again = await witness.RegisterExAsync(Cluster.NetName, null, Address.ToString(), Client.Name);
            Check.That(Ctdb.RegistersElsewhere, again, r => r.Status, ERROR_SUCCESS);
        }
    }

    [Test, Verifies(Ctdb.RegistersElsewhere, Ctdb.AllRegisteredAreTold)]
    [Needs(Capability.KillNode, Capability.MoveAddress)]
    public async Task TheNewRegistrationHearsTheNextFailover()
    {
        var (first, other) = await TwoWitnessesAsync();
        await using var lost = await RegisterAsync(Address, on: first);
        var owner = await OwnerOfAsync(Address);

        await using (await Nemesis.InjectAsync(new KillNode(first)))
        {
            await using var second = await RegisterAsync(Address, on: other);
            var hearer = Hearer.UntilAvailable(second);
            var to = Cluster.Nodes.First(node => node != owner && node != first);
            await using (await Nemesis.InjectAsync(new MoveAddress(Address, to)))
            {
                Check.That(Ctdb.AllRegisteredAreTold, await BecomesAsync(() => hearer.IsOver), true);
                Check.Holds(
                    Ctdb.RegistersElsewhere, hearer.HeardAFailover, "UNAVAILABLE, then AVAILABLE", $"{hearer}");
            }
        }
    }

    [Test, Verifies(Ctdb.WitnessStopsAlone, Ctdb.RegistrationDiesWithNode), Needs(Capability.StopWitness)]
    public async Task TheWitnessServiceAloneMayStop()
    {
        await using var registration = await RegisterAsync(Address);
        var pending = registration.StartAsyncNotify();
        var before = (await Cluster.ObserveAsync(Deadline)).Of(registration.Node).Owned;

        await using (await Nemesis.InjectAsync(new StopWitness(registration.Node)))
        {
            var reply = await pending.Reply;
            Check.That(
                Ctdb.RegistrationDiesWithNode, reply, r => r.Status, Outcome.ConnectionClosed,
                tolerated: ERROR_NOT_FOUND);
            var after = await ObserveUntilAsync(
                seen => !before.ToHashSet().SetEquals(seen.Of(registration.Node).Owned), Cluster.Limits.Silence);
            Check.Holds(
                Ctdb.WitnessStopsAlone, before.ToHashSet().SetEquals(after.Of(registration.Node).Owned),
                $"{registration.Node} goes on owning {string.Join(", ", before)}", $"{after}");
        }
    }

    [Test, Verifies(Swn.AsyncNotifyUnknownHandle, Ctdb.RegistrationDiesWithNode), Needs(Capability.KillNode)]
    public async Task AHandleFromBeforeTheRestartIsUnknown()
    {
        await using var registration = await RegisterAsync(Address);
        await using (await Nemesis.InjectAsync(new KillNode(registration.Node)))
        {
        }

        await using var witness = await ConnectAsync(registration.Node);
        var reply = await witness.AsyncNotifyAsync(registration.Handle);

        Check.That(
            Swn.AsyncNotifyUnknownHandle, reply, r => r.Status, ERROR_NOT_FOUND,
            tolerated: RpcFault.nca_s_fault_context_mismatch);
        Check.That(
            Ctdb.RegistrationDiesWithNode, await witness.UnRegisterAsync(registration.Handle), r => r.Status,
            ERROR_INVALID_PARAMETER, tolerated: [ERROR_NOT_FOUND, RpcFault.nca_s_fault_context_mismatch]);
    }

    [Test, Verifies(Ctdb.ForcedUnregister), Needs(Capability.ForceUnregister, Capability.Observe)]
    public async Task AForcedUnregisterEndsThePendingCall()
    {
        await using var registration = await RegisterAsync(Address);
        var pending = registration.StartAsyncNotify();
        await UntilAsync(
            seen => seen.Of(registration.Node).Registrations.Any(
                known => known.Pending != false && known.ClientName == Client.Name),
            $"the registration of {Client.Name}, and its pending call where a node tells of calls");

        await using var outage = await Nemesis.InjectAsync(new ForceUnregister(Client.Name));

        Check.That(Ctdb.ForcedUnregister, await pending.Reply, r => r.Status, ERROR_NOT_FOUND);
    }

    private PublicAddress Address => Cluster.PublicAddresses[0];

    /// <summary>Two nodes that do not own the address, so that its clients may register with either.</summary>
    private async Task<(Node First, Node Other)> TwoWitnessesAsync()
    {
        var owner = await OwnerOfAsync(Address);
        Node[] others = [.. Cluster.Nodes.Where(node => node != owner)];
        return (others[0], others[1]);
    }
}
