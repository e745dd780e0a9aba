using NUnit.Framework;
using Torture.ReferenceServer.Control;

namespace Torture.SelfTests.Failover;

/// <summary>Faults at random: no address ever has two owners, and once all is well it is at home.</summary>
public sealed class AnyFaults
{
    private const int Faults = 25;

    [Test]
    public void NoAddressHasTwoOwners([Range(1, 60)] int seed)
    {
        var random = new Random(seed);
        var world = new SimulatedCluster(nodes: 2 + random.Next(4), addresses: 1 + random.Next(6));
        world.Until(world.IsAtHome, "at home at first");
        for (var i = 0; i < Faults; i++)
        {
            Do(world, random);
            world.For(random.NextDouble() * random.Next(1, 4));
        }

        world.Heal();
        foreach (var node in world.Nodes.ToArray())
        {
            node.IsFrozen = false;
            if (node.IsDead)
            {
                world.Start(node.Name);
            }
            else
            {
                node.Context.Run(() => _ = node.Engine.SetAsync(disabled: false, stopped: false));
                node.Context.Run(() => _ = node.Engine.BanAsync(null));
            }
        }

        world.Until(() => world.Nodes.All(node => node.Engine.Snapshot is { Permitted: true }), "all take part");
        var leader = world.Leader;
        var home = new ControlRequest(ControlVerb.MoveAddress) { Address = world.Configuration.PublicAddresses[0] };
        leader.Context.Run(() => _ = leader.Engine.PinAsync(home));

        world.Until(world.IsAtHome, "at home in the end");
    }

    private static void Do(SimulatedCluster world, Random random)
    {
        var all = world.Nodes.ToArray();
        var node = all[random.Next(all.Length)];
        var other = all[random.Next(all.Length)];
        switch (random.Next(10))
        {
            case 0 when !node.IsDead:
                world.Kill(node);
                break;
            case 1 or 2 when node.IsDead:
                world.Start(node.Name);
                break;
            case 3 or 4 when !node.IsDead:
                node.IsFrozen = !node.IsFrozen;
                break;
            case 5 when node != other:
                world.Cut(node, other);
                break;
            case 6:
                world.Heal();
                break;
            case 7 when !node.IsDead:
                node.Context.Run(() => _ = node.Engine.SetAsync(disabled: random.Next(2) == 0));
                break;
            case 8 when !node.IsDead:
                node.Context.Run(() => _ = node.Engine.SetAsync(stopped: random.Next(2) == 0));
                break;
            case 9 when !node.IsDead:
                var address = world.Configuration.PublicAddresses[0];
                var request = new ControlRequest(ControlVerb.MoveAddress) { Address = address, Node = other.Name };
                node.Context.Run(() => _ = node.Engine.PinAsync(request));
                break;
        }
    }
}
