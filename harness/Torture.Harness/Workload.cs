using Torture.Harness.Clusters;
using Torture.Harness.Running;

namespace Torture.Harness;

/// <summary>
/// A client that keeps one connection to a public address busy with numbered SMB2 ECHOs and connects again when it
/// breaks. Each operation ends Ok, Failed or Indeterminate in the history.
/// </summary>
public sealed class Workload : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    private readonly WorkloadLoop _loop;

    private Workload(WorkloadLoop loop) => _loop = loop;

    public PublicAddress Entry => _loop.Entry;

    /// <summary>Operations that were acknowledged so far.</summary>
    public long Served => _loop.Served;

    /// <summary>Starts at the first public address of the node; returns after the first operation was served.</summary>
    public static async Task<Workload> StartAsync(ICluster cluster, Node entry)
    {
        var run = CaseCluster.CaseOf(cluster);
        var observed = await cluster.ObserveAsync(run.Deadline);
        var address = observed.Of(entry).Owned.FirstOrDefault()
            ?? throw new InconclusiveException($"{entry} owns no public address to start a workload at");
        return await StartAsync(cluster, address);
    }

    /// <param name="pace">Between two operations; left out: enough of them to see an outage to the millisecond.</param>
    public static async Task<Workload> StartAsync(
        ICluster cluster, PublicAddress entry, CaseClient? client = null, TimeSpan? pace = null)
    {
        var run = CaseCluster.CaseOf(cluster);
        var loop = new WorkloadLoop(run, entry, client ?? run.Client, pace ?? Pace);
        await loop.StartAsync();
        return new Workload(loop);
    }

    /// <summary>
    /// Waits for an acknowledged operation after the faults that act: of another server than before, or begun when
    /// the owner of before was gone. In a partition of its owner it is always another server.
    /// </summary>
    /// <returns>False: none came within the limit. FailoverWithin tells it as a failure.</returns>
    public Task<bool> UntilServedAgainAsync(TimeSpan limit) => _loop.UntilServedAgainAsync(limit);

    /// <summary>Waits for so many more acknowledged operations.</summary>
    public Task<bool> UntilServedAsync(int more, TimeSpan limit) => _loop.UntilServedAsync(more, limit);

    public ValueTask DisposeAsync() => _loop.DisposeAsync();
}
