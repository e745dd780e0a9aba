using Torture.Harness.Reports.Drawing;
using Torture.Harness.Results;

namespace Torture.Harness.Reports.Html;

/// <summary>A timeline for each failover; of repeats the slowest one, the others folded.</summary>
internal static class FailoverSection
{
    public static void Write(HtmlWriter html, RunView view)
    {
        if (!view.Failovers.Any())
        {
            return;
        }

        html.Line($"<section id=\"failover\"><h2>Failover</h2>");
        html.Line($"<p class=\"key\"><i class=\"swatch fault\"></i> fault");
        html.Line($"<i class=\"swatch served\"></i> operation served");
        html.Line($"<i class=\"swatch failed\"></i> failed <i class=\"swatch indeterminate\"></i> nobody knows");
        html.Line($"<i class=\"swatch notification\"></i> notification <i class=\"swatch state\"></i> change of");
        html.Line($"state; a bar has the colour of the owner, a dashed one is a time without</p>");

        foreach (var group in view.Failovers.GroupBy(pair => (pair.Case.Id, pair.Failover.Fault)))
        {
            var slowestFirst = group.OrderByDescending(pair => pair.Failover.Outage ?? TimeSpan.Zero).ToList();
            WriteOne(html, view, slowestFirst[0], slowestFirst.Count);
            WriteRepeats(html, slowestFirst);
        }

        html.Line($"</section>");
    }

    private static void WriteOne(HtmlWriter html, RunView view, FailoverView seen, int repeats)
    {
        var (result, failover, _) = seen;
        var timeline = TimelineBuilder.Build(result.Id, failover, view.Run.Nodes, view.Facts(seen));
        var outage = failover.Outage is { } gap ? $", outage {Axis.Figure(gap)}" : "";
        var slowest = repeats > 1 ? $", slowest of {repeats}" : "";

        html.Line($"<figure><figcaption><b>{failover.Fault}</b> in {result.Id}{outage}{slowest}");
        html.Line($"{HtmlReport.Pill(result.Verdict)}</figcaption>");
        html.Line($"{TimelineSvg.Draw(timeline)}");
        html.Line($"<table class=\"milestones\"><tbody><tr>");
        foreach (var milestone in failover.Milestones)
        {
            html.Line($"<td{Missing(milestone)}><b>{milestone.Name}</b> {milestone.Event}<br>{After(milestone)}</td>");
        }

        html.Line($"</tr></tbody></table></figure>");
    }

    private static void WriteRepeats(HtmlWriter html, List<FailoverView> repeats)
    {
        if (repeats.Count < 2)
        {
            return;
        }

        html.Line($"<details><summary>all {repeats.Count} repeats</summary><table><thead><tr><th>fault</th>");
        foreach (var milestone in repeats[0].Failover.Milestones)
        {
            html.Line($"<th>{milestone.Name} {milestone.Event}</th>");
        }

        html.Line($"<th>outage</th></tr></thead><tbody>");
        foreach (var (_, failover, _) in repeats)
        {
            html.Line($"<tr><td>{failover.Fault}</td>");
            foreach (var milestone in failover.Milestones)
            {
                html.Line($"<td class=\"number\">{After(milestone)}</td>");
            }

            html.Line($"<td class=\"number\">{(failover.Outage is { } gap ? Axis.Figure(gap) : "not seen")}</td></tr>");
        }

        html.Line($"</tbody></table></details>");
    }

    private static Markup Missing(MilestoneResult milestone) =>
        new(milestone.After is null ? " class=\"missing\"" : "");

    private static string After(MilestoneResult milestone) =>
        milestone.After is { } after ? Times.After(after) : "not seen";
}
