using System.Net.Sockets;
using Torture.Suites.Rpc;
using static Torture.Suites.Failover.FaultCases;

namespace Torture.Suites.Failover;

/// <summary>The owner of an address is lost, in each of the ways in which owners are lost.</summary>
[Needs(Capability.ThreeNodes, Capability.Observe), BreaksCluster]
public sealed class OwnerLost : OwnerSuite
{
    private static IEnumerable<TestCaseData> Ways =>
    [
        Way("kill", owner => new KillNode(owner)),
        Way("pause", owner => new PauseNode(owner)),
        Way("stop", owner => new StopNode(owner)),
        Way("disable", owner => new DisableNode(owner)),
        Way("ban", owner => new BanNode(owner)),
    ];

    [TestCaseSource(nameof(Ways))]
    [Verifies(
        Swn.UnavailableThenAvailable, Ctdb.AllRegisteredAreTold, Ctdb.NotificationNotLost,
        Ctdb.NotificationNotInvented)]
    public async Task TheClientIsToldBothChanges(Func<Node, Fault> lose)
    {
        var (address, owner) = await OwnedAddressAsync();
        await using var registration = await RegisterAsync(address);
        var hearer = Hearer.UntilAvailable(registration);

        await using (await Nemesis.InjectAsync(lose(owner)))
        {
            Check.That(Ctdb.AllRegisteredAreTold, await BecomesAsync(() => hearer.IsOver), true);
            Check.Holds(
                Swn.UnavailableThenAvailable, hearer.HeardAFailover, "UNAVAILABLE, then AVAILABLE", $"{hearer}");
        }

        await Check.HistoryAsync(new NoNotificationLost(), new NoneInvented(), new NotificationsAsForetold());
    }

    [TestCaseSource(nameof(Ways))]
    [Verifies(Ctdb.FailoverWithin, Ctdb.OneOwnerPerAddress)]
    public async Task TheClientFollows(Func<Node, Fault> lose)
    {
        var (address, owner) = await OwnedAddressAsync();
        await using var workload = await Workload.StartAsync(Cluster, address);

        await using (await Nemesis.InjectAsync(lose(owner)))
        {
            await workload.UntilServedAgainAsync(Cluster.Limits.Failover);
        }

        await Check.HistoryAsync(new FailoverWithin(Cluster.Limits.Failover), new OneOwnerPerAddress());
    }

    [TestCaseSource(nameof(Ways))]
    [Verifies(Ctdb.FailoverWithin), Needs(Capability.IPv6)]
    public async Task TheClientFollowsOverIPv6(Func<Node, Fault> lose)
    {
        var (address, owner) = await OwnedAddressAsync(AddressFamily.InterNetworkV6);
        await using var workload = await Workload.StartAsync(Cluster, address);

        await using (await Nemesis.InjectAsync(lose(owner)))
        {
            await workload.UntilServedAgainAsync(Cluster.Limits.Failover);
        }

        await Check.HistoryAsync(new FailoverWithin(Cluster.Limits.Failover));
    }

    [TestCaseSource(nameof(Ways))]
    [Verifies(Ctdb.OnlyRegisteredAreTold, Ctdb.AllRegisteredAreTold, Ctdb.RegistrationSurvivesForeignFailover)]
    public async Task AClientOfAnotherAddressHearsNothing(Func<Node, Fault> lose)
    {
        var (address, owner) = await OwnedAddressAsync();
        var (other, witness) = await FarFromAsync(owner);
        await using var concerned = await RegisterAsync(address, on: witness);
        await using var registration = await RegisterAsync(other, on: witness);
        var hearer = Hearer.UntilAvailable(concerned);
        var silent = registration.StartAsyncNotify();

        await using (await Nemesis.InjectAsync(lose(owner)))
        {
            // The same witness has told it by now to whom it concerns.
            Check.That(Ctdb.AllRegisteredAreTold, await BecomesAsync(() => hearer.HeardAFailover), true);
            Check.That(Ctdb.OnlyRegisteredAreTold, await IsToldWithinSilenceAsync(silent.Reply), false);
        }

        var reply = await registration.UnRegisterAsync();
        Check.That(Ctdb.RegistrationSurvivesForeignFailover, reply, r => r.Status, ERROR_SUCCESS);
        await Check.HistoryAsync(new NoneInvented());
    }

