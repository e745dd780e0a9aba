using System.Diagnostics;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Running;
using Torture.Node.Keep;
using Torture.Targets.Loopback;
using Torture.Targets.Reference;

namespace Torture.SelfTests.Loopback;

/// <summary>However a run ends, nothing of its cluster stays: no process, no socket, no file, no route.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class NothingIsLeft
{
    private const int SIGINT = 2;
    private const int SIGTERM = 15;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [TestCase(Native.SIGKILL, false), TestCase(Native.SIGKILL, true), TestCase(SIGINT, false), TestCase(SIGTERM, true)]
    [CancelAfter(120_000)]
    public async Task WhenTheHarnessIsEnded(int signal, bool aNodeIsFrozen, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var (holder, controlFolder) = await LoopbackInTurn.TakeAsync(
            () => HoldAsync(folder.Path, cancellationToken), cancellationToken);
        using var ended = holder;
        try
        {
            var routes = await holder.StandardOutput.ReadLineAsync(cancellationToken);
            var nodes = Leftovers.IdsOf("node", folder.Path);
            nodes.Should().HaveCount(3);
            if (aNodeIsFrozen)
            {
                Native.Signal(nodes[0], Native.SIGSTOP);
            }

            Native.Signal(holder.Id, signal);
            await holder.WaitForExitAsync(cancellationToken);

            (await LeftAsync(folder.Path, controlFolder!, routes!, cancellationToken)).Should().BeEmpty();
        }
        finally
        {
            holder.Kill();
        }
    }

    [TestCase(false), TestCase(true), CancelAfter(120_000)]
    public async Task WhenTheSupervisorIsKilled(bool aNodeIsFrozen, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var cluster = (ReferenceCluster)await new LoopbackInTurn().UpAsync(folder.Options, cancellationToken);
        var died = 0;
        cluster.Changed += change => died += change is ClusterEvent.NodeDied ? 1 : 0;
        if (aNodeIsFrozen)
        {
            Native.Signal(Leftovers.IdsOf("node", folder.Path)[0], Native.SIGSTOP);
        }

        Native.Signal(Leftovers.IdsOf("keep", folder.Path).Single(), Native.SIGKILL);

        var ended = await Poll.UntilAsync(
            () => Task.FromResult(Leftovers.ProcessesWith(folder.Path).Count == 0 && died == 3 ? "" : null),
            Limit, TimeProvider.System, cancellationToken);
        ended.Should().NotBeNull("nodes die with their supervisor, and the cluster says so");
        (await cluster.ObserveAsync(cancellationToken)).Nodes.Should().OnlyContain(node => !node.Reachable);
        (await cluster.RebuildAsync(cancellationToken)).Should().BeTrue("a new supervisor can take its place");
        await cluster.DisposeAsync();
        var configuration = cluster.Configuration;
        Leftovers.Of(folder.Path, configuration.ControlFolder, string.Join(' ', configuration.Routes))
            .Should().BeEmpty();
    }

    [Test, CancelAfter(120_000)]
    public async Task WhenTheSupervisorIsKilledAndTheClusterGoesDown(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var cluster = (ReferenceCluster)await new LoopbackInTurn().UpAsync(folder.Options, cancellationToken);
        Native.Signal(Leftovers.IdsOf("keep", folder.Path).Single(), Native.SIGKILL);

        await cluster.DisposeAsync();

        var configuration = cluster.Configuration;
        (await LeftAsync(
            folder.Path, configuration.ControlFolder, string.Join(' ', configuration.Routes), cancellationToken))
            .Should().BeEmpty();
    }

    private static async Task<(Process Holder, string? ControlFolder)> HoldAsync(
        string folder, CancellationToken cancellationToken)
    {
        var holder = ClusterHolder.Start(null, ClusterHolder.Verb, folder, "loopback");
        return (holder, await holder.StandardOutput.ReadLineAsync(cancellationToken));
    }

    private static async Task<IReadOnlyList<string>> LeftAsync(
        string folder, string controlFolder, string routes, CancellationToken cancellationToken)
    {
        var none = await Poll.UntilAsync(
            () => Task.FromResult(Leftovers.Of(folder, controlFolder, routes) is { Count: 0 } left ? left : null),
            Limit, TimeProvider.System, cancellationToken);
        return none ?? Leftovers.Of(folder, controlFolder, routes);
    }
}
