using NUnit.Framework;
using Torture.Harness;
using Torture.Harness.Faults;
using Torture.Requirements;

namespace Torture.Suites.Tiny;

/// <summary>Cases that break something.</summary>
[BreaksCluster]
public sealed class Faults : Suite
{
    [Test, Verifies(House.StaysUp)]
    public async Task DisablesANode()
    {
        await using (await Nemesis.InjectAsync(new DisableNode(Cluster.Nodes[0])))
        {
            Check.That(House.StaysUp, 1, 1);
        }
    }

    [Test, Verifies(House.StaysUp)]
    public async Task ForgetsToHeal()
    {
        await Nemesis.InjectAsync(new DisableNode(Cluster.Nodes[0]));
        Check.That(House.StaysUp, 1, 1);
    }

    [Test, Verifies(House.StaysUp)]
    public async Task BreaksTwoAtOnce()
    {
        await using var first = await Nemesis.InjectAsync(new DisableNode(Cluster.Nodes[0]));
        await using var second = await Nemesis.InjectAsync(new DisableNode(Cluster.Nodes[1]));
        Check.That(House.StaysUp, 1, 1);
    }
}

/// <summary>A case that breaks something and does not say so.</summary>
public sealed class Careless : Suite
{
    [Test, Verifies(House.StaysUp)]
    public async Task BreaksBesideOthers()
    {
        Check.That(House.StaysUp, 1, 1);
        await Nemesis.InjectAsync(new DisableNode(Cluster.Nodes[0]));
    }
}
