using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Torture.Harness.Results;

namespace Torture.Harness.Reports;

/// <summary>results.trx: the VSTest results file that pipelines and IDEs open.</summary>
internal static class TrxReport
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    // VSTest's own: unit tests, and results that are in no list.
    private const string UnitTest = "13cdc9d9-ddb5-4fa4-a97d-d965ccfc6d4b";
    private const string NoList = "8c84fa94-04c1-424b-9868-57a2d4851a1d";
    private const string AllLists = "19431567-8539-422a-85d7-44ee4e166bda";

    public static string Write(RunView view)
    {
        var run = view.Run;
        var root = new XElement(
            Trx + "TestRun",
            new XAttribute("id", Id("run", run.RunId)),
            new XAttribute("name", $"torture {run.Arguments}".Trim()),
            TimesOf(run),
            new XElement(Trx + "TestSettings",
                new XAttribute("name", "default"), new XAttribute("id", Id("settings", run.RunId))),
            new XElement(Trx + "Results", view.Cases.Select(result => ResultOf(view, result))),
            new XElement(Trx + "TestDefinitions", view.Cases.Select(DefinitionOf)),
            new XElement(Trx + "TestEntries", view.Cases.Select(EntryOf)),
            new XElement(Trx + "TestLists",
                ListOf("Results Not in a List", NoList), ListOf("All Loaded Results", AllLists)),
            SummaryOf(view));

        return XmlText.Write(root);
    }

    private static XElement TimesOf(RunResults run) => new(
        Trx + "Times",
        new XAttribute("creation", Time(run.Started)),
        new XAttribute("queuing", Time(run.Started)),
        new XAttribute("start", Time(run.Started)),
        new XAttribute("finish", Time(run.Started + run.Elapsed)));

    private static XElement ResultOf(RunView view, CaseResult result)
    {
        var start = view.Run.Started + result.Started;
        var element = new XElement(
            Trx + "UnitTestResult",
            new XAttribute("executionId", Id("execution", result.Id)),
            new XAttribute("testId", Id("test", result.Id)),
            new XAttribute("testName", XmlText.Clean(result.Id)),
            new XAttribute("computerName", XmlText.Clean(view.Run.Target)),
            new XAttribute("duration", result.Elapsed.ToString("c")),
            new XAttribute("startTime", Time(start)),
            new XAttribute("endTime", Time(start + result.Elapsed)),
            new XAttribute("testType", UnitTest),
            new XAttribute("outcome", OutcomeOf(view, result)),
            new XAttribute("testListId", NoList),
            new XAttribute("relativeResultsDirectory", Id("execution", result.Id)));

        if (result.Verdict != Verdict.Passed)
        {
            element.Add(OutputOf(view, result));
        }

        return element;
    }

    private static XElement OutputOf(RunView view, CaseResult result)
    {
        var output = new XElement(Trx + "Output");

        if (result.Log.Count > 0)
        {
            output.Add(new XElement(Trx + "StdOut", XmlText.Clean(string.Join('\n', result.Log))));
        }

        output.Add(new XElement(
            Trx + "ErrorInfo", new XElement(Trx + "Message", XmlText.Clean(view.Told(result)))));

        return output;
    }

    private static XElement DefinitionOf(CaseResult result)
    {
        var dot = result.Id.LastIndexOf('.');

        return new XElement(
            Trx + "UnitTest",
            new XAttribute("name", XmlText.Clean(result.Id)),
            new XAttribute("storage", "torture.suites.dll"),
            new XAttribute("id", Id("test", result.Id)),
            new XElement(Trx + "Execution", new XAttribute("id", Id("execution", result.Id))),
            new XElement(
                Trx + "TestMethod",
                new XAttribute("codeBase", "Torture.Suites.dll"),
                new XAttribute("adapterTypeName", "executor://nunit3testexecutor/"),
                new XAttribute("className", XmlText.Clean(dot < 0 ? result.Id : result.Id[..dot])),
                new XAttribute("name", XmlText.Clean(dot < 0 ? result.Id : result.Id[(dot + 1)..]))));
    }

    private static XElement EntryOf(CaseResult result) => new(
        Trx + "TestEntry",
        new XAttribute("testId", Id("test", result.Id)),
        new XAttribute("executionId", Id("execution", result.Id)),
        new XAttribute("testListId", NoList));

    private static XElement ListOf(string name, string id) =>
        new(Trx + "TestList", new XAttribute("name", name), new XAttribute("id", id));

    private static XElement SummaryOf(RunView view)
    {
        var outcomes = view.Cases.CountBy(result => OutcomeOf(view, result)).ToDictionary();
        var (passed, failed) = (outcomes.GetValueOrDefault("Passed"), outcomes.GetValueOrDefault("Failed"));

        return new XElement(
            Trx + "ResultSummary",
            new XAttribute("outcome", failed > 0 || !view.Run.Finished ? "Failed" : "Completed"),
            new XElement(
                Trx + "Counters",
                new XAttribute("total", view.Cases.Count),
                new XAttribute("executed", passed + failed),
                new XAttribute("passed", passed),
                new XAttribute("failed", failed),
                new XAttribute("error", 0),
                new XAttribute("timeout", 0),
                new XAttribute("aborted", 0),
                new XAttribute("inconclusive", 0),
                new XAttribute("notExecuted", outcomes.GetValueOrDefault("NotExecuted"))),
            new XElement(Trx + "Output", new XElement(
                Trx + "StdOut", XmlText.Clean($"{Headline.Word(view)}. {Headline.Sentence(view)}"))));
    }

    // Tools do not count Inconclusive: who reads only outcomes must still see red.
    private static string OutcomeOf(RunView view, CaseResult result) => result.Verdict switch
    {
        Verdict.Passed => "Passed",
        Verdict.Expected => "Passed",
        Verdict.NotStrict => view.Run.Strict ? "Failed" : "Passed",
        Verdict.NotSupported => "NotExecuted",
        _ => "Failed",
    };

    private static string Time(DateTimeOffset time) =>
        XmlConvert.ToString(time.UtcDateTime, XmlDateTimeSerializationMode.Utc);

    /// <summary>The same id for the same case in every run, so that tools can follow it.</summary>
    private static string Id(string kind, string name) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{name}")).AsSpan(0, 16)).ToString();
}
