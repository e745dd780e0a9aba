namespace Torture.Suites.Failover;

/// <summary>The holder of the cluster lock cannot reach it any more: another node leads in its place.</summary>
[Needs(Capability.LoseRecoveryLock, Capability.ThreeNodes, Capability.Observe), BreaksCluster]
public sealed class LostLock : Suite
{
    [Test, Verifies(Ctdb.LeaderHoldsLock, Ctdb.LeaderLossSurvived, Ctdb.OneLeader, Ctdb.OneOwnerPerAddress)]
    public async Task AnotherNodeLeads()
    {
        var holder = await LeaderAsync();

        await using (await Nemesis.RequestAsync(new LoseRecoveryLock()))
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

    /// <summary>One node after the other leads and loses it, until none is left that could have it.</summary>
    [Test, Verifies(Ctdb.StalledLockStalls, Ctdb.EveryAddressServed, Ctdb.OneOwnerPerAddress), Takes(180)]
    public async Task NobodyTakesAnAddressWithoutIt()
    {
        var losses = new Stack<IAsyncDisposable>();
        foreach (var _ in Cluster.Nodes)
        {
            await LeaderAsync();
            losses.Push(await Nemesis.InjectAsync(new LoseRecoveryLock()));
        }

        var seen = await ObserveUntilAsync(seen => !IsAnythingOwned(seen));
        Check.Holds(Ctdb.StalledLockStalls, !IsAnythingOwned(seen), "nobody owns an address", $"{seen}");
        seen = await ObserveUntilAsync(IsAnythingOwned);
        Check.Holds(Ctdb.StalledLockStalls, !IsAnythingOwned(seen), "nobody takes an address", $"{seen}");
        while (losses.TryPop(out var loss))
        {
            await loss.DisposeAsync();
        }

        seen = await Cluster.ObserveAsync(Deadline);
        Check.Holds(Ctdb.StalledLockStalls, seen.Leader is not null, "one leads again", $"{seen}");
        Check.Holds(
            Ctdb.EveryAddressServed, Cluster.PublicAddresses.All(address => seen.OwnersOf(address).Count == 1),
            "every address has one owner", $"{seen}");
        await Check.HistoryAsync(new OneOwnerPerAddress());
    }

    private bool IsAnythingOwned(ClusterObservation seen) =>
        Cluster.PublicAddresses.Any(address => seen.OwnersOf(address).Count > 0);

    private static IReadOnlyList<string?> Leaders(ClusterObservation seen) =>
        [.. seen.Nodes.Select(node => node.Leader).Distinct()];
}
