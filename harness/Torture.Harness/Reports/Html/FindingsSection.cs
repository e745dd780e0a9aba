using Torture.Harness.Results;
using Torture.Requirements;

namespace Torture.Harness.Reports.Html;

/// <summary>Every failed and every inconclusive case in full; then what was merely tolerated.</summary>
internal static class FindingsSection
{
    private const string Capture = "capture.pcapng";

    public static bool IsNeeded(RunView view) =>
        view.Cases.Any(result => result.Verdict is Verdict.Failed or Verdict.Inconclusive or Verdict.Expected
            or Verdict.NotStrict);

    public static void Write(HtmlWriter html, RunView view)
    {
        if (!IsNeeded(view))
        {
            return;
        }

        html.Line($"<section id=\"findings\"><h2>Findings</h2>");

        foreach (var result in view.With(Verdict.Failed).Concat(view.With(Verdict.Inconclusive).Where(WasReached)))
        {
            WriteCase(html, view, result);
        }

        WriteNotReached(html, view);
        WriteTolerated(html, view);
        html.Line($"</section>");
    }

    private static bool WasReached(CaseResult result) => result.Reason != CaseResult.NotReached;

    private static void WriteCase(HtmlWriter html, RunView view, CaseResult result)
    {
        html.Line($"<article class=\"finding {HtmlReport.Class(result.Verdict)}\" id=\"{Links.Case(result.Id)}\">");
        html.Line($"<h3><span class=\"verdict\">{HtmlReport.Word(result.Verdict)}</span> {result.Id}</h3>");

        if (result.Reason is { } reason)
        {
            html.Line($"<p class=\"reason\">{reason}</p>");
        }

        if (result.Exception is { } exception && result.Checks.All(check => !IsFinding(check)))
        {
            html.Line($"<details><summary>exception</summary><pre>{exception}</pre></details>");
        }

        foreach (var check in result.Checks.Where(IsFinding))
        {
            WriteCheck(html, result, check);
        }

        html.Line($"<dl class=\"again\"><dt>again</dt><dd><code>{view.Again(result.Id)}</code></dd>");
        WriteEvidence(html, result);
        html.Line($"</dl>");
        WriteLog(html, result);
        html.Line($"</article>");
    }

    private static bool IsFinding(CheckResult check) =>
        check.Outcome is CheckOutcome.Broken or CheckOutcome.CannotTell
        || check.Wire == WireConfirmation.Contradicted;

    private static void WriteCheck(HtmlWriter html, CaseResult result, CheckResult check)
    {
        html.Line($"<div class=\"check\">");

        if (Catalogue.TryGet(check.Requirement, out var requirement))
        {
            html.Line($"<p class=\"requirement\"><b>{requirement.Sentence}</b>");
            html.Line($"<span>{requirement.Citation} {requirement.LevelName} {requirement.Id}</span></p>");
        }
        else
        {
            html.Line($"<p class=\"requirement\"><b>{check.Requirement}</b></p>");
        }

        var tolerated = check.Tolerated is null ? "" : $" (tolerated: {check.Tolerated})";
        html.Line($"<dl><dt>expected</dt><dd>{check.Subject} is {check.Expected}{tolerated}</dd>");
        html.Line($"<dt>actual</dt><dd class=\"actual\">{check.Actual}</dd>");

        if (check.OnTheWire is { } packets)
        {
            html.Line($"<dt>on the wire</dt><dd class=\"actual\">{packets}</dd>");
        }

        html.Line($"<dt>at</dt><dd>{Times.Since(check.At)}{Where(result, check)}</dd>");

        if (requirement?.Note is { } note)
        {
            html.Line($"<dt>note</dt><dd>{note}</dd>");
        }

        html.Line($"</dl></div>");
    }

    private static Markup Where(CaseResult result, CheckResult check)
    {
        var by = check.Checker is null ? default : Markup.Of($", found by {check.Checker}");

        return (check.Frame, result.Evidence) switch
        {
            ({ } frame, { } folder) => Markup.Of(
                $", frame {frame} of <a href=\"{Links.Path(folder, Capture)}\">{folder}/{Capture}</a>{by}"),
            ({ } frame, null) => Markup.Of($", frame {frame}{by}"),
            _ => Markup.Of($", recorded only: no frame shows it{by}"),
        };
    }

    private static void WriteEvidence(HtmlWriter html, CaseResult result)
    {
        if (result.Evidence is not { } folder)
        {
            return;
        }

        html.Line($"<dt>evidence</dt><dd>");
        foreach (var file in new[] { Capture, "history.jsonl", "log.txt", "nodes" })
        {
            html.Line($"<a href=\"{Links.Path(folder, file)}\">{file}</a>");
        }

        html.Line($"</dd>");
    }

    private static void WriteLog(HtmlWriter html, CaseResult result)
    {
        if (result.Log.Count > 0)
        {
            html.Line($"<details><summary>log, its end</summary><pre>{string.Join('\n', result.Log)}</pre></details>");
        }
    }

    private static void WriteNotReached(HtmlWriter html, RunView view)
    {
        var cases = view.With(Verdict.Inconclusive).Where(result => !WasReached(result)).ToList();
        if (cases.Count == 0)
        {
            return;
        }

        html.Line($"<article class=\"finding inconclusive\"><h3><span class=\"verdict\">not reached</span>");
        html.Line($"{cases.Count} planned cases</h3>");
        html.Line($"<details><summary>the run ended before them</summary><ul class=\"plain\">");
        foreach (var result in cases)
        {
            html.Line($"<li>{result.Id}</li>");
        }

        html.Line($"</ul></details></article>");
    }

    private static void WriteTolerated(HtmlWriter html, RunView view)
    {
        var tolerated = view.With(Verdict.NotStrict)
            .SelectMany(result => result.Checks
                .Where(check => check.Outcome == CheckOutcome.Tolerated)
                .Select(check => (result, check)))
            .ToList();
        if (tolerated.Count == 0)
        {
            return;
        }

        html.Line($"<h3 class=\"sub\">Tolerated answers</h3><table><thead><tr><th>case</th><th>requirement</th>");
        html.Line($"<th>expected</th><th>actual</th></tr></thead><tbody>");
        foreach (var (result, check) in tolerated)
        {
            html.Line($"<tr class=\"notstrict\" id=\"{Links.Case(result.Id)}\"><td>{result.Id}</td>");
            html.Line($"<td><a href=\"#{check.Requirement}\">{check.Requirement}</a></td>");
            html.Line($"<td>{check.Expected}</td><td>{check.Actual}</td></tr>");
        }

        html.Line($"</tbody></table>");
    }
}
