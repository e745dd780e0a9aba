using Torture.Harness.Reports.Drawing;
using Torture.Harness.Results;

namespace Torture.Harness.Reports.Html;

/// <summary>Distributions of outage and notification for each kind of fault.</summary>
internal static class LatencySection
{
    public static void Write(HtmlWriter html, RunView view)
    {
        if (!view.Failovers.Any())
        {
            return;
        }

        html.Line($"<section id=\"latency\"><h2>Latency</h2>");
        WritePlot(
            html, view, "Outage: last operation served to first served again, by another server", "failover",
            seen => seen.Outage, seen => seen.Interrupts);
        WritePlot(
            html, view, "T4: fault to first notification on the wire", "notification", seen => At(seen, "T4"));
        html.Line($"</section>");
    }

    private static TimeSpan? At(FailoverResult failover, string milestone) =>
        failover.Milestones.FirstOrDefault(seen => seen.Name == milestone)?.After;

    /// <param name="counts">Whether a failover should have been measured; null: nobody knows.</param>
    private static void WritePlot(
        HtmlWriter html, RunView view, string title, string limit, Func<FailoverResult, TimeSpan?> measure,
        Func<FailoverResult, bool>? counts = null)
    {
        var rows = view.Failovers.Select(pair => pair.Failover)
            .Where(seen => measure(seen) is not null)
            .GroupBy(seen => seen.Kind, seen => measure(seen)!.Value)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new DistributionRow(group.Key, [.. group], Count(group.Key)))
            .ToList();

        if (rows.Count > 0)
        {
            TimeSpan? gate = view.Run.Limits.TryGetValue(limit, out var allowed) ? allowed : null;
            html.Line($"<figure><figcaption><b>{title}</b></figcaption>");
            html.Line($"{DistributionSvg.Draw(title, rows, gate)}</figure>");
        }

        int? Count(string kind) => counts is null
            ? null
            : view.Failovers.Select(pair => pair.Failover)
                .Count(seen => seen.Kind == kind && (counts(seen) || measure(seen) is not null));
    }
}
