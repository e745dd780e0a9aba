using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Running;
using Torture.ReferenceServer.Control;
using Torture.SelfTests.Loopback;
using Torture.Targets.Containers.Clusters;
using Torture.Targets.Reference;

namespace Torture.SelfTests.Containers;

using ClusterNode = Torture.Harness.Clusters.Node;

/// <summary>Nodes that start a real ctdbd each, in containers.</summary>
public sealed class CtdbInContainers
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Test, CancelAfter(400_000)]
    public async Task DaemonsEndAndComeBackWhileTheirNodesGoOn(CancellationToken cancellationToken)
    {
        await using var live = await LiveEngine.RequireAsync(cancellationToken);
        using var folder = new TemporaryFolder();
        var options = folder.Options with
        {
            Settings = new Dictionary<string, string> { ["engine"] = "ctdb", ["capture"] = "off" },
        };
        await using var cluster = (ReferenceCluster)await new ContainersTarget().UpAsync(options, cancellationToken);
        TestContext.Out.WriteLine(string.Join(", ", cluster.Phases));

        foreach (var (node, verb) in new[]
        {
            (cluster.Nodes[0], ControlVerb.KillDaemon), (cluster.Nodes[1], ControlVerb.ShutdownDaemon),
        })
        {
            await TellAsync(node, verb);
            await UntilAsync($"{verb} {node}", seen => seen.Of(node).State == NodeState.Disconnected
                && seen.Of(node).Owned.Count == 0 && AllOwned(seen));
            await TellAsync(node, ControlVerb.StartDaemon);
            await UntilAsync($"start of {node}", seen => AllOwned(seen)
                && seen.Nodes.All(each => each is { Reachable: true, State: NodeState.Ok, Owned.Count: > 0 }));
        }

        Task TellAsync(ClusterNode node, string verb) =>
            NodePort.AskAsync(cluster.Configuration, node.Name, new ControlRequest(verb), cancellationToken);

        bool AllOwned(ClusterObservation seen) =>
            cluster.PublicAddresses.All(address => seen.OwnerOf(address) is not null);

        async Task UntilAsync(string what, Func<ClusterObservation, bool> holds) => (await Poll.UntilAsync(
            async () => holds(await cluster.ObserveAsync(cancellationToken)) ? "" : null, Limit, TimeProvider.System,
            cancellationToken)).Should().NotBeNull(what);
    }
}
