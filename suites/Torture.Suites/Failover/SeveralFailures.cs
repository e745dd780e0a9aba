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
            foreach (var address in Cluster.PublicAddresses)
            {
                Check.That(Ctdb.LastNodeServes, await OwnerOfAsync(address), last);
            }

            await using var witness = await ConnectAsync(last);
            Check.That(
                Ctdb.TwoFailuresSurvived, await witness.GetInterfaceListAsync(), r => r.Status, ERROR_SUCCESS);
        }

        await Check.HistoryAsync(new OneOwnerPerAddress());
    }

    [Test, Verifies(Ctdb.LeaderLossSurvived, Ctdb.OneLeader, Ctdb.GenerationGrows), Needs(Capability.KillNode)]
    public async Task ANewLeaderComesAfterTheOldOneDied()
    {
        var before = await Cluster.ObserveAsync(Deadline);
        var leader = Cluster.Nodes.First(node => node.Name == before.Of(node).Leader);

        await using (await Nemesis.InjectAsync(new KillNode(leader)))
        {
            var after = await UntilAsync(
                seen => Leaders(seen, leader) is [var only] && only != leader.Name
                    && Cluster.PublicAddresses.All(address => seen.OwnerOf(address) is not null),
                "one new leader, and an owner for every address");
            Check.That(Ctdb.OneLeader, Leaders(after, leader).Count, 1);
            Check.That(Ctdb.LeaderLossSurvived, Leaders(after, leader)[0] == leader.Name, false);
            var settled = await AskUntilAsync(
                () => Cluster.ObserveAsync(Deadline), seen => Generation(seen, leader) > Generation(before, leader),
                Cluster.Limits.Recovery);
            Check.Holds(
                Ctdb.GenerationGrows, Generation(settled, leader) > Generation(before, leader),
                $"more than {Generation(before, leader)}", $"{Generation(settled, leader)}");
        }
    }

    [Test, Verifies(Ctdb.RollingRestartSurvived, Ctdb.NoAcknowledgedOperationLost, Ctdb.OneOwnerPerAddress)]
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

        await Check.HistoryAsync(new NoAcknowledgedOperationLost(), new OneOwnerPerAddress());
    }

    [Test, Verifies(Ctdb.FlappingSurvived, Ctdb.NotificationNotLost, Ctdb.NotificationOrderKept)]
    [Needs(Capability.DisableNode)]
    public async Task AFlappingNodeLosesNoNotification()
    {
        var address = Cluster.PublicAddresses[0];
        await using var registration = await RegisterAsync(address);

        for (var flap = 0; flap < 3; flap++)
        {
            var hearing = Witnessed.UntilAvailableAsync(registration);
            await using (await Nemesis.InjectAsync(new DisableNode(await OwnerOfAsync(address))))
            {
                var heard = await hearing;
                Check.Holds(
                    Ctdb.NotificationOrderKept, heard[0].ChangeType == ChangeType.RESOURCE_STATE_UNAVAILABLE,
                    "UNAVAILABLE first", Witnessed.InWords(heard));
            }
        }

        Check.That(Ctdb.FlappingSurvived, await OwnerOfAsync(address) is not null, true);
        await Check.HistoryAsync(new NoNotificationLost());
    }

    private static IReadOnlyList<string> Leaders(ClusterObservation seen, Node without) =>
        [.. seen.Nodes.Where(node => node.Reachable && node.Node != without)
            .Select(node => node.Leader ?? "none").Distinct()];

    private static long Generation(ClusterObservation seen, Node without) =>
        seen.Nodes.Where(node => node.Reachable && node.Node != without).Max(node => node.Generation);
}
