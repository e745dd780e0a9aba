using System.Net.Sockets;

namespace Torture.Suites.Failover;

/// <summary>Which node gets which address.</summary>
[Needs(Capability.ThreeNodes, Capability.Observe)]
public sealed class Allocation : OwnerSuite
{
    [Test, Verifies(Ctdb.OwnerServesAddress), Needs(Capability.Smb)]
    public async Task TheOwnerOfEachAddressServesIt()
    {
        var seen = await UntilAsync(HaveOwners, "an owner of every address");
        foreach (var owned in seen.Nodes.Where(node => node.Owned.Count > 0))
        {
            var servers = new List<Guid?>();
            foreach (var address in owned.Owned)
            {
                servers.Add(await ServerAtAsync(address));
            }

            Check.Holds(
                Ctdb.OwnerServesAddress, servers.TrueForAll(server => server is not null && server == servers[0]),
                $"{owned.Node} serves {string.Join(", ", owned.Owned)}", string.Join(", ", servers));
        }
    }

    [Test, Verifies(Ctdb.AllocationEven), Needs(Capability.DisableNode), BreaksCluster]
    public async Task AddressesAreSpreadEvenly()
    {
        var away = await OwnerOfAsync(Cluster.PublicAddresses[0]);
        Node[] left = [.. Cluster.Nodes.Where(node => node != away)];

        await using (await Nemesis.InjectAsync(new DisableNode(away)))
        {
            var seen = await ObserveUntilAsync(seen => HaveOwners(seen) && AreEven(left, seen));
            Check.Holds(Ctdb.AllocationEven, AreEven(left, seen), "as many with each node that is left", $"{seen}");
        }

        var again = await Cluster.ObserveAsync(Deadline);
        Check.Holds(Ctdb.AllocationEven, AreEven(Cluster.Nodes, again), "as many with each node", $"{again}");
    }

    [Test, Verifies(Ctdb.AllocationDeterministic), Needs(Capability.DisableNode), BreaksCluster, Takes(120)]
    public async Task TheSameNodesHaveTheSameAddressesAgain()
    {
        var away = await OwnerOfAsync(Cluster.PublicAddresses[0]);

        var first = await AllocationWithoutAsync(away);
        var second = await AllocationWithoutAsync(away);

        // CTDB's LCP2 leaves an address where it is, as long as it is even.
        Check.That(
            Ctdb.AllocationDeterministic, Owners(second), Owners(first),
            tolerated: AreEven([.. Cluster.Nodes.Where(node => node != away)], second) ? [Owners(second)] : []);
    }

    [Test, Verifies(Ctdb.OnlyHealthyNodesOwn, Ctdb.DisabledNodeGivesUpAddresses)]
    [Needs(Capability.DisableNode), BreaksCluster]
    public async Task ADisabledNodeOwnsNothingAndGoesOnAnswering()
    {
        var node = await OwnerOfAsync(Cluster.PublicAddresses[0]);

        await using (await Nemesis.RequestAsync(new DisableNode(node)))
        {
            var seen = await ObserveUntilAsync(seen => HaveOwners(seen) && seen.Of(node).Owned.Count == 0);
            Check.Holds(
                Ctdb.OnlyHealthyNodesOwn, seen.Of(node).Owned.Count == 0, $"{node} owns nothing", $"{seen}");
            Check.Holds(
                Ctdb.DisabledNodeGivesUpAddresses, HaveOwners(seen) && seen.Of(node).Owned.Count == 0,
                "every address is with another node", $"{seen}");
            await using var witness = await ConnectAsync(node);
            Check.That(
                Ctdb.DisabledNodeGivesUpAddresses, await witness.GetInterfaceListAsync(), r => r.Status,
                ERROR_SUCCESS);
        }
    }

    /// <summary>For the time of a failover: that it is let in again once its ban has ended is CTDB-025.</summary>
    [Test, Verifies(Ctdb.BannedNodeStaysOut), Needs(Capability.BanNode), BreaksCluster, Takes(120)]
    public async Task ABannedNodeTakesNoPart()
    {
        var node = await OwnerOfAsync(Cluster.PublicAddresses[0]);

        await using (await Nemesis.InjectAsync(new BanNode(node)))
        {
            await UntilAsync(seen => HaveOwners(seen) && !TakesPart(node, seen), $"all is with others than {node}");
            var seen = await ObserveUntilAsync(seen => TakesPart(node, seen));
            Check.Holds(
                Ctdb.BannedNodeStaysOut, !TakesPart(node, seen), $"{node} owns nothing and does not lead", $"{seen}");
        }
    }

    /// <summary>Where disabled nodes serve rather than nobody, there are owners, and the list may say so.</summary>
    [Test, Verifies(Ctdb.UnownedAddressUnavailable), BreaksCluster, Takes(120)]
    [Needs(Capability.DisableNode, Capability.KillNode)]
    public async Task WhatNobodyOwnsIsNotAvailable()
    {
        var (first, second, last) = (Cluster.Nodes[0], Cluster.Nodes[1], Cluster.Nodes[2]);
        await using var disabled = await Nemesis.InjectAsync(new DisableNode(first));
        await using var disabledToo = await Nemesis.InjectAsync(new DisableNode(second));
        await using var killed = await Nemesis.InjectAsync(new KillNode(last));
        await using var witness = await ConnectAsync(
            first, ConnectOptions.Default with { CallDeadline = Cluster.Limits.Silence });

        var seen = await Cluster.ObserveAsync(Deadline);
        var list = await AskUntilAsync(
            async () =>
            {
                seen = await Cluster.ObserveAsync(Deadline);
                return await witness.GetInterfaceListAsync();
            },
            list => Unowned(list, seen).Count == 0, Cluster.Limits.Failover);

        Check.Holds(
            Ctdb.UnownedAddressUnavailable, Unowned(list, seen).Count == 0,
            "nothing is AVAILABLE that nobody owns", string.Join(", ", Unowned(list, seen)));
    }

    private async Task<ClusterObservation> AllocationWithoutAsync(Node away)
    {
        Node[] left = [.. Cluster.Nodes.Where(node => node != away)];
        await using var disabled = await Nemesis.InjectAsync(new DisableNode(away));
        return await UntilAsync(seen => HaveOwners(seen) && AreEven(left, seen), $"all is spread over all but {away}");
    }

    private string Owners(ClusterObservation seen) =>
        string.Join(", ", Cluster.PublicAddresses.Select(address => $"{address} {seen.OwnerOf(address)}"));

    private static bool TakesPart(Node node, ClusterObservation seen) =>
        seen.Of(node).Owned.Count > 0 || seen.Nodes.Any(one => one.Leader == node.Name);

    private bool HaveOwners(ClusterObservation seen) =>
        Cluster.PublicAddresses.All(address => seen.OwnerOf(address) is not null);

    /// <summary>Each family by itself, as CTDB does it.</summary>
    private static bool AreEven(IReadOnlyList<Node> nodes, ClusterObservation seen) =>
        new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 }
            .Select(family => nodes.Select(node =>
                seen.Of(node).Owned.Count(address => address.Address.AddressFamily == family)).ToList())
            .All(counts => counts.Max() - counts.Min() <= 1);

    private List<PublicAddress> Unowned(InterfaceListReply list, ClusterObservation seen) =>
    [
        .. Cluster.PublicAddresses.Where(address => seen.OwnersOf(address).Count == 0
            && list.Interfaces.Any(entry => entry.State == InterfaceState.AVAILABLE
                && (entry.IPv4.Equals(address.Address) || entry.IPv6.Equals(address.Address)))),
    ];
}
