namespace Torture.Suites.Failover;

/// <summary>The holder of the cluster lock cannot reach it any more: another node leads in its place.</summary>
[Needs(Capability.LoseRecoveryLock, Capability.ThreeNodes, Capability.Observe), BreaksCluster]
public sealed class LostLock : Suite
{
    [Test, Verifies(Ctdb.LeaderHoldsLock, Ctdb.LeaderLossSurvived, Ctdb.OneLeader, Ctdb.OneOwnerPerAddress)]
    public async Task AnotherNodeLeads()
    {
        var holder = (await Cluster.ObserveAsync(Deadline)).Leader!;

        await using (await Nemesis.InjectAsync(new LoseRecoveryLock()))
        {
            var after = await UntilAsync(
                seen => Leaders(seen) is [not null] && Cluster.PublicAddresses.All(a => seen.OwnerOf(a) is not null),
                "one leader, and an owner for every address", Cluster.Limits.Failover);
            Check.That(Ctdb.LeaderHoldsLock, after.Leader == holder, false);
            Check.That(Ctdb.OneLeader, Leaders(after).Count, 1);
            foreach (var address in Cluster.PublicAddresses)
            {
                Check.That(Ctdb.LeaderLossSurvived, after.OwnersOf(address).Count, 1);
            }
        }

        await Check.HistoryAsync(new OneOwnerPerAddress());
    }

    [Test, Verifies(Swn.UnavailableThenAvailable, Ctdb.NotificationNotLost, Ctdb.NotificationNotInvented)]
    public async Task AClientOfItsAddressIsTold()
    {
        var before = await Cluster.ObserveAsync(Deadline);
        await using var registration = await RegisterAsync(before.Of(before.Leader!).Owned[0]);
        var hearing = Witnessed.UntilAvailableAsync(registration);

        await using (await Nemesis.InjectAsync(new LoseRecoveryLock()))
        {
            var heard = await hearing;
            Check.Holds(
                Swn.UnavailableThenAvailable, Witnessed.IsAFailover(heard), "UNAVAILABLE, then AVAILABLE",
                Witnessed.InWords(heard));
        }

        await Check.HistoryAsync(new NoNotificationLost(), new NoneInvented());
    }

    private static IReadOnlyList<string?> Leaders(ClusterObservation seen) =>
        [.. seen.Nodes.Select(node => node.Leader).Distinct()];
}
