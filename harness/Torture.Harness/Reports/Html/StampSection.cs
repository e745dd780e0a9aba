using Torture.Captures;

namespace Torture.Harness.Reports.Html;

/// <summary>How exact the figures are, and how that is known.</summary>
internal static class StampSection
{
    public static void Write(HtmlWriter html, ComparisonView view)
    {
        html.Line($"<section id=\"stamps\"><h2>Stamps</h2><table><thead><tr><th>target</th><th>markers</th>");
        html.Line($"<th>links</th><th>between links: median, p95, max</th>");
        html.Line($"<th>against the clock: median, p95, max</th><th>stamp error</th></tr></thead><tbody>");
        foreach (var target in view.Results.Targets)
        {
            html.Line($"<tr><td>{target.Name}</td>");
            if (target.Stamps is { } stamps)
            {
                html.Line($"<td>{stamps.Markers}</td><td>{stamps.Links}</td>");
                html.Line($"<td>{Spread(stamps.BetweenLinks)}</td><td>{Spread(stamps.AgainstClock)}</td>");
                html.Line($"<td><b>{ComparisonSentence.Error(stamps)}</b></td></tr>");
            }
            else
            {
                html.Line($"<td class=\"lack\" colspan=\"5\">no marker was captured</td></tr>");
            }
        }

        html.Line($"</tbody></table><p class=\"key\">");
        html.Line($"Every figure is a difference of stamps of one kernel clock. A marker goes out on all");
        html.Line($"captured links at once: the distance of its stamps bounds their error. It also carries");
        html.Line($"the run's monotonic time: how much later than the quickest one it is stamped is the");
        html.Line($"other bound, and the only one where there is one link. Both include the time that");
        html.Line($"sending took, on a machine that does other things too: the error is smaller. T0 is the");
        html.Line($"stamp of the marker that goes out just before the fault is made: what it takes to make");
        html.Line($"the fault is part of every figure.</p>");
        html.Line($"</section>");
    }

    private static string Spread(LatencyDistribution? spread) => spread is null
        ? "one link"
        : string.Join(
            ", ", new[] { spread.Median, spread.Percentile95, spread.Maximum }.Select(ComparisonSentence.Micro));
}
