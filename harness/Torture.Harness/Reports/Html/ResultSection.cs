using Torture.Harness.Results;

namespace Torture.Harness.Reports.Html;

/// <summary>What happened, in one sentence, one bar and one line.</summary>
internal static class ResultSection
{
    private static readonly Verdict[] Order =
    [
        Verdict.Failed, Verdict.Inconclusive, Verdict.Expected, Verdict.NotStrict, Verdict.Passed,
        Verdict.NotSupported,
    ];

    public static void Write(HtmlWriter html, RunView view)
    {
        var run = view.Run;

        html.Line($"<header class=\"result {HtmlReport.Class(Headline.Of(view))}\">");
        html.Line($"<h1>{Headline.Word(view)}</h1>");
        html.Line($"<p class=\"sentence\">{Headline.Sentence(view)}</p>");
        WriteBar(html, view);
        html.Line($"<p class=\"facts\">target <b>{run.Target}</b>{Nodes(run)} &middot; {Times.Date(run.Started)}");
        html.Line($"&middot; {Times.Length(run.Elapsed)} &middot; seed {run.Seed}{Strict(run)}</p>");
        html.Line($"</header>");
        WriteContents(html, view);
    }

    private static void WriteBar(HtmlWriter html, RunView view)
    {
        if (view.Cases.Count == 0)
        {
            return;
        }

        html.Line($"<div class=\"verdicts\" role=\"img\" aria-label=\"verdicts\">");
        foreach (var verdict in Order.Where(verdict => view.Count(verdict) > 0))
        {
            html.Line($"<span class=\"{HtmlReport.Class(verdict)}\" style=\"flex-grow:{view.Count(verdict)}\"></span>");
        }

        html.Line($"</div><ul class=\"counts\">");
        foreach (var verdict in Order)
        {
            var none = view.Count(verdict) == 0 ? " none" : "";
            html.Line($"<li class=\"{HtmlReport.Class(verdict)}{none}\">");
            html.Line($"<b>{view.Count(verdict)}</b> {HtmlReport.Word(verdict)}</li>");
        }

        html.Line($"</ul>");
    }

    private static void WriteContents(HtmlWriter html, RunView view)
    {
        (string Anchor, string Name, bool Is)[] sections =
        [
            ("findings", "Findings", FindingsSection.IsNeeded(view)),
            ("failover", "Failover", view.Failovers.Any()),
            ("latency", "Latency", view.Failovers.Any()),
            ("requirements", "Requirements", true),
            ("mutants", "Mutants", view.Run.Mutants.Count > 0),
            ("not-supported", "Not supported", view.Count(Verdict.NotSupported) > 0),
            ("cases", "Cases", view.Cases.Count > 0),
            ("environment", "Environment", true),
        ];

        html.Line($"<nav>");
        foreach (var (anchor, name, _) in sections.Where(section => section.Is))
        {
            html.Line($"<a href=\"#{anchor}\">{name}</a>");
        }

        html.Line($"</nav>");
    }

    private static Markup Strict(RunResults run) => Markup.Of(
        $"{(run.Strict ? " · strict" : "")}{(run.Mutant is { } mutant ? $" · mutant {mutant}" : "")}");

    private static string Nodes(RunResults run) =>
        run.Nodes.Count == 0 ? "" : $" ({run.Nodes.Count} nodes, {run.PublicAddresses.Count} public addresses)";
}
