using static Torture.Suites.Failover.FaultCases;

namespace Torture.Suites.Failover;

/// <summary>Links are slow, lose packets, bring them twice or in another order, or go up and down.</summary>
[Needs(Capability.ThreeNodes, Capability.Observe), BreaksCluster, Takes(120)]
public sealed class BadLinks : OwnerSuite
{
    private const int Moves = 2;

    /// <summary>TCP gets the third through, well within what a notification may take.</summary>
    private const int InARow = 2;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(30);

    private static IEnumerable<TestCaseData> Ways =>
    [
        Way("slow", node => new SlowLink(node, TimeSpan.FromMilliseconds(100)) { Rate = 1_000_000 }),
        Way("lossy", node => new LossyLink(node, 0.2) { InARow = InARow }),
        Way("lossyOutwards", node => new LossyLink(node, 0.3) { InARow = InARow, Direction = Direction.FromTo }),
        Way("lossyInwards", node => new LossyLink(node, 0.3) { InARow = InARow, Direction = Direction.ToFrom }),
        Way("duplicating", node => new DuplicatingLink(node, 0.5)),
        Way("reordering", node => new ReorderingLink(node, 0.5, Moment)),
    ];

    /// <summary>TCP sees to it, and the server must not undo that by telling again what it thinks is lost.</summary>
    [TestCaseSource(nameof(Ways)), Needs(Capability.MoveAddress)]
    [Verifies(Ctdb.NotificationNotLost, Ctdb.NotificationNotInvented, Ctdb.NotificationOrderKept)]
    public async Task EveryNotificationComesOnceAndInOrder(Func<Node, Fault> spoil)
    {
        var address = Cluster.PublicAddresses[0];
        var owner = await OwnerOfAsync(address);
        var witness = await WitnessForAsync(address);
        var other = Cluster.Nodes.First(node => node != owner && node != witness);
        await using var registration = await RegisterAsync(address, on: witness);
        var hearer = Hearer.Throughout(registration);

        await using (await Nemesis.InjectAsync(spoil(witness)))
        {
            for (var move = 1; move <= Moves; move++)
            {
                await using (await Nemesis.InjectAsync(new MoveAddress(address, other)))
                {
                    await IsToldAsync(hearer, (2 * move) - 1);
                }

                await IsToldAsync(hearer, 2 * move);
            }
        }

        Check.Holds(
            Ctdb.NotificationOrderKept, IsAlternating(hearer.Heard), "UNAVAILABLE and AVAILABLE in turn", $"{hearer}");
        Check.That(Ctdb.NotificationNotInvented, hearer.Heard.Count, 4 * Moves);
        await Check.HistoryAsync(new NoNotificationLost(), new NoneInvented(), new NotificationsAsForetold());
    }

    [Test, Verifies(Ctdb.SlowIsNotDead, Ctdb.OneOwnerPerAddress), Needs(Capability.SlowLink)]
    public async Task ASlowPrivateLinkIsNoDeadNode()
    {
        var leader = await LeaderAsync();
        var before = await Cluster.ObserveAsync(Deadline);

        await using (await Nemesis.InjectAsync(
            new SlowLink(leader, TimeSpan.FromMilliseconds(150), NodeLink.Private)))
        {
            var seen = await ObserveUntilAsync(seen => !Effects.Recovered(before, seen, ownersMayDiffer: false));
            Check.Holds(
                Ctdb.SlowIsNotDead,
                Effects.Recovered(before, seen, ownersMayDiffer: false) && seen.Leader == leader,
                $"as before: {before}", $"{seen}");
        }

        await Check.HistoryAsync(new OneOwnerPerAddress());
    }

    /// <summary>It is down, and up, for as long as a failover takes, so that each makes one.</summary>
    [Test, Needs(Capability.FlappingLink, Capability.LinkAddresses)]
    [Verifies(
        Ctdb.FlappingSurvived, Ctdb.OneOwnerPerAddress, Ctdb.EveryAddressServed, Ctdb.NeighboursTold,
        Ctdb.AnnouncedThreeTimes)]
    public async Task AFlappingPrivateLinkMakesNoTwoOwners()
    {
        const int flaps = 2;
        var leader = await LeaderAsync();
        var seen = await UntilAsync(
            seen => AddressBeside(leader, seen) is not null, "an address whose owner does not lead");
        var address = AddressBeside(leader, seen)!;
        var node = seen.OwnerOf(address)!;
        var time = Cluster.Limits.Failover;

        await using (await Nemesis.InjectAsync(new FlappingLink(node, time, time, NodeLink.Private)))
        {
            var during = await ObserveUntilAsync(
                seen => seen.OwnerOf(address) is { } next && next != node, flaps * 2 * time);
            Check.Holds(
                Ctdb.EveryAddressServed, during.OwnerOf(address) is { } next && next != node,
                $"another owner than {node}", $"{during}");
            await PassAsync(flaps * 2 * time);
        }

        CheckIsServed(await Cluster.ObserveAsync(Deadline));
        await Check.HistoryAsync(
            new OneOwnerPerAddress(), new OneOwnerOnTheLink(), new AnnouncedToNeighbours(asked: true));
    }

    /// <summary>The address may stay where it is, or move: it has one owner, also where clients look.</summary>
    [Test, Needs(Capability.FlappingLink, Capability.LinkAddresses, Capability.Smb)]
    [Verifies(Ctdb.FlappingSurvived, Ctdb.OneOwnerPerAddress, Ctdb.EveryAddressServed)]
    public async Task AFlappingPublicLinkMakesNoTwoOwners()
    {
        const int flaps = 5;
        var address = Cluster.PublicAddresses[0];
        var owner = await OwnerOfAsync(address);
        var time = TimeSpan.FromSeconds(0.7);

        await using (await Nemesis.InjectAsync(new FlappingLink(owner, time, time)))
        {
            await PassAsync(flaps * 2 * time);
        }

        CheckIsServed(await Cluster.ObserveAsync(Deadline));
        var server = await ServerAtAsync(address);
        Check.Holds(Ctdb.EveryAddressServed, server is not null, $"an answer at {address}", $"{server}");
        await Check.HistoryAsync(new OneOwnerPerAddress(), new OneOwnerOnTheLink());
    }

    /// <summary>The nemesis has seen it recover: this is what it recovered to.</summary>
    private void CheckIsServed(ClusterObservation seen)
    {
        Check.Holds(
            Ctdb.FlappingSurvived,
            seen.Leader is not null && seen.Nodes.All(node => node.Links.Count == Cluster.Nodes.Count - 1),
            "one leader, and every node hears the others", $"{seen}");
        Check.Holds(
            Ctdb.EveryAddressServed, Cluster.PublicAddresses.All(address => seen.OwnersOf(address).Count == 1),
            "every address has one owner", $"{seen}");
    }

    private PublicAddress? AddressBeside(Node leader, ClusterObservation seen) => Cluster.PublicAddresses
        .FirstOrDefault(address => seen.OwnerOf(address) is { } owner && owner != leader);

    private async Task IsToldAsync(Hearer hearer, int returns) => Check.That(
        Ctdb.NotificationNotLost, await BecomesAsync(() => hearer.Returns >= returns), true);

    private static bool IsAlternating(IReadOnlyList<ResourceChange> heard) => heard.Index().All(
        one => one.Item.ChangeType == (one.Index % 2 == 0
            ? ChangeType.RESOURCE_STATE_UNAVAILABLE
            : ChangeType.RESOURCE_STATE_AVAILABLE));
}
