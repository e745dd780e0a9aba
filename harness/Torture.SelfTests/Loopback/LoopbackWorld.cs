using Torture.Harness.Clusters;
using Torture.Harness.Running;
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
        var cluster = await new LoopbackInTurn().UpAsync(folder.Options, CancellationToken.None);
        return new LoopbackWorld((ReferenceCluster)cluster, folder);
    }

    /// <summary>Looks until it is so; tells what it saw last when it never was.</summary>
    public async Task<ClusterObservation> UntilAsync(Func<ClusterObservation, bool> holds, string what)
    {
        ClusterObservation? last = null;
        return await Poll.UntilAsync(
            async () => holds(last = await Cluster.ObserveAsync(default)) ? last : null, Limit, TimeProvider.System,
            default)
            ?? throw new TimeoutException($"never: {what}; last seen: {Render.Cluster(last)}\n{await LogsAsync()}");
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
}
