namespace Torture.Suites.Failover;

/// <summary>More than one thing goes wrong.</summary>
[Needs(Capability.ThreeNodes, Capability.Observe), BreaksCluster, Takes(120)]
public sealed class SeveralFailures : Suite
{
    [Test, Verifies(Ctdb.TwoFailuresSurvived, Ctdb.LastNodeServes, Ctdb.OneOwnerPerAddress)]
    [Needs(Capability.KillNode)]
    public async Task TheLastNodeServesEverything()
    {
        var (first, second, last) = (Cluster.Nodes[0], Cluster.Nodes[1], Cluster.Nodes[2]);

        await using (await Nemesis.InjectAsync(new KillNode(first)))
        await using (await Nemesis.InjectAsync(new KillNode(second)))
        {
            var seen = await ObserveUntilAsync(
                seen => Cluster.PublicAddresses.All(address => seen.OwnerOf(address) == last),
                Cluster.Limits.Failover + Cluster.Limits.AbandonedTakeover);
            Check.Holds(
                Ctdb.LastNodeServes, seen.Of(last).Owned.Count == Cluster.PublicAddresses.Count,
                $"{last} owns all {Cluster.PublicAddresses.Count} addresses", $"{seen}");

            Check.Holds(
                Ctdb.TwoFailuresSurvived,
                seen.Leader == last && Cluster.PublicAddresses.All(address => seen.OwnerOf(address) is not null),
                $"{last} leads, and every address has an owner", $"{seen}");

            await using var witness = await ConnectAsync(last);
            Check.That(
                Ctdb.TwoFailuresSurvived, await witness.GetInterfaceListAsync(), r => r.Status, ERROR_SUCCESS);
        }

        await Check.HistoryAsync(new OneOwnerPerAddress());
    }

    [Test, Verifies(Ctdb.LeaderLossSurvived, Ctdb.OneLeader, Ctdb.GenerationGrows), Needs(Capability.KillNode)]
    public async Task ANewLeaderComesAfterTheOldOneDied()
    {
        var leader = await LeaderAsync();
        var before = await Cluster.ObserveAsync(Deadline);

        await using (await Nemesis.InjectAsync(new KillNode(leader)))
        {
            var after = await ObserveUntilAsync(
                seen => Leaders(seen, leader) is [not "none" and var only] && only != leader.Name
                    && Generation(seen, leader) > Generation(before, leader)
                    && Cluster.PublicAddresses.All(address => seen.OwnerOf(address) is not null));
            Check.Holds(Ctdb.OneLeader, Leaders(after, leader) is [not "none"], "one leader for all", $"{after}");
            Check.Holds(
                Ctdb.LeaderLossSurvived,
                !Leaders(after, leader).Contains(leader.Name)
                    && Cluster.PublicAddresses.All(address => after.OwnerOf(address) is not null),
                $"another leader than {leader}, and an owner for every address", $"{after}");
            Check.Holds(
                Ctdb.GenerationGrows, Generation(after, leader) > Generation(before, leader),
                $"more than {Generation(before, leader)}", $"{Generation(after, leader)}");
        }
    }

    [Test, Verifies(Ctdb.RollingRestartSurvived, Ctdb.OneOwnerPerAddress)]
    [Needs(Capability.KillNode, Capability.Smb)]
    public async Task ARollingRestartIsSurvived()
    {
        await using var workload = await Workload.StartAsync(Cluster, Cluster.PublicAddresses[0]);

        foreach (var node in Cluster.Nodes)
        {
            await using (await Nemesis.InjectAsync(new KillNode(node)))
            {
                Check.That(
                    Ctdb.RollingRestartSurvived, await workload.UntilServedAgainAsync(Cluster.Limits.Failover), true);
            }
        }

        await Check.HistoryAsync(new OneOwnerPerAddress());
    }

    [Test, Verifies(Ctdb.FlappingSurvived, Ctdb.NotificationNotLost, Ctdb.NotificationOrderKept)]
    [Needs(Capability.DisableNode)]
    public async Task AFlappingNodeLosesNoNotification()
    {
        const int flaps = 3;
        var address = Cluster.PublicAddresses[0];
        await using var registration = await RegisterAsync(address);
        var hearer = Hearer.Throughout(registration);

        for (var flap = 1; flap <= flaps; flap++)
        {
            var owner = await OwnerOfAsync(address);
            await using (await Nemesis.InjectAsync(new DisableNode(owner)))
            {
                var next = await NextOwnerOfAsync(address, owner);
                Check.Holds(
                    Ctdb.FlappingSurvived, next is not null && next != owner, $"another owner than {owner}", $"{next}");
            }
        }

        // Once for each flap; where addresses go home again, as often on the way back.
        Check.That(Ctdb.NotificationNotLost, await BecomesAsync(() => hearer.Returns >= flaps), true);
        Check.Holds(
            Ctdb.NotificationOrderKept, hearer.Heard is [{ ChangeType: ChangeType.RESOURCE_STATE_UNAVAILABLE }, ..],
            "UNAVAILABLE first", $"{hearer}");
        await Check.HistoryAsync(new NoNotificationLost(), new NotificationsAsForetold());
    }

    private static IReadOnlyList<string> Leaders(ClusterObservation seen, Node without) =>
        [.. seen.Nodes.Where(node => node.Reachable && node.Node != without)
            .Select(node => node.Leader ?? "none").Distinct()];

    private static long Generation(ClusterObservation seen, Node without) =>
        seen.Nodes.Where(node => node.Reachable && node.Node != without).Max(node => node.Generation);
}
