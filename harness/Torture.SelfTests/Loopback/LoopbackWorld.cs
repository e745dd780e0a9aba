using Torture.Harness.Clusters;
using Torture.Targets.Loopback;
using Torture.Targets.Reference;

namespace Torture.SelfTests.Loopback;

/// <summary>A loopback cluster of a test, and waits for what it shall come to.</summary>
internal sealed class LoopbackWorld : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder;

    private LoopbackWorld(ReferenceCluster cluster, TemporaryFolder folder) => (Cluster, _folder) = (cluster, folder);

    public ReferenceCluster Cluster { get; }

    public string Folder => _folder.Path;

    public static async Task<LoopbackWorld> UpAsync()
    {
        var folder = new TemporaryFolder();
        var cluster = await new LoopbackTarget().UpAsync(folder.Options, CancellationToken.None);
        return new LoopbackWorld((ReferenceCluster)cluster, folder);
    }

    /// <summary>Looks until it is so; tells what it saw last when it never was.</summary>
    public async Task<ClusterObservation> UntilAsync(Func<ClusterObservation, bool> holds, string what)
    {
        using var deadline = new CancellationTokenSource(Limit);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        ClusterObservation? last = null;
        try
        {
            while (true)
            {
                last = await Cluster.ObserveAsync(deadline.Token);
                if (holds(last))
                {
                    return last;
                }

                await ticks.WaitForNextTickAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"never: {what}; last seen: {Render(last)}\n{await LogsAsync()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<string> LogsAsync()
    {
        var logs = await Task.WhenAll(
            Cluster.Nodes.Select(node => Cluster.ReadLogAsync(node, CancellationToken.None)));
        return string.Join('\n', logs.SelectMany(log => (log ?? "").Split('\n').TakeLast(40)).Order());
    }

    private static string Render(ClusterObservation? seen) => string.Join(" | ", seen?.Nodes.Select(node =>
        $"{node.Node} {node.Process} {node.State} leader {node.Leader} owns {string.Join(',', node.Owned)}") ?? []);
}
