namespace Torture.Suites.Failover;

/// <summary>An owner stands still for longer than the others wait for it, and goes on.</summary>
[Needs(Capability.PauseNode, Capability.DisableNode, Capability.ThreeNodes, Capability.Observe, Capability.Smb)]
[BreaksCluster, Takes(120)]
public sealed class FrozenOwner : OwnerSuite
{
    /// <summary>
    /// Nobody else may have the addresses: so nothing but the owner itself can keep it from going on as if it had
    /// been away for a moment.
    /// </summary>
    [Test, Verifies(Ctdb.StaleOwnerLetsGo)]
    public async Task LetsGoBeforeItServesAgain()
    {
        var leader = await LeaderAsync();
        var owner = Cluster.Nodes.First(node => node != leader);
        var third = Cluster.Nodes.First(node => node != leader && node != owner);
        await using var disabled = await Nemesis.InjectAsync(new DisableNode(leader));
        await using var disabledToo = await Nemesis.InjectAsync(new DisableNode(third));
        await UntilAsync(
            seen => Cluster.PublicAddresses.All(address => seen.OwnerOf(address) == owner), $"all is with {owner}");
        await using var client = await NegotiateAsync(Cluster.PublicAddresses[0], Cluster.Limits.Recovery);
        await using var frozen = await Nemesis.InjectAsync(new PauseNode(owner));
        await PassAsync(Cluster.Limits.Failover);

        var late = client.EchoAsync(Deadline);
        await frozen.HealAsync();

        Check.That(Ctdb.StaleOwnerLetsGo, (await late).Status, null);
        // While it is the only one that may have them: afterwards it would let go of some in any case.
        await PassAsync(Cluster.Limits.Failover);
        await Check.HistoryAsync(new FrozenOwnersLetGo());
    }
}
