namespace Torture.Suites.Failover;

/// <summary>The holder of the cluster lock cannot reach it any more: another node leads in its place.</summary>
[Needs(Capability.LoseRecoveryLock, Capability.ThreeNodes, Capability.Observe), BreaksCluster]
public sealed class LostLock : Suite
{
    [Test, Verifies(Ctdb.LeaderHoldsLock, Ctdb.LeaderLossSurvived, Ctdb.OneLeader, Ctdb.OneOwnerPerAddress)]
    public async Task AnotherNodeLeads()
    {
        var holder = await LeaderAsync();

        await using (await Nemesis.InjectAsync(new LoseRecoveryLock()))
        {
            var after = await ObserveUntilAsync(seen => Leaders(seen) is [{ } only] && only != holder.Name
                && Cluster.PublicAddresses.All(address => seen.OwnerOf(address) is not null));
            Check.Holds(Ctdb.LeaderHoldsLock, !Leaders(after).Contains(holder.Name), $"not {holder}", $"{after}");
            Check.Holds(Ctdb.OneLeader, Leaders(after) is [not null], "one leader for all", $"{after}");
            Check.Holds(
                Ctdb.LeaderLossSurvived, Cluster.PublicAddresses.All(address => after.OwnerOf(address) is not null),
                "every address has one owner", $"{after}");
        }

        await Check.HistoryAsync(new OneOwnerPerAddress());
    }

    [Test, Verifies(Swn.UnavailableThenAvailable, Ctdb.NotificationNotLost, Ctdb.NotificationNotInvented)]
    public async Task AClientOfItsAddressIsTold()
    {
        var holder = await LeaderAsync();
        var before = await UntilAsync(seen => seen.Of(holder).Owned.Count > 0, $"an address of {holder}");
        await using var registration = await RegisterAsync(before.Of(holder).Owned[0]);
        var hearer = Hearer.UntilAvailable(registration);

        await using (await Nemesis.InjectAsync(new LoseRecoveryLock()))
        {
            await BecomesAsync(() => hearer.IsOver);
            Check.Holds(
                Swn.UnavailableThenAvailable, hearer.HeardAFailover, "UNAVAILABLE, then AVAILABLE", $"{hearer}");
        }

        await Check.HistoryAsync(new NoNotificationLost(), new NoneInvented());
    }

    private static IReadOnlyList<string?> Leaders(ClusterObservation seen) =>
        [.. seen.Nodes.Select(node => node.Leader).Distinct()];
}
