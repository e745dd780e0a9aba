using System.Net.Sockets;

namespace Torture.Suites.Failover;

/// <summary>An administrator moves an address to another node, as <c>ctdb moveip</c> does.</summary>
[Needs(Capability.MoveAddress, Capability.ThreeNodes), BreaksCluster]
public sealed class MovedAddress : Suite
{
    /// <summary>Of an address that was away for less nobody needs to be told.</summary>
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(2.5);

    [Test]
    [Verifies(
        Ctdb.MoveAddressMoves, Ctdb.OneOwnerPerAddress, Ctdb.InterfaceListFollowsOwnership,
        Swn.InterfaceListConsistent)]
    public async Task HasTheNewOwner()
    {
        var move = await MoveAsync();

        await using (await Nemesis.RequestAsync(move))
        {
            Check.That(Ctdb.MoveAddressMoves, await OwnerOfAsync(Address), move.To);
            foreach (var node in Cluster.Nodes)
            {
                await using var witness = await ConnectAsync(node);
                var list = await AskUntilAsync(
                    witness.GetInterfaceListAsync, list => EntryOf(list)?.GroupName == move.To.Name);
                Check.That(Ctdb.InterfaceListFollowsOwnership, EntryOf(list)?.GroupName, move.To.Name);
                Check.That(Swn.InterfaceListConsistent, list.Interfaces.Count(IsOfTheAddress), 1);
            }
        }

        await Check.HistoryAsync(new OneOwnerPerAddress());
    }

    [Test, Verifies(Ctdb.InterfaceListFollowsOwnership), Needs(Capability.IPv6)]
    public async Task AnIpv6AddressIsListedWithItsNewOwner()
    {
        var address = Cluster.PublicAddresses.First(one => one.Address.AddressFamily == AddressFamily.InterNetworkV6);
        var owner = await OwnerOfAsync(address);
        var to = Cluster.Nodes.First(node => node != owner);

        await using (await Nemesis.RequestAsync(new MoveAddress(address, to)))
        {
            foreach (var node in Cluster.Nodes)
            {
                await using var witness = await ConnectAsync(node);
                var list = await AskUntilAsync(
                    witness.GetInterfaceListAsync, list => GroupOf(address, list) == to.Name);
                Check.That(Ctdb.InterfaceListFollowsOwnership, GroupOf(address, list), to.Name);
            }
        }
    }

    [Test, Verifies(Swn.UnavailableThenAvailable, Ctdb.NotificationNotLost, Ctdb.NotificationNotInvented)]
    public async Task TheClientIsToldBothChanges()
    {
        var move = await MoveAsync();
        await using var registration = await RegisterAsync(Address);
        var hearer = Hearer.UntilAvailable(registration);

        await using (await Nemesis.InjectAsync(move))
        {
            await BecomesAsync(() => hearer.IsOver);
            Check.Holds(
                Swn.UnavailableThenAvailable, hearer.HeardAFailover, "UNAVAILABLE, then AVAILABLE", $"{hearer}");
        }

        await Check.HistoryAsync(new NoNotificationLost(), new NoneInvented(), new NotificationsAsForetold());
    }

    [Test, Verifies(Ctdb.NotifiedBeforeServedElsewhere)]
    public async Task AWaitingClientIsToldInTime()
    {
        var move = await MoveAsync();
        await using var registration = await RegisterAsync(Address);
        var hearer = Hearer.UntilAvailable(registration);

        await using (await Nemesis.InjectAsync(move))
        {
            // Also one that is told late, so that the history knows how late.
            await BecomesAsync(() => hearer.IsOver, 4 * Cluster.Limits.Notification);
            await PassAsync(Stay);
        }

        await Check.HistoryAsync(new NotifiedWithin(Cluster.Limits.Notification));
    }

    [Test, Verifies(Ctdb.FailoverWithin), Needs(Capability.Smb)]
    public async Task TheClientFollows()
    {
        var move = await MoveAsync();
        await using var workload = await Workload.StartAsync(Cluster, Address);

        await using (await Nemesis.InjectAsync(move))
        {
            await workload.UntilServedAgainAsync(Cluster.Limits.Failover);
        }

        await Check.HistoryAsync(new FailoverWithin(Cluster.Limits.Failover));
    }

    [Test, Verifies(Ctdb.OnlyRegisteredAreTold, Ctdb.AllRegisteredAreTold)]
    public async Task AClientOfAnotherAddressHearsNothing()
    {
        var move = await MoveAsync();
        var other = Cluster.PublicAddresses[1];
        var witness = await WitnessForAsync(Address, other);
        await using var concerned = await RegisterAsync(Address, on: witness);
        await using var registration = await RegisterAsync(other, on: witness);
        var hearer = Hearer.UntilAvailable(concerned);
        var silent = registration.StartAsyncNotify();

        await using (await Nemesis.InjectAsync(move))
        {
            // The same witness has told it by now to whom it concerns.
            Check.That(Ctdb.AllRegisteredAreTold, await BecomesAsync(() => hearer.HeardAFailover), true);
            Check.That(Ctdb.OnlyRegisteredAreTold, await IsToldWithinSilenceAsync(silent.Reply), false);
        }

        await Check.HistoryAsync(new NoneInvented());
    }

    [Test, Verifies(Ctdb.RegistrationStaysWhereTaken)]
    public async Task TheRegistrationStaysOnItsNode()
    {
        var move = await MoveAsync();
        await using var registration = await RegisterAsync(Address);
        var hearer = Hearer.UntilAvailable(registration);

        await using (await Nemesis.InjectAsync(move))
        {
            Check.That(Ctdb.RegistrationStaysWhereTaken, await BecomesAsync(() => hearer.HeardAFailover), true);
            var reply = await registration.UnRegisterAsync();
            Check.That(Ctdb.RegistrationStaysWhereTaken, reply, r => r.Status, ERROR_SUCCESS);
        }
    }

    private PublicAddress Address => Cluster.PublicAddresses[0];

    private WitnessInterface? EntryOf(InterfaceListReply list) => list.Interfaces.FirstOrDefault(IsOfTheAddress);

    private static string? GroupOf(PublicAddress address, InterfaceListReply list) =>
        list.Interfaces.FirstOrDefault(entry => entry.IPv6.Equals(address.Address))?.GroupName;

    private bool IsOfTheAddress(WitnessInterface entry) => entry.IPv4.Equals(Address.Address);

    private async Task<MoveAddress> MoveAsync()
    {
        var owner = await OwnerOfAsync(Address);
        return new MoveAddress(Address, Cluster.Nodes.First(node => node != owner));
    }
}
