using Torture.Harness.Reports.Drawing;
using Torture.Harness.Results;

namespace Torture.Harness.Reports.Html;

/// <summary>A row for each fault and target: outage and notification, with the ratio to the first target.</summary>
internal static class ComparisonTable
{
    /// <summary>n, min, median, p95, max, ratio.</summary>
    private const int Columns = 6;

    public static void Write(HtmlWriter html, ComparisonView view)
    {
        html.Line($"<section id=\"figures\"><h2>Figures</h2><table class=\"compared\"><thead><tr>");
        html.Line($"<th rowspan=\"2\">fault</th><th rowspan=\"2\">target</th>");
        html.Line($"<th colspan=\"{Columns}\">outage</th>");
        html.Line($"<th colspan=\"{Columns}\">fault to notification, T4</th></tr><tr>");
        foreach (var column in new[] { Measure.Outage, Measure.Notification }.SelectMany(
            _ => new[] { "n", "min", "median", "p95", "max", "ratio" }))
        {
            html.Line($"<th class=\"number\">{column}</th>");
        }

        html.Line($"</tr></thead><tbody>");
        foreach (var cell in view.Cells)
        {
            html.Line($"<tr{(cell.IsBase ? new Markup(" class=\"first\"") : default)}>");
            html.Line($"<td>{(cell.IsBase ? cell.Fault : "")}</td><td>{cell.Target.Name}</td>");
            WriteMeasures(html, view, cell);
            html.Line($"</tr>");
        }

        html.Line($"</tbody></table><p class=\"key\">Ratios are of medians, to the first target of the same run; p95");
        html.Line($"is of the nearest rank, so that each figure was really measured.</p></section>");
    }

    private static void WriteMeasures(HtmlWriter html, ComparisonView view, ComparisonCell cell)
    {
        if (cell.Target.Unusable is not null)
        {
            html.Line($"<td class=\"lack\" colspan=\"{2 * Columns}\">{cell.Lack(Measure.Outage)}</td>");
            return;
        }

        WriteMeasure(html, view, cell, Measure.Outage);
        WriteMeasure(html, view, cell, Measure.Notification);
    }

    private static void WriteMeasure(HtmlWriter html, ComparisonView view, ComparisonCell cell, Measure measure)
    {
        if (cell.Latency(measure) is not { } latency)
        {
            html.Line($"<td class=\"lack\" colspan=\"{Columns}\">{cell.Lack(measure)}</td>");
            return;
        }

        var count = latency.Count == view.Results.Repeat ? "" : $" of {view.Results.Repeat}";
        html.Line($"<td class=\"number\">{latency.Count}{count}{Verdict(cell.Case(measure))}</td>");
        foreach (var time in new[] { latency.Minimum, latency.Median, latency.Percentile95, latency.Maximum })
        {
            html.Line($"<td class=\"number\">{Axis.Figure(time)}</td>");
        }

        var ratio = view.Ratio(cell, measure) is { } times ? ComparisonSentence.Factor(times) : "no base";
        html.Line($"<td class=\"number ratio\">{ratio}</td>");
    }

    /// <summary>Of a case that did not pass: its figures count all the same.</summary>
    private static Markup Verdict(ComparedCase? compared) => compared is { Verdict: not Results.Verdict.Passed }
        ? Markup.Of($" <span title=\"{compared.Reason}\">{HtmlReport.Pill(compared.Verdict)}</span>")
        : new Markup("");
}
