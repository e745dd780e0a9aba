using Torture.Harness.Results;

namespace Torture.Harness.Reports.Html;

/// <summary>All cases by suite, and the slowest of them.</summary>
internal static class CaseSection
{
    private const int Slowest = 10;

    public static void Write(HtmlWriter html, RunView view)
    {
        if (view.Cases.Count == 0)
        {
            return;
        }

        html.Line($"<section id=\"cases\"><h2>Cases</h2>");
        foreach (var suite in view.Cases.GroupBy(result => SuiteOf(result.Id)))
        {
            WriteSuite(html, view, suite.Key, [.. suite]);
        }

        WriteSlowest(html, view);
        html.Line($"</section>");
    }

    /// <summary>The namespaces of an id: what comes before its class and its method.</summary>
    internal static string SuiteOf(string id)
    {
        var words = id.Split('.');
        var suite = words.TakeWhile(word => word.Length > 0 && !char.IsAsciiLetterUpper(word[0])).ToList();

        return suite.Count > 0 ? string.Join('.', suite) : id;
    }

    private static void WriteSuite(HtmlWriter html, RunView view, string suite, IReadOnlyList<CaseResult> cases)
    {
        html.Line($"<details><summary>{suite} <small>{cases.Count} cases, {Times.Length(Sum(cases))} ");
        foreach (var verdicts in cases.CountBy(result => result.Verdict).OrderByDescending(pair => pair.Key))
        {
            html.Line($"{HtmlReport.Pill(verdicts.Key, verdicts.Value)}");
        }

        html.Line($"</small></summary><table><tbody>");
        foreach (var result in cases)
        {
            html.Line($"<tr{Anchor(result)}><td>{HtmlReport.Pill(result.Verdict)}</td>");
            html.Line($"<td>{result.Id}</td><td class=\"number\">{Times.Length(result.Elapsed)}</td>");
            html.Line($"<td class=\"number\">{result.Checks.Count} checks</td><td>{result.Expectation}</td></tr>");
        }

        html.Line($"</tbody></table></details>");
    }

    // The other verdicts have their anchor where the report tells of them in full.
    private static Markup Anchor(CaseResult result) =>
        result.Verdict == Verdict.Passed ? Markup.Of($" id=\"{Links.Case(result.Id)}\"") : default;

    private static void WriteSlowest(HtmlWriter html, RunView view)
    {
        var slowest = view.Cases.OrderByDescending(result => result.Elapsed).Take(Slowest).ToList();
        var longest = Math.Max(slowest[0].Elapsed.TotalSeconds, 0.001);

        html.Line($"<h3 class=\"sub\">Slowest</h3><table class=\"slowest\"><tbody>");
        foreach (var result in slowest.Where(result => result.Elapsed > TimeSpan.Zero))
        {
            var width = result.Elapsed.TotalSeconds / longest * 100;
            html.Line($"<tr><td>{result.Id}</td><td class=\"number\">{Times.Length(result.Elapsed)}</td>");
            html.Line($"<td class=\"share\"><i style=\"width:{width:0.#}%\"></i></td></tr>");
        }

        html.Line($"</tbody></table>");
    }

    private static TimeSpan Sum(IEnumerable<CaseResult> cases) =>
        cases.Aggregate(TimeSpan.Zero, (sum, result) => sum + result.Elapsed);
}
