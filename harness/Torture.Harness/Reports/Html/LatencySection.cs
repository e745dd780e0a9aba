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
        WritePlot(html, view, "Outage: last operation served to first served again", "failover", seen => seen.Outage);
        WritePlot(html, view, "T4: fault to notification on the wire", "notification", seen => At(seen, "T4"));
        html.Line($"</section>");
    }

    private static TimeSpan? At(FailoverResult failover, string milestone) =>
        failover.Milestones.FirstOrDefault(seen => seen.Name == milestone)?.After;

    private static void WritePlot(
        HtmlWriter html, RunView view, string title, string limit, Func<FailoverResult, TimeSpan?> measure)
    {
        var rows = view.Failovers
            .Select(pair => (pair.Failover.Kind, Time: measure(pair.Failover)))
            .Where(sample => sample.Time is not null)
            .GroupBy(sample => sample.Kind, sample => sample.Time!.Value)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new DistributionRow(group.Key, [.. group]))
            .ToList();

        if (rows.Count > 0)
        {
            TimeSpan? gate = view.Run.Limits.TryGetValue(limit, out var allowed) ? allowed : null;
            html.Line($"<figure><figcaption><b>{title}</b></figcaption>");
            html.Line($"{DistributionSvg.Draw(title, rows, gate)}</figure>");
        }
    }
}
