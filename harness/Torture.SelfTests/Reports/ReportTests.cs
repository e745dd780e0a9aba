using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Reports;
using Torture.Harness.Reports.Html;
using Torture.Harness.Results;
using Torture.Requirements;

namespace Torture.SelfTests.Reports;

public sealed class ReportTests
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    private static RunView View(Func<RunResults, RunResults>? change = null) =>
        new((change ?? (run => run))(SampleRun.Whole()), SampleRun.Facts);

    [Test]
    public void PageIsKeptForTheEye()
    {
        var folder = Directory.CreateDirectory(Path.Combine(TestContext.CurrentContext.WorkDirectory, "sample-report"));

        File.WriteAllText(Path.Combine(folder.FullName, ReportWriter.Html), HtmlReport.Write(View()));

        File.Exists(Path.Combine(folder.FullName, ReportWriter.Html)).Should().BeTrue();
    }

    [Test]
    public void SameInputSameBytes()
    {
        HtmlReport.Write(View()).Should().Be(HtmlReport.Write(View()));
        TrxReport.Write(View()).Should().Be(TrxReport.Write(View()));
        JunitReport.Write(View()).Should().Be(JunitReport.Write(View()));
        RequirementsReport.Write(View()).Should().Be(RequirementsReport.Write(View()));
    }

    [Test]
    public void ResultsComeBackFromTheFile()
    {
        var folder = Directory.CreateTempSubdirectory("torture-report-").FullName;

        try
        {
            var whole = SampleRun.Whole();
            var run = whole with { Cases = [.. whole.Cases.Where(result => result.Log.Count != 1)] };
            ResultsFile.Write(folder, run);

            Directory.CreateDirectory(Path.Combine(folder, "cases", SampleRun.Kill));

            ReportWriter.WriteAll(folder).Should().Be(Path.Combine(folder, "report.html"));
            ResultsFile.Read(folder).Should().BeEquivalentTo(run);
            Directory.EnumerateFiles(folder).Select(Path.GetFileName).Should().BeEquivalentTo(
                "results.json", "report.html", "results.trx", "results.junit.xml", "requirements.json");
            XDocument.Load(Path.Combine(folder, "cases", SampleRun.Kill, "timeline.svg")).Root!
                .Name.LocalName.Should().Be("svg");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void BrokenResultsFileIsToldByItsPath()
    {
        var folder = Directory.CreateTempSubdirectory("torture-report-").FullName;

        try
        {
            File.WriteAllText(Path.Combine(folder, ResultsFile.Name), "{ \"cases\": [");

            FluentActions.Invoking(() => ResultsFile.Read(folder))
                .Should().Throw<InvalidDataException>().WithMessage($"{folder}*not a results file*");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void HeadlineTellsTheWorst()
    {
        Headline.Word(View()).Should().Be("Does not conform");
        Headline.Sentence(View()).Should().Be(
            "2 of 72 cases failed and broke SWN-R044 (GroupNameTerminated), SWN-R145 (KeepAliveElapses); "
            + "1 more could not be judged.");
    }

    [TestCase(Verdict.Passed, false, "Conforms")]
    [TestCase(Verdict.NotStrict, false, "Conforms, not strictly")]
    [TestCase(Verdict.NotStrict, true, "Does not conform")]
    [TestCase(Verdict.NotSupported, false, "Nothing was tested")]
    [TestCase(Verdict.Inconclusive, false, "Inconclusive")]
    [TestCase(Verdict.Failed, false, "Does not conform")]
    public void HeadlineFollowsTheVerdicts(Verdict verdict, bool strict, string word) =>
        Headline.Word(View(run => run with { Strict = strict, Cases = [run.Cases[0] with { Verdict = verdict }] }))
            .Should().Be(word);

    [Test]
    public void RunThatWasCutShortNeverConforms()
    {
        var view = View(run => run with { Finished = false, Stopped = "Ctrl-C", Cases = [run.Cases[0]] });

        Headline.Word(view).Should().Be("Inconclusive");
        Headline.Sentence(view).Should().StartWith("The run was cut short: Ctrl-C.");
    }

    [Test]
    public void RunOfNothingIsInconclusive() =>
        Headline.Sentence(View(run => run with { Cases = [] })).Should().Be("No case matched.");

    [Test]
    public void PageHasFindingsInFull()
    {
        var page = HtmlReport.Write(View());

        page.Should().ContainAll(
            "A pending AsyncNotify fails with ERROR_TIMEOUT once the keep-alive time has passed.",
            "[MS-SWN] 3.1.5.2 MUST SWN-R145",
            "reply.Status is ERROR_TIMEOUT (0x5B4)",
            "RESOURCE_CHANGE 10.0.0.12 UNAVAILABLE",
            "t+6.013 s, frame 41 of <a href=\"cases/rpc.witness.KeepAlive.Elapses/capture.pcapng\">",
            "torture run rpc.witness.KeepAlive.Elapses --target loopback",
            "sudo ip -6 route add local");
    }

    [Test]
    public void PageNeedsNothingFromElsewhere() =>
        Regex.Matches(HtmlReport.Write(View()), "(src=|<script|<link|@import|url\\()").Should().BeEmpty();

    [Test]
    public void EveryLinkOnThePageHasItsEnd()
    {
        var page = HtmlReport.Write(View());
        var ends = Regex.Matches(page, "id=\"([^\"]+)\"").Select(match => match.Groups[1].Value).ToList();

        ends.Should().OnlyHaveUniqueItems();
        Regex.Matches(page, "href=\"#([^\"]+)\"").Select(match => match.Groups[1].Value).Distinct()
            .Should().BeSubsetOf(ends);
    }

    [Test]
    public void ServerSentTextIsNeverMarkup()
    {
        var page = HtmlReport.Write(View());

        page.Should().NotContain("<script").And.NotContain("\0").And.NotContain("\u202e");
        page.Should().Contain("&lt;script&gt;alert(1)&lt;/script&gt;\\u0000\\u202E\\uFFFD");
    }

    [Test]
    public void EvidenceLinkCannotLeaveTheFolder()
    {
        Links.Path("../../etc", "passwd").Should().Be("etc/passwd");
        Links.Path("javascript:alert(1)").Should().Be("javascript%3Aalert%281%29");
    }

    [Test]
    public void PageBalancesItsElements()
    {
        var page = HtmlReport.Write(View());

        foreach (var element in "section article details table tr td dl svg figure p span".Split(' '))
        {
            Regex.Count(page, $"<{element}[ >]").Should().Be(Regex.Count(page, $"</{element}>"), element);
        }
    }

    [Test]
    public void MissingMilestoneIsMissing() =>
        HtmlReport.Write(View()).Should().Contain("<td class=\"missing\"><b>T3</b> tickled<br>not seen</td>");

    [Test]
    public void EmptyRunHasAPage() =>
        HtmlReport.Write(View(run => run with { Cases = [], Mutants = [], Nodes = [] }))
            .Should().Contain("No case matched.");

    [Test]
    public void TrxCountsWhatItHolds()
    {
        var run = XDocument.Parse(TrxReport.Write(View())).Root!;
        var outcomes = run.Descendants(Trx + "UnitTestResult")
            .CountBy(result => (string)result.Attribute("outcome")!).ToDictionary();
        var counters = run.Descendants(Trx + "Counters").Single();

        outcomes.Should().Equal(new Dictionary<string, int> { ["Passed"] = 68, ["Failed"] = 3, ["NotExecuted"] = 1 });
        ((int)counters.Attribute("failed")!).Should().Be(3);
        ((int)counters.Attribute("total")!).Should().Be(72);
        run.Descendants(Trx + "UnitTest").Attributes("id").Select(id => id.Value).Should().BeEquivalentTo(
            run.Descendants(Trx + "UnitTestResult").Attributes("testId").Select(id => id.Value));
        run.Descendants(Trx + "Message").Select(message => message.Value)
            .Should().ContainMatch("*cannot tell  The fault was not seen*");
    }

    [Test]
    public void JunitTellsFailureFromError()
    {
        var suites = XDocument.Parse(JunitReport.Write(View())).Root!;

        suites.Descendants("failure").Should().HaveCount(2);
        suites.Descendants("error").Should().ContainSingle().Which.Attribute("type")!.Value.Should().Be("Inconclusive");
        suites.Descendants("skipped").Should().ContainSingle().Which.Attribute("message")!.Value.Should().Be("IPv6");
        suites.Elements("testsuite").Sum(suite => (int)suite.Attribute("tests")!).Should().Be(72);
        suites.Attribute("failures")!.Value.Should().Be("2");
    }

    [Test]
    public void StrictRunFailsWhatIsTolerated()
    {
        var view = View(run => run with { Strict = true });

        XDocument.Parse(JunitReport.Write(view)).Descendants("failure").Should().HaveCount(3);
        XDocument.Parse(TrxReport.Write(view)).Descendants(Trx + "UnitTestResult")
            .Count(result => (string)result.Attribute("outcome")! == "Failed").Should().Be(4);
    }

    [Test]
    public void RequirementsHaveTheirStates()
    {
        using var json = JsonDocument.Parse(RequirementsReport.Write(View()));
        var states = json.RootElement.EnumerateArray().ToDictionary(
            entry => entry.GetProperty("id").GetString()!, entry => entry.GetProperty("state").GetString());

        states.Should().HaveCount(Catalogue.All.Count);
        states[Swn.KeepAliveElapses].Should().Be("failed");
        states[Swn.UnRegisterUnknownHandle].Should().Be("tolerated");
        states[Swn.InterfaceUuid].Should().Be("held");
        states[Swn.AddressMatchedByFormat].Should().Be("declared");
        states[Swn.ServerState].Should().Be("excepted");
        states[Swn.MoveReachesClient].Should().Be("untested");
    }

    [Test]
    public void FindingReadsAsEverywhere()
    {
        var view = View();
        var text = view.Told(view.Cases.First(result => result.Id == SampleRun.KeepAlive));

        text.Should().Be(
            "x rpc.witness.KeepAlive.Elapses                                               "
            + "[MS-SWN] 3.1.5.2  MUST  SWN-R145\n"
            + "    A pending AsyncNotify fails with ERROR_TIMEOUT once the keep-alive time has passed.\n"
            + "    expected  reply.Status is ERROR_TIMEOUT (0x5B4)\n"
            + "      actual  ERROR_SUCCESS (0x0), RESOURCE_CHANGE 10.0.0.12 UNAVAILABLE\n"
            + "          at  t+6.013 s, frame 41 of cases/rpc.witness.KeepAlive.Elapses/capture.pcapng\n"
            + "       again  torture run rpc.witness.KeepAlive.Elapses --target loopback");
    }
}
