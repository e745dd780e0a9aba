using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;

namespace Torture.SelfTests.Loopback;

/// <summary>What is hardest for a failover: the leader frozen, two nodes lost at once.</summary>
[Parallelizable]
public sealed class HardFailovers
{
    private LoopbackWorld _world = null!;

    private static LoopbackWorld World { get; set; } = null!;

    [OneTimeSetUp]
    public async Task UpAsync() => World = _world = await LoopbackWorld.UpAsync();

    [OneTimeTearDown]
    public async Task DownAsync() => await _world.DisposeAsync();

    [Test]
    public async Task TwoNodesAtOnce()
    {
        var (first, second, last) = (World.Cluster.Nodes[0], World.Cluster.Nodes[1], World.Cluster.Nodes[2]);
        await World.Cluster.ApplyAsync(new KillNode(first), CancellationToken.None);
        await World.Cluster.ApplyAsync(new KillNode(second), CancellationToken.None);
        await World.UntilAsync(
            seen => World.Cluster.PublicAddresses.All(address => seen.OwnerOf(address) == last), "one has all");
        await World.Cluster.HealAsync(new KillNode(first), CancellationToken.None);
        await World.Cluster.HealAsync(new KillNode(second), CancellationToken.None);
        await World.UntilAsync(IsAtHome, "all at home");
    }

    [Test]
    public async Task LeaderStandsStillThenGoesOn()
    {
        var before = await World.UntilAsync(IsAtHome, "all at home");
        var leader = World.Cluster.Nodes.First(node => node.Name == before.Nodes[0].Leader);
        await ActsAndHealsAsync(
            new PauseNode(leader),
            seen => World.Cluster.PublicAddresses.All(address =>
                seen.OwnerOf(address) is { } owner && owner != leader));
    }

    private static async Task ActsAndHealsAsync(Fault fault, Func<ClusterObservation, bool> acts)
    {
        await World.UntilAsync(IsAtHome, "all at home");
        await World.Cluster.ApplyAsync(fault, CancellationToken.None);
        await World.UntilAsync(acts, $"{fault} acts");
        await World.Cluster.HealAsync(fault, CancellationToken.None);
        (await World.UntilAsync(IsAtHome, $"{fault} is healed")).Should().NotBeNull();
    }

    private static bool IsAtHome(ClusterObservation seen) =>
        seen.Nodes.All(node => node is { Reachable: true, State: NodeState.Ok, Witness: true, Leader: not null }
            && node.Links.Count == 2
            && node.Owned.Count == World.Cluster.PublicAddresses.Count / 3)
        && seen.ShareOwners.Values.SequenceEqual(["n1"]);
}
