namespace Torture.Suites.Failover;

/// <summary>Nodes do not hear each other: one side serves, the other lets go.</summary>
[Needs(Capability.Partition, Capability.ThreeNodes, Capability.Observe), BreaksCluster, Takes(120)]
public sealed class Partitions : Suite
{
    [Test, Verifies(Ctdb.PartitionLoserLetsGo, Ctdb.OneSideServes, Ctdb.OneOwnerPerAddress, Ctdb.EveryAddressServed)]
    public async Task WhoeverIsCutOffFromTheLeaderLetsGo()
    {
        var leader = await LeaderAsync();
        var loser = Cluster.Nodes.First(node => node != leader);
        var third = Cluster.Nodes.First(node => node != leader && node != loser);

        await using (await Nemesis.InjectAsync(new Partition(loser, leader)))
        await using (await Nemesis.InjectAsync(new Partition(loser, third)))
        {
            var seen = await UntilAsync(
                seen => seen.Of(loser).Owned.Count == 0
                    && Cluster.PublicAddresses.All(address => seen.OwnerOf(address) is not null),
                $"{loser} holds nothing and every address has an owner", Cluster.Limits.Failover);
            Check.That(Ctdb.PartitionLoserLetsGo, seen.Of(loser).Owned.Count, 0);
            foreach (var address in Cluster.PublicAddresses)
            {
                Check.That(Ctdb.OneSideServes, seen.OwnerOf(address) == loser, false);
                Check.That(Ctdb.EveryAddressServed, seen.OwnersOf(address).Count, 1);
            }
        }

        await Check.HistoryAsync(new OneOwnerPerAddress());
    }

    [Test, Verifies(Ctdb.PartitionLoserLetsGo, Ctdb.OneOwnerPerAddress, Ctdb.OneLeader)]
    public async Task ALeaderThatIsCutOffEitherLeadsOrLetsGo()
    {
        var leader = await LeaderAsync();
        var others = Cluster.Nodes.Where(node => node != leader).ToList();

        await using (await Nemesis.InjectAsync(new Partition(leader, others[0])))
        await using (await Nemesis.InjectAsync(new Partition(leader, others[1])))
        {
            var seen = await UntilAsync(
                seen => Cluster.PublicAddresses.All(address => seen.OwnersOf(address).Count == 1),
                "every address has one owner", Cluster.Limits.Failover);
            var owners = Cluster.PublicAddresses.Select(address => seen.OwnerOf(address)!).Distinct().ToList();
            Check.Holds(
                Ctdb.PartitionLoserLetsGo, !(owners.Contains(leader) && owners.Count > 1), "one side owns everything",
                string.Join(", ", owners));
            Check.That(Ctdb.OneLeader, owners.Count > 0, true);
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

        await Check.HistoryAsync(new OneOwnerPerAddress());
    }

    private async Task<Node> LeaderAsync()
    {
        var seen = await Cluster.ObserveAsync(Deadline);
        return Cluster.Nodes.First(node => node.Name == seen.Of(node).Leader);
    }
}
