using System.Net.Sockets;

namespace Torture.Suites.Failover;

/// <summary>The owner of an address is lost, in each of the ways in which owners are lost.</summary>
[Needs(Capability.ThreeNodes, Capability.Observe), BreaksCluster]
public sealed class OwnerLost : Suite
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
        var owner = await OwnerOfAsync(Address);
        await using var registration = await RegisterAsync(Address);
        var hearing = Witnessed.UntilAvailableAsync(registration);

        await using (await Nemesis.InjectAsync(lose(owner)))
        {
            var heard = await hearing;
            Check.Holds(
                Swn.UnavailableThenAvailable, Witnessed.IsAFailover(heard), "UNAVAILABLE, then AVAILABLE",
                Witnessed.InWords(heard));
            Check.That(Ctdb.AllRegisteredAreTold, heard.Count >= 2, true);
        }

        await Check.HistoryAsync(new NoNotificationLost(), new NoneInvented(), new NotificationsAsForetold());
    }

    [TestCaseSource(nameof(Ways))]
    [Verifies(Ctdb.FailoverWithin, Ctdb.NoAcknowledgedOperationLost, Ctdb.OneOwnerPerAddress)]
    public async Task TheClientFollows(Func<Node, Fault> lose)
    {
        var owner = await OwnerOfAsync(Address);
        await using var workload = await Workload.StartAsync(Cluster, Address);

        await using (await Nemesis.InjectAsync(lose(owner)))
        {
            await workload.UntilServedAgainAsync(Cluster.Limits.Failover);
        }

        await Check.HistoryAsync(
            new FailoverWithin(Cluster.Limits.Failover), new NoAcknowledgedOperationLost(), new OneOwnerPerAddress());
    }

    [TestCaseSource(nameof(Ways))]
    [Verifies(Ctdb.OnlyRegisteredAreTold, Ctdb.RegistrationSurvivesForeignFailover)]
    public async Task AClientOfAnotherAddressHearsNothing(Func<Node, Fault> lose)
    {
        var owner = await OwnerOfAsync(Address);
        var (other, witness) = await FarFromAsync(owner);
        await using var registration = await RegisterAsync(other, on: witness);
        var silent = registration.StartAsyncNotify();

        await using (await Nemesis.InjectAsync(lose(owner)))
        {
            Check.That(Ctdb.OnlyRegisteredAreTold, await ComesWithinSilenceAsync(silent.Reply), false);
        }

        Check.That(Ctdb.RegistrationSurvivesForeignFailover, silent.Reply.IsCompleted, false);
        await Check.HistoryAsync(new NoneInvented());
    }

    [TestCaseSource(nameof(Ways))]
    [Verifies(Ctdb.EveryAddressServed, Ctdb.InterfaceListFollowsOwnership, Swn.WitnessFlagForOtherNodes)]
    public async Task TheInterfaceListFollows(Func<Node, Fault> lose)
    {
        var owner = await OwnerOfAsync(Address);
        var asked = await WitnessForAsync(Address);
        await using var witness = await ConnectAsync(asked);

        await using (await Nemesis.InjectAsync(lose(owner)))
        {
            var next = await OwnerOfAsync(Address);
            Check.That(Ctdb.EveryAddressServed, next == owner, false);
            var list = await AskUntilAsync(witness.GetInterfaceListAsync, list => EntryOf(list).GroupName == next.Name);
            var entry = EntryOf(list);
            Check.That(Ctdb.InterfaceListFollowsOwnership, entry.GroupName, next.Name);
            Check.That(
                Swn.WitnessFlagForOtherNodes, entry.Flags.HasFlag(InterfaceFlags.INTERFACE_WITNESS), next != asked);
        }
    }

    private WitnessInterface EntryOf(InterfaceListReply list) =>
        list.Interfaces.First(entry => entry.IPv4.Equals(Address.Address));

    [TestCaseSource(nameof(Ways))]
    [Verifies(Ctdb.NodeReturns, Ctdb.InterfaceListAgrees)]
    public async Task TheNodeTakesPartAgainAfterwards(Func<Node, Fault> lose)
    {
        var owner = await OwnerOfAsync(Address);
        await using (await Nemesis.InjectAsync(lose(owner)))
        {
        }

        await using var witness = await ConnectAsync(owner);
        var list = await witness.GetInterfaceListAsync();
        Check.That(Ctdb.NodeReturns, list, r => r.Status, ERROR_SUCCESS);
        Check.That(Ctdb.InterfaceListAgrees, list, r => r.Interfaces.Count, Cluster.PublicAddresses.Count);
    }

    [TestCaseSource(nameof(Ways))]
    [Verifies(Swn.UnavailableThenAvailable), Needs(Capability.IPv6)]
    public async Task AnIpv6AddressMovesTheSameWay(Func<Node, Fault> lose)
    {
        var address = Cluster.PublicAddresses.First(a => a.Address.AddressFamily == AddressFamily.InterNetworkV6);
        var owner = await OwnerOfAsync(address);
        await using var registration = await RegisterAsync(address);
        var hearing = Witnessed.UntilAvailableAsync(registration);

        await using (await Nemesis.InjectAsync(lose(owner)))
        {
            var heard = await hearing;
            Check.Holds(
                Swn.UnavailableThenAvailable, Witnessed.IsAFailover(heard), "UNAVAILABLE, then AVAILABLE",
                Witnessed.InWords(heard));
        }
    }

    private static TestCaseData Way(string name, Func<Node, Fault> lose) =>
        new TestCaseData(lose).SetName($"{{m}}_{name}");

    private PublicAddress Address => Cluster.PublicAddresses[0];

    /// <summary>An address of another owner, and a witness that is neither of the two.</summary>
    private async Task<(PublicAddress Address, Node Witness)> FarFromAsync(Node victim)
    {
        var observed = await Cluster.ObserveAsync(Deadline);
        var address = Cluster.PublicAddresses.First(address =>
            observed.OwnerOf(address) is { } owner && owner != victim);
        return (address, Cluster.Nodes.First(node => node != victim && node != observed.OwnerOf(address)));
    }
}
