using System.Diagnostics;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Running;
using Torture.SelfTests.Loopback;
using Torture.Targets.Containers.Clusters;
using Torture.Targets.Containers.Engine;
using Torture.Targets.Reference;

namespace Torture.SelfTests.Containers;

/// <summary>The target containers comes up whole, ends whole, and says in a line what it lacks.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class ClustersInContainers
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Test, CancelAfter(180_000)]
    public async Task NodesComeFailAndComeBackAndNothingIsLeft(CancellationToken cancellationToken)
    {
        await using var live = await LiveEngine.RequireAsync(cancellationToken);
        using var folder = new TemporaryFolder();
        var cluster = (ReferenceCluster)await new ContainersTarget().UpAsync(folder.Options, cancellationToken);
        var controlFolder = cluster.Configuration.ControlFolder;
        await using (cluster)
        {
            var seen = await cluster.ObserveAsync(cancellationToken);
            seen.Nodes.Should().OnlyContain(node => node.Reachable && node.State == NodeState.Ok);
            foreach (var fault in new Fault[] { new KillNode(cluster.Nodes[0]), new PauseNode(cluster.Nodes[1]) })
            {
                await FailsAndComesBackAsync(cluster, fault, cancellationToken);
            }

            (await MadeHereAsync(live, controlFolder, cancellationToken)).Should().NotBeEmpty();
        }

        (await MadeHereAsync(live, controlFolder, cancellationToken)).Should().BeEmpty();
    }

    [Test, CancelAfter(180_000)]
    public async Task WhatAKilledRunLeavesIsSwept(CancellationToken cancellationToken)
    {
        await using var live = await LiveEngine.RequireAsync(cancellationToken);
        using var folder = new TemporaryFolder();
        using var holder = ClusterHolder.Start(null, ClusterHolder.Verb, folder.Path, "containers");
        var controlFolder = await holder.StandardOutput.ReadLineAsync(cancellationToken);
        holder.Kill();
        await holder.WaitForExitAsync(cancellationToken);
        (await MadeHereAsync(live, controlFolder!, cancellationToken)).Should().NotBeEmpty("nobody was there to do it");

        var removed = await new ContainersTarget().SweepAsync(cancellationToken);

        removed.Should().Contain(line => line.StartsWith("container ", StringComparison.Ordinal))
            .And.Contain(line => line.StartsWith("network ", StringComparison.Ordinal));
        (await MadeHereAsync(live, controlFolder!, cancellationToken)).Should().BeEmpty();
    }

    [Test, CancelAfter(180_000)]
    public async Task ANodeThatDoesNotStartSaysWhy(CancellationToken cancellationToken)
    {
        await using var live = await LiveEngine.RequireAsync(cancellationToken);
        using var folder = new TemporaryFolder();
        var options = folder.Options with { Mutant = "NoSuchMutant" };

        var up = () => new ContainersTarget().UpAsync(options, cancellationToken);

        (await up.Should().ThrowAsync<TargetUnusableException>())
            .WithMessage("n? does not start: torture-node: *NoSuchMutant*");
    }

    private static async Task FailsAndComesBackAsync(
        ReferenceCluster cluster, Fault fault, CancellationToken cancellationToken)
    {
        var before = await cluster.ObserveAsync(cancellationToken);
        await cluster.ApplyAsync(fault, cancellationToken);
        (await UntilAsync(cluster, now => Effects.Seen(fault, before, now) is not null
            && cluster.PublicAddresses.All(address => now.OwnerOf(address) is not null))).Should().BeTrue($"{fault}");
        await cluster.HealAsync(fault, cancellationToken);
        (await UntilAsync(cluster, now => now.Nodes.All(node => node.Reachable && node.State == NodeState.Ok)))
            .Should().BeTrue($"healed: {fault}");

        async Task<bool> UntilAsync(ReferenceCluster of, Func<ClusterObservation, bool> holds) =>
            await Poll.UntilAsync(
                async () => holds(await of.ObserveAsync(cancellationToken)) ? "" : null, Limit, TimeProvider.System,
                cancellationToken) is not null;
    }

    /// <summary>Containers, networks, their bridges and the folder of the run with this control folder.</summary>
    private static async Task<IReadOnlyList<string>> MadeHereAsync(
        LiveEngine live, string controlFolder, CancellationToken cancellationToken)
    {
        var run = Path.GetDirectoryName(controlFolder)!;
        var prefix = $"torture-{Path.GetFileName(run)}-";
        var containers = await live.Engine.ListContainersAsync(RunMark.RunLabel, cancellationToken);
        var networks = await live.Engine.ListNetworksAsync(RunMark.RunLabel, cancellationToken);
        return [.. containers.Select(container => container.Name).Concat(networks.Select(network => network.Name))
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Concat(Directory.Exists(run) ? [run] : [])];
    }
}
