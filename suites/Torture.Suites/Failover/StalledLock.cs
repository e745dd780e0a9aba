namespace Torture.Suites.Failover;

/// <summary>The holder of the cluster lock is frozen and keeps it, as CTDB's holder of a lock on a file does.</summary>
[Needs(Capability.StallRecoveryLock, Capability.ThreeNodes, Capability.Observe), BreaksCluster, Takes(120)]
public sealed class StalledLock : Suite
{
    [Test, Verifies(Ctdb.StalledLockStalls, Ctdb.LeaderHoldsLock, Ctdb.OneOwnerPerAddress)]
    public async Task NobodyTakesWhatTheHolderServed()
    {
        var holder = await LeaderAsync();
        var before = await Cluster.ObserveAsync(Deadline);

        await using (await Nemesis.InjectAsync(new StallRecoveryLock()))
        {
            // As long as a failover may take, with a lock that could be had.
            var seen = await AskUntilAsync(
                () => Cluster.ObserveAsync(Deadline), seen => HasOwner(seen, before.Of(holder).Owned),
                Cluster.Limits.Failover);
            Check.Holds(
                Ctdb.StalledLockStalls, !HasOwner(seen, before.Of(holder).Owned),
                $"nobody owns what {holder} owned", string.Join(", ", seen.Nodes.SelectMany(node => node.Owned)));
            Check.That(Ctdb.LeaderHoldsLock, seen.Leader, null);
        }

        await Check.HistoryAsync(new OneOwnerPerAddress());
    }

    [Test, Verifies(Ctdb.StalledLockStalls, Ctdb.EveryAddressServed, Ctdb.InterfaceListAgrees)]
    public async Task TheClusterRecoversOnceTheHolderGoesOn()
    {
        await using (await Nemesis.InjectAsync(new StallRecoveryLock()))
        {
        }

        var after = await Cluster.ObserveAsync(Deadline);
        Check.Holds(Ctdb.StalledLockStalls, after.Leader is not null, "one leads again", "nobody leads");
        foreach (var address in Cluster.PublicAddresses)
        {
            Check.That(Ctdb.EveryAddressServed, after.OwnersOf(address).Count, 1);
        }

        foreach (var node in Cluster.Nodes)
        {
            await using var witness = await ConnectAsync(node);
            var list = await AskUntilAsync(
                witness.GetInterfaceListAsync, list => list.Interfaces.All(entry => IsOwners(entry, after)));
            Check.Holds(
                Ctdb.InterfaceListAgrees, list, r => r.Interfaces.All(entry => IsOwners(entry, after)),
                "every address with its owner");
        }
    }

    private static bool HasOwner(ClusterObservation seen, IEnumerable<PublicAddress> addresses) =>
        addresses.Any(address => seen.OwnersOf(address).Count > 0);

    private static bool IsOwners(WitnessInterface entry, ClusterObservation seen) =>
        seen.Nodes.FirstOrDefault(node => node.Node.Name == entry.GroupName)?.Owned.Any(address =>
            address.Address.Equals(entry.IPv4) || address.Address.Equals(entry.IPv6)) == true;
}
