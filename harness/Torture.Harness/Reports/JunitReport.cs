using System.Globalization;
using System.Xml.Linq;
using Torture.Harness.Reports.Html;
using Torture.Harness.Results;

namespace Torture.Harness.Reports;

/// <summary>results.junit.xml: a test suite for each of ours, failures as failure, inconclusive as error.</summary>
internal static class JunitReport
{
    public static string Write(RunView view)
    {
        var root = new XElement(
            "testsuites",
            new XAttribute("name", $"torture {view.Run.Target}"),
            CountsOf(view, view.Cases),
            new XAttribute("time", Times.Seconds(view.Run.Elapsed)));

        foreach (var suite in view.Cases.GroupBy(result => CaseSection.SuiteOf(result.Id)))
        {
            root.Add(SuiteElement(view, suite.Key, [.. suite]));
        }

        return XmlText.Write(root);
    }

    private static XElement SuiteElement(RunView view, string name, IReadOnlyList<CaseResult> cases) => new(
        "testsuite",
        new XAttribute("name", XmlText.Clean(name)),
        CountsOf(view, cases),
        new XAttribute("skipped", cases.Count(result => result.Verdict == Verdict.NotSupported)),
        new XAttribute("time", Times.Seconds(Sum(cases))),
        new XAttribute("timestamp", (view.Run.Started + cases.Min(result => result.Started)).UtcDateTime
            .ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)),
        new XAttribute("hostname", XmlText.Clean(view.Run.Target)),
        cases.Select(result => CaseElement(view, result)));

    private static XElement CaseElement(RunView view, CaseResult result)
    {
        var dot = result.Id.LastIndexOf('.');
        var element = new XElement(
            "testcase",
            new XAttribute("classname", XmlText.Clean(dot < 0 ? result.Id : result.Id[..dot])),
            new XAttribute("name", XmlText.Clean(dot < 0 ? result.Id : result.Id[(dot + 1)..])),
            new XAttribute("time", Times.Seconds(result.Elapsed)));

        if (Outcome(view, result) is { } outcome)
        {
            element.Add(outcome);
        }

        if (result.Verdict == Verdict.Expected || (result.Verdict == Verdict.NotStrict && !view.Run.Strict))
        {
            element.Add(new XElement("system-out", XmlText.Clean(view.Told(result))));
        }
        else if (result.Log.Count > 0)
        {
            element.Add(new XElement("system-out", XmlText.Clean(string.Join('\n', result.Log))));
        }

        return element;
    }

    private static XElement? Outcome(RunView view, CaseResult result) => result.Verdict switch
    {
        Verdict.Failed => Finding("failure", view, result),
        Verdict.NotStrict when view.Run.Strict => Finding("failure", view, result),
        Verdict.Inconclusive => Finding("error", view, result),
        Verdict.NotSupported => new XElement("skipped", new XAttribute("message", XmlText.Clean(Short(result)))),
        _ => null,
    };

    private static XElement Finding(string name, RunView view, CaseResult result) => new(
        name,
        new XAttribute("type", result.Verdict),
        new XAttribute("message", XmlText.Clean(Short(result))),
        XmlText.Clean(view.Told(result)));

    private static object[] CountsOf(RunView view, IReadOnlyList<CaseResult> cases) =>
    [
        new XAttribute("tests", cases.Count),
        new XAttribute("failures", cases.Count(result => result.Verdict == Verdict.Failed
            || (result.Verdict == Verdict.NotStrict && view.Run.Strict))),
        new XAttribute("errors", cases.Count(result => result.Verdict == Verdict.Inconclusive)),
    ];

    /// <summary>One line: the first finding, or the reason.</summary>
    private static string Short(CaseResult result) =>
        result.Checks.FirstOrDefault(check => check.Outcome is CheckOutcome.Broken or CheckOutcome.CannotTell)
            is { } check
            ? $"{check.Requirement}: expected {check.Expected}, actual {check.Actual}"
            : result.Reason ?? string.Join(", ", result.Lacks);

    private static TimeSpan Sum(IEnumerable<CaseResult> cases) =>
        cases.Aggregate(TimeSpan.Zero, (sum, result) => sum + result.Elapsed);
}