    [TestCaseSource(nameof(Ways))]
    [Verifies(Ctdb.EveryAddressServed, Ctdb.InterfaceListFollowsOwnership, Swn.WitnessFlagForOtherNodes)]
    public async Task TheInterfaceListFollows(Func<Node, Fault> lose)
    {
        var (address, owner) = await OwnedAddressAsync();

        await using (await Nemesis.InjectAsync(lose(owner)))
        {
            var next = await NextOwnerOfAsync(address, owner);
            Check.Holds(
                Ctdb.EveryAddressServed, next is not null && next != owner, $"another owner than {owner}", $"{next}");
            foreach (var asked in Cluster.Nodes.Where(node => node != owner))
            {
                await using var witness = await ConnectAsync(asked);
                var list = await AskUntilAsync(
                    witness.GetInterfaceListAsync, list => EntryOf(address, list)?.GroupName == next?.Name);
                var entry = EntryOf(address, list);
                Check.That(Ctdb.InterfaceListFollowsOwnership, entry?.GroupName, next?.Name);
                Check.That(
                    Swn.WitnessFlagForOtherNodes, entry?.Flags.HasFlag(InterfaceFlags.INTERFACE_WITNESS),
                    next != asked);
            }
        }
    }

    private static WitnessInterface? EntryOf(PublicAddress address, InterfaceListReply list) =>
        list.Interfaces.FirstOrDefault(entry => entry.IPv4.Equals(address.Address));

    [TestCaseSource(nameof(Ways))]
    [Verifies(Ctdb.NodeReturns, Ctdb.InterfaceListAgrees)]
    public async Task TheNodeTakesPartAgainAfterwards(Func<Node, Fault> lose)
    {
        var (address, owner) = await OwnedAddressAsync();
        await using (await Nemesis.InjectAsync(lose(owner)))
        {
            // Until the cluster has noticed there is nothing to come back from.
            await UntilAsync(
                seen => seen.OwnerOf(address) is { } next && next != owner, $"another owner of {address}",
                Cluster.Limits.Failover);
        }

        var after = await ObserveUntilAsync(seen => seen.Of(owner).Owned.Count > 0);
        Check.Holds(
            Ctdb.NodeReturns, after.Of(owner).Owned.Count > 0, $"{owner} owns something again", $"{after}");
        await using var witness = await ConnectAsync(owner);
        var list = await witness.GetInterfaceListAsync();
        Check.Holds(Ctdb.NodeReturns, list, r => Alive.Answers(r.Status), Alive.InWords);
        Check.That(Ctdb.InterfaceListAgrees, list, r => r.Interfaces.Count, Cluster.PublicAddresses.Count);
    }

    [TestCaseSource(nameof(Ways))]
    [Verifies(Swn.UnavailableThenAvailable, Ctdb.AllRegisteredAreTold), Needs(Capability.IPv6)]
    public async Task AnIpv6AddressMovesTheSameWay(Func<Node, Fault> lose)
    {
        var (address, owner) = await OwnedAddressAsync(AddressFamily.InterNetworkV6);
        await using var registration = await RegisterAsync(address);
        var hearer = Hearer.UntilAvailable(registration);

        await using (await Nemesis.InjectAsync(lose(owner)))
        {
            Check.That(Ctdb.AllRegisteredAreTold, await BecomesAsync(() => hearer.IsOver), true);
            Check.Holds(
                Swn.UnavailableThenAvailable, hearer.HeardAFailover, "UNAVAILABLE, then AVAILABLE", $"{hearer}");
        }
    }

    /// <summary>A leader that is frozen is noticed by its lock; who follows one, by its silence alone.</summary>
    [Test, Verifies(Ctdb.EveryAddressServed, Ctdb.FailoverWithin), Needs(Capability.PauseNode, Capability.Smb)]
    public async Task AFrozenFollowerIsNoticedByItsSilence()
    {
        var leader = await LeaderAsync();
        var seen = await UntilAsync(seen => Followers(seen).Any(), "an address whose owner does not lead");
        var address = Followers(seen).First();
        var owner = seen.OwnerOf(address)!;
        await using var workload = await Workload.StartAsync(Cluster, address);

        await using (await Nemesis.InjectAsync(new PauseNode(owner)))
        {
            var next = await NextOwnerOfAsync(address, owner);
            Check.Holds(
                Ctdb.EveryAddressServed, next is not null && next != owner, $"another owner than {owner}", $"{next}");
            await workload.UntilServedAgainAsync(Cluster.Limits.Failover);
        }

        await Check.HistoryAsync(new FailoverWithin(Cluster.Limits.Failover));

        IEnumerable<PublicAddress> Followers(ClusterObservation seen) => Cluster.PublicAddresses.Where(
            address => seen.OwnerOf(address) is { } owner && owner != leader);
    }

    /// <summary>An address of another owner, and a witness that is neither of the two.</summary>
    private async Task<(PublicAddress Address, Node Witness)> FarFromAsync(Node victim)
    {
        var observed = await UntilAsync(
            seen => Other(seen) is not null, $"an address with an owner other than {victim}");
        var address = Other(observed)!;
        return (address, Cluster.Nodes.First(node => node != victim && node != observed.OwnerOf(address)));

        PublicAddress? Other(ClusterObservation seen) => Cluster.PublicAddresses.FirstOrDefault(
            address => seen.OwnerOf(address) is { } owner && owner != victim);
    }
}
