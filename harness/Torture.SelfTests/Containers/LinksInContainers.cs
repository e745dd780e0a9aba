using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.SelfTests.Loopback;
using Torture.Targets.Containers.Clusters;
using Torture.Targets.Containers.Links;
using Direction = Torture.Harness.Faults.Direction;

namespace Torture.SelfTests.Containers;

using Node = Torture.Harness.Clusters.Node;

/// <summary>Each fault of a link is seen in packets, and nothing of it is left on the bridges.</summary>
public sealed class LinksInContainers
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Flap = TimeSpan.FromSeconds(0.5);

    private static IEnumerable<Func<Node, LinkFault>> Faults =>
    [
        node => new SlowLink(node, Moment),
        node => new SlowLink(node, Moment, NodeLink.Private),
        node => new SlowLink(node, Moment) { Direction = Direction.FromTo },
        node => new SlowLink(node, TimeSpan.Zero) { Rate = 200_000 },
        node => new LossyLink(node, 0.2),
        node => new LossyLink(node, 0.2, NodeLink.Private),
        node => new LossyLink(node, 0.2) { Direction = Direction.ToFrom },
        node => new LossyLink(node, 0.2) { Direction = Direction.FromTo },
        node => new DuplicatingLink(node, 0.5),
        node => new DuplicatingLink(node, 0.5, NodeLink.Private),
        node => new ReorderingLink(node, 0.3, Moment),
        node => new ReorderingLink(node, 0.3, Moment, NodeLink.Private),
        node => new FlappingLink(node, Flap, Flap),
        node => new FlappingLink(node, Flap, Flap, NodeLink.Private),
    ];

    [Test, CancelAfter(300_000)]
    public async Task EachIsSeenAndLeavesNothing(CancellationToken cancellationToken)
    {
        await using var live = await LiveEngine.RequireAsync(cancellationToken);
        using var folder = new TemporaryFolder();
        var cluster = await new ContainersTarget().UpAsync(folder.Options, cancellationToken);
        await using var drill = await Drill.BeginAsync(cluster, folder.Options.RunId, cancellationToken);
        foreach (var make in Faults)
        {
            var before = PortsOf(cluster);
            var result = await drill.RunAsync(_ => make(cluster.Nodes[1])).WaitAsync(cancellationToken);

            result.Problem.Should().BeNull();
            PortsOf(cluster).Should().Equal(before, $"{result.Fault} was healed");
            TestContext.Out.WriteLine(FormattableString.Invariant(
                $"{result.Fault}: {result.Acting.TotalMilliseconds:0} ms, ")
                + FormattableString.Invariant($"back {result.Healing.TotalMilliseconds:0} ms: {result.Wire}"));
        }
    }

    /// <summary>Ports of the bridges of a cluster, each with its flags, state and bridge.</summary>
    private static List<string> PortsOf(ICluster cluster) =>
        [.. HostCommand.Require("bridge", "link").Split('\n')
            .Where(line => cluster.Capture!.Links.Any(link => line.Contains($" master {link.Name} ")))];
}
