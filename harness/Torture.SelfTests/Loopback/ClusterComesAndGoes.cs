using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Targets.Loopback;
using Torture.Targets.Reference;

namespace Torture.SelfTests.Loopback;

/// <summary>The loopback cluster comes up converged and leaves nothing behind.</summary>
[Parallelizable]
public sealed class ClusterComesAndGoes
{
    [Test, CancelAfter(120_000)]
    public async Task UpConvergedAndDown(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var cluster = (ReferenceCluster)await new LoopbackInTurn().UpAsync(folder.Options, cancellationToken);
        await using (cluster)
        {
            var seen = await cluster.ObserveAsync(cancellationToken);

            seen.Nodes.Should().OnlyContain(node => node.Reachable && node.State == NodeState.Ok);
            cluster.PublicAddresses.Should().OnlyContain(address => seen.OwnerOf(address) != null);
        }

        Directory.Exists(cluster.Configuration.ControlFolder).Should().BeFalse("sockets and lock are removed");
        Leftovers.ProcessesWith(folder.Path).Should().BeEmpty();
    }

    [Test, CancelAfter(120_000)]
    public async Task ARebuiltClusterServesInItsPlace(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await using var cluster = await new LoopbackInTurn().UpAsync(folder.Options, cancellationToken);

        (await cluster.RebuildAsync(cancellationToken)).Should().BeTrue();

        var seen = await cluster.ObserveAsync(cancellationToken);
        cluster.PublicAddresses.Should().OnlyContain(address => seen.OwnerOf(address) != null);
    }
}
