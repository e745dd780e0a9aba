using System.Collections.Concurrent;

namespace Torture.Harness.Running;

/// <summary>
/// The cases of a run, shared out among its clusters: those that can run side by side in equal parts, fixture by
/// fixture; those that break their cluster one by one, to whoever is idle, the longest first.
/// </summary>
internal sealed class CaseShares
{
    private readonly IReadOnlyList<PlannedCase>?[] _own;
    private readonly ConcurrentQueue<PlannedCase> _breaking = [];

    /// <param name="clusters">One of them gets all cases at once.</param>
    public CaseShares(IReadOnlyList<PlannedCase> cases, int clusters)
    {
        _own = new IReadOnlyList<PlannedCase>?[clusters];
        if (clusters == 1)
        {
            _own[0] = cases;
            return;
        }

        var gentle = cases.Where(planned => !planned.Breaks).GroupBy(planned => planned.Fixture).Index();
        foreach (var share in gentle.GroupBy(fixture => fixture.Index % clusters, fixture => fixture.Item))
        {
            _own[share.Key] = [.. share.SelectMany(fixture => fixture)];
        }

        foreach (var breaking in cases.Where(planned => planned.Breaks).OrderByDescending(planned => planned.Takes))
        {
            _breaking.Enqueue(breaking);
        }
    }

    /// <summary>What a cluster is to run next; null: nothing is left.</summary>
    /// <param name="cluster">From 0.</param>
    public IReadOnlyList<PlannedCase>? Take(int cluster) =>
        Interlocked.Exchange(ref _own[cluster], null) is { } share ? share
        : _breaking.TryDequeue(out var breaking) ? [breaking]
        : null;
}
