using NUnit.Framework;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.SelfTests.Loopback;
using Torture.Targets.Loopback;
using Torture.Targets.Reference;

namespace Torture.SelfTests.ForeignEyes;

/// <summary>A loopback cluster that others' programs look at, with what passes on its wire.</summary>
internal sealed class ForeignCluster : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly List<CapturedPacket> _packets = [];
    private long _markers;

    private ForeignCluster(ReferenceCluster cluster, TemporaryFolder folder)
    {
        (Cluster, _folder, Root) = (cluster, folder, new ForeignRoot(cluster.Accounts[0]));
        if (cluster.Capture is { } capture)
        {
            capture.Captured += Keep;
        }
    }

    public ReferenceCluster Cluster { get; }

    public ForeignRoot Root { get; }

    public static async Task<ForeignCluster> UpAsync(int nodes = 3)
    {
        ForeignRoot.Require();
        var folder = new TemporaryFolder();
        var options = folder.Options with { Nodes = nodes };
        var up = await new LoopbackInTurn().UpAsync(options, CancellationToken.None);
        return new ForeignCluster((ReferenceCluster)up, folder);
    }

    /// <summary>As smbtorture and rpcclient name a binding.</summary>
    public string Binding(int node, string options) => $"ncacn_ip_tcp:{Cluster.Nodes[node].Address}[{options}]";

    /// <summary>Runs and gives what passed on the wire meanwhile.</summary>
    public async Task<IReadOnlyList<CapturedPacket>> CaptureAsync(Func<Task> run, CancellationToken cancellationToken)
    {
        if (Cluster.Capture is null)
        {
            Assert.Ignore(Cluster.Capabilities.WhyNot(Capability.Capture) ?? "no capture");
        }

        await FlushAsync(cancellationToken);
        lock (_packets)
        {
            _packets.Clear();
        }

        await run();
        await FlushAsync(cancellationToken);
        lock (_packets)
        {
            return [.. _packets];
        }
    }

    public async ValueTask DisposeAsync()
    {
        Root.Dispose();
        await Cluster.DisposeAsync();
        _folder.Dispose();
    }

    private Task FlushAsync(CancellationToken cancellationToken) => Cluster.Capture!.MarkAsync(
        new Marker("selftest", Interlocked.Increment(ref _markers), 0, Marker.Flush, ""), cancellationToken);

    private void Keep(CapturedPacket packet)
    {
        lock (_packets)
        {
            _packets.Add(packet with { Data = packet.Data.ToArray() });
        }
    }
}
