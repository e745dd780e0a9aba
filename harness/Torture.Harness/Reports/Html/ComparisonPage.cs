using Torture.Harness.Reports.Drawing;
using Torture.Harness.Results;

namespace Torture.Harness.Reports.Html;

/// <summary>Failovers of several targets side by side: one file, no network, no script.</summary>
internal static class ComparisonPage
{
    public static readonly IReadOnlyList<(string Name, string Event)> Milestones =
    [
        ("T1", "silence"), ("T2", "taken"), ("T3", "tickled"), ("T4", "told"), ("T5", "reconnecting"),
        ("T6", "session"), ("T7", "served"),
    ];

    public static string Write(ComparisonView view)
    {
        var html = new HtmlWriter();
        HtmlReport.Begin(html, $"Failover compared, {Times.Date(view.Results.Started)}");
        WriteHeader(html, view);
        ComparisonTable.Write(html, view);
        WritePhases(html, view);
        WriteDistributions(html, view);
        StampSection.Write(html, view);
        WriteEnvironment(html, view);
        HtmlReport.End(html);
        return html.ToString();
    }

    private static void WriteHeader(HtmlWriter html, ComparisonView view)
    {
        var run = view.Results;
        html.Line($"<header class=\"result {HtmlReport.Class(WorstOf(run))}\"><h1>Failover compared</h1>");
        html.Line($"<p class=\"sentence\">{ComparisonSentence.Of(view)}</p>");
        html.Line($"<p class=\"facts\">{string.Join(", ", run.Targets.Select(target => target.Name))} &middot;");
        html.Line($"{string.Join(", ", run.Faults)} &middot; each {run.Repeat} times &middot;");
        html.Line($"{Times.Date(run.Started)} &middot; {Times.Length(run.Elapsed)}</p></header><nav>");
        foreach (var section in new[] { "figures", "phases", "distributions", "stamps", "environment" })
        {
            html.Line($"<a href=\"#{section}\">{char.ToUpperInvariant(section[0])}{section[1..]}</a>");
        }

        html.Line($"</nav>");
    }

    /// <summary>The page has its colour: what was not measured, or is doubtful, is not green.</summary>
    private static Verdict WorstOf(ComparisonResults run) =>
        run.Targets.Count == 0 || run.Targets.Any(target => target.Unusable is not null)
            ? Verdict.Inconclusive
            : run.Targets.SelectMany(target => target.Faults)
                .SelectMany(fault => new[] { fault.Follows.Verdict, fault.Told.Verdict })
                .Append(Verdict.Passed).Max();

    private static void WritePhases(HtmlWriter html, ComparisonView view)
    {
        html.Line($"<section id=\"phases\"><h2>Phases</h2><p class=\"key\">");
        foreach (var (name, happened) in Milestones)
        {
            html.Line($"<i class=\"swatch phase {name.ToLowerInvariant()}\"></i> {name} {happened}");
        }

        html.Line($"</p><p class=\"key\">From the fault (T0), by the median of each milestone over all repeats; a");
        html.Line($"phase has the colour of the milestone that ends it. T4 is that of a registered client, the others");
        html.Line($"are those of a working one.</p>");
        foreach (var fault in view.Results.Faults)
        {
            html.Line($"<figure><figcaption><b>{fault}</b></figcaption>");
            html.Line($"{PhaseSvg.Draw($"phases of {fault}", [.. view.Of(fault).Select(RowOf)])}");
            WriteMedians(html, [.. view.Of(fault)]);
            html.Line($"</figure>");
        }

        html.Line($"</section>");
    }

    private static PhaseRow RowOf(ComparisonCell cell) => new(
        cell.Target.Name,
        [.. from milestone in Milestones
            let at = cell.MedianAfter(milestone.Name)
            where at is not null
            select new PhaseEnd(milestone.Name, milestone.Event, at.Value)],
        cell.Lack(Measure.Outage) ?? cell.Lack(Measure.Notification));

    private static void WriteMedians(HtmlWriter html, IReadOnlyList<ComparisonCell> cells)
    {
        html.Line($"<table class=\"medians\"><thead><tr><th>seconds, medians</th>");
        foreach (var (name, happened) in Milestones)
        {
            html.Line($"<th>{name} {happened}</th>");
        }

        html.Line($"</tr></thead><tbody>");
        foreach (var cell in cells)
        {
            html.Line($"<tr><td>{cell.Target.Name}</td>");
            foreach (var (name, _) in Milestones)
            {
                var after = cell.MedianAfter(name) is { } at ? Times.After(at) : "not seen";
                html.Line($"<td class=\"number\">{after}</td>");
            }

            html.Line($"</tr>");
        }

        html.Line($"</tbody></table>");
    }

    private static void WriteDistributions(HtmlWriter html, ComparisonView view)
    {
        html.Line($"<section id=\"distributions\"><h2>Distributions</h2>");
        foreach (var fault in view.Results.Faults)
        {
            WriteDistribution(
                html, view, fault, Measure.Outage, "outage, last operation served to first served again");
            WriteDistribution(
                html, view, fault, Measure.Notification, "fault to first notification on the wire, T4");
        }

        html.Line($"</section>");
    }

    private static void WriteDistribution(
        HtmlWriter html, ComparisonView view, string fault, Measure measure, string what)
    {
        var title = $"{fault}: {what}";
        var rows = view.Of(fault).Where(cell => cell.Samples(measure).Count > 0)
            .Select(cell => new DistributionRow(
                PhaseSvg.Short(cell.Target.Name, 18), cell.Samples(measure), view.Results.Repeat))
            .ToList();
        html.Line($"<figure><figcaption><b>{title}</b></figcaption>");
        if (rows.Count > 0)
        {
            html.Line($"{DistributionSvg.Draw(title, rows, null)}");
        }

        foreach (var cell in view.Of(fault).Where(cell => cell.Lack(measure) is not null))
        {
            html.Line($"<p class=\"key\">{cell.Target.Name}: {cell.Lack(measure)}</p>");
        }

        html.Line($"</figure>");
    }

    private static void WriteEnvironment(HtmlWriter html, ComparisonView view)
    {
        html.Line($"<section id=\"environment\"><h2>Environment</h2>");
        html.Line($"<table><thead><tr><th>target</th><th>cluster</th><th>load before</th><th>run</th></tr>");
        html.Line($"</thead><tbody>");
        foreach (var target in view.Results.Targets)
        {
            html.Line($"<tr><td>{target.Name}</td><td>{target.Cluster ?? target.Unusable}</td>");
            html.Line($"<td class=\"number\">{(target.Load is { } load ? Markup.Of($"{load:0.0}") : default)}</td>");
            html.Line($"<td>{Run(target)}</td></tr>");
        }

        html.Line($"</tbody></table><p class=\"key\">Targets are measured one after the other, on one machine that");
        html.Line($"also runs the clients: the load says whether they had the same chances.</p><dl>");
        foreach (var (name, version) in view.Results.Versions.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            html.Line($"<dt>{name}</dt><dd>{version}</dd>");
        }

        html.Line($"<dt>again</dt><dd><code>torture bench failover {view.Results.Arguments}</code></dd></dl>");
        html.Line($"</section>");
    }

    private static Markup Run(ComparedTarget target) => target.Run is { } run
        ? Markup.Of($"<a href=\"{Links.Path(run, ReportWriter.Html)}\">report</a>")
        : new Markup("");
}
