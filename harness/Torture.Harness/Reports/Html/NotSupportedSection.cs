using Torture.Harness.Results;

namespace Torture.Harness.Reports.Html;

/// <summary>What the target lacks, what would give it, and the cases that wait for it.</summary>
internal static class NotSupportedSection
{
    public static void Write(HtmlWriter html, RunView view)
    {
        var waiting = view.With(Verdict.NotSupported)
            .SelectMany(result => (result.Lacks.Count > 0 ? result.Lacks : ["unnamed"]).Select(lack => (lack, result)))
            .GroupBy(pair => pair.lack, pair => pair.result)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToList();
        if (waiting.Count == 0)
        {
            return;
        }

        html.Line($"<section id=\"not-supported\"><h2>Not supported</h2>");
        html.Line($"<table><thead><tr><th>missing</th><th>what would give it</th><th>cases</th></tr></thead><tbody>");
        foreach (var group in waiting)
        {
            html.Line($"<tr><td><b>{group.Key}</b></td><td>{Remedy(view.Run, group.Key, group)}</td>");
            html.Line($"<td><details><summary>{group.Count()}</summary>");
            foreach (var result in group)
            {
                html.Line($"<span id=\"{Links.Case(result.Id)}\">{result.Id}</span><br>");
            }

            html.Line($"</details></td></tr>");
        }

        html.Line($"</tbody></table></section>");
    }

    private static string Remedy(RunResults run, string lack, IEnumerable<CaseResult> cases) =>
        run.Missing.TryGetValue(lack, out var remedy)
            ? remedy
            : cases.Select(result => result.Reason).FirstOrDefault(reason => reason is not null) ?? "";
}
