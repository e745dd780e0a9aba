using System.Globalization;

namespace Torture.Captures;

/// <summary>Latencies of N repeats. Percentiles are of the nearest rank: each figure was really measured.</summary>
public sealed record LatencyDistribution(
    int Count, TimeSpan Minimum, TimeSpan Median, TimeSpan Percentile95, TimeSpan Maximum)
{
    /// <summary>Null where nothing was measured; repeats without a figure do not count as zero.</summary>
    public static LatencyDistribution? Of(IEnumerable<TimeSpan?> latencies)
    {
        var sorted = latencies.OfType<TimeSpan>().Order().ToArray();
        return sorted.Length == 0
            ? null
            : new LatencyDistribution(sorted.Length, sorted[0], Rank(sorted, 50), Rank(sorted, 95), sorted[^1]);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"n {Count}  min {Minimum.TotalSeconds:F3}  median {Median.TotalSeconds:F3}  "
        + $"p95 {Percentile95.TotalSeconds:F3}  max {Maximum.TotalSeconds:F3} s");

    private static TimeSpan Rank(TimeSpan[] sorted, int percent) =>
        sorted[Math.Max(0, ((sorted.Length * percent) + 99) / 100 - 1)];
}
