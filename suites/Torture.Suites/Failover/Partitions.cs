namespace Torture.Suites.Failover;

/// <summary>Nodes do not hear each other: one side serves, the other lets go.</summary>
[Needs(Capability.Partition, Capability.ThreeNodes, Capability.Observe), BreaksCluster, Takes(120)]
public sealed class Partitions : OwnerSuite
{
    [Test, Takes(240)]
    [Verifies(
        Ctdb.PartitionLoserLetsGo, Ctdb.OneSideServes, Ctdb.OneOwnerPerAddress, Ctdb.EveryAddressServed,
        Ctdb.OneLeader)]
    public async Task WhoeverIsCutOffFromTheLeaderLetsGo()
    {
        var leader = await LeaderAsync();
        var loser = Cluster.Nodes.First(node => node != leader);
        Node[] others = [.. Cluster.Nodes.Where(node => node != loser)];

        await using (await Nemesis.InjectAsync(new Partition(loser, others[0])))
        await using (await Nemesis.InjectAsync(new Partition(loser, others[1])))
        {
            var seen = await ObserveUntilAsync(seen => IsServedBy(others, seen));

            Check.Holds(
                Ctdb.PartitionLoserLetsGo, seen.Of(loser).Owned.Count == 0, $"{loser} holds nothing", $"{seen}");
            CheckEveryAddressHasOneOwner(seen);

            // Let go of in any case: what it would take by itself it takes afterwards.
            seen = await ObserveUntilAsync(seen => !HoldsNothing([loser], seen));
            Check.Holds(
                Ctdb.OneSideServes, HoldsNothing([loser], seen),
                $"no address is taken by {loser}, which cannot reach {leader}", $"{seen}");
            CheckNoGenerationHasTwoLeaders(seen);
        }

        await Check.HistoryAsync(new OneOwnerPerAddress());
    }

    [Test, Verifies(Ctdb.PartitionLoserLetsGo, Ctdb.EveryAddressServed, Ctdb.OneOwnerPerAddress, Ctdb.OneLeader)]
    [Needs(Capability.Smb)]
    public async Task ALeaderThatIsCutOffEitherLeadsOrLetsGo()
    {
        var leader = await LeaderAsync();
        Node[] others = [.. Cluster.Nodes.Where(node => node != leader)];

        await using (await Nemesis.InjectAsync(new Partition(leader, others[0])))
        await using (await Nemesis.InjectAsync(new Partition(leader, others[1])))
        {
            // Which side it is depends on the lock: with a lease that it can still renew, the leader alone.
            var seen = await ObserveUntilAsync(seen => IsServedBy([leader], seen) || IsServedBy(others, seen));

            Check.Holds(
                Ctdb.PartitionLoserLetsGo, HoldsNothing([leader], seen) || HoldsNothing(others, seen),
                $"{leader} holds nothing, or {others[0]} and {others[1]} hold nothing", $"{seen}");
            CheckEveryAddressHasOneOwner(seen);
            foreach (var address in Cluster.PublicAddresses)
            {
                Check.That(Ctdb.EveryAddressServed, await ServerAtAsync(address) is not null, true);
            }

            CheckNoGenerationHasTwoLeaders(seen);
        }

        await Check.HistoryAsync(new OneOwnerPerAddress());
    }

    [Test, Verifies(Ctdb.OneOwnerPerAddress, Ctdb.FailoverWithin), Needs(Capability.Smb)]
    public async Task AClientOfTheLoserFollows()
    {
        var leader = await LeaderAsync();
        var loser = Cluster.Nodes.First(node => node != leader);
        var third = Cluster.Nodes.First(node => node != leader && node != loser);
        await using var workload = await Workload.StartAsync(Cluster, loser);

        await using (await Nemesis.InjectAsync(new Partition(loser, leader)))
        await using (await Nemesis.InjectAsync(new Partition(loser, third)))
        {
            Check.That(Ctdb.FailoverWithin, await workload.UntilServedAgainAsync(Cluster.Limits.Failover), true);
        }

        await Check.HistoryAsync(new OneOwnerPerAddress(), new FailoverWithin(Cluster.Limits.Failover));
    }

    /// <summary>
    /// Settled: every address is with one node of this side, the others hold nothing, and nobody follows a leader
    /// beyond the cut. No cluster at rest is so, nor one in which only one of two cuts has acted.
    /// </summary>
    private bool IsServedBy(Node[] side, ClusterObservation seen) =>
        Cluster.PublicAddresses.All(address => seen.OwnerOf(address) is { } owner && side.Contains(owner))
        && HoldsNothing(Cluster.Nodes.Except(side), seen)
        && seen.Nodes.All(node => node.Leader is not { } leader
            || side.Any(one => one.Name == leader) == side.Contains(node.Node));

    private static bool HoldsNothing(IEnumerable<Node> side, ClusterObservation seen) =>
        side.All(node => seen.Of(node).Owned.Count == 0);

    private void CheckNoGenerationHasTwoLeaders(ClusterObservation seen)
    {
        var leading = seen.Nodes.Where(node => node.Leader == node.Node.Name).ToList();
        Check.Holds(
            Ctdb.OneLeader, leading.DistinctBy(node => node.Generation).Count() == leading.Count,
            "no two nodes lead the same generation", $"{seen}");
    }

    private void CheckEveryAddressHasOneOwner(ClusterObservation seen) => Check.Holds(
        Ctdb.EveryAddressServed, Cluster.PublicAddresses.All(address => seen.OwnerOf(address) is not null),
        "every address has one owner", $"{seen}");
}
