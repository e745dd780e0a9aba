using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.Harness.Reports;
using Torture.Harness.Reports.Drawing;
using Torture.Harness.Reports.Html;
using Torture.Harness.Results;

namespace Torture.SelfTests.Reports;

/// <summary>The page that compares targets, from figures that were never measured.</summary>
public sealed class ComparisonTests
{
    private static readonly ComparisonView View = new(SampleComparison.Whole());
    private static readonly string Page = ComparisonPage.Write(View);

    [Test]
    public void PageIsKeptForTheEye()
    {
        var folder = Path.Combine(TestContext.CurrentContext.WorkDirectory, "sample-comparison");
        Directory.CreateDirectory(folder);

        File.Exists(ComparisonWriter.Write(folder, SampleComparison.Whole())).Should().BeTrue();
    }

    [Test]
    public void FiguresAreThoseOfTheRepeats()
    {
        var latency = Cell("containers", "kill").Latency(Measure.Outage)!;

        latency.Should().BeEquivalentTo(new LatencyDistribution(20, Ms(100), Ms(104), Ms(108), Ms(108)));
        Cell("containers", "kill").Latency(Measure.Notification)!.Median.Should().Be(Ms(54));
        RowOf(0).Should().Be("kill containers 20 100 ms 104 ms 108 ms 108 ms 1.00 x 20 50 ms 54 ms 58 ms 58 ms 1.00 x");
    }

    [TestCase(SampleComparison.Slow, "kill", 40.0, 67.78)]
    [TestCase("containers", "ban", 1.0, 1.0)]
    public void RatiosAreOfMediansToTheFirstTarget(string target, string fault, double outage, double told)
    {
        View.Ratio(Cell(target, fault), Measure.Outage).Should().BeApproximately(outage, 0.006);
        View.Ratio(Cell(target, fault), Measure.Notification).Should().BeApproximately(told, 0.006);
        View.Ratio(Cell(SampleRun.Hostile, fault), Measure.Outage).Should().BeApproximately(1.5, 0.006);
    }

    [Test]
    public void WithoutAFigureOfTheFirstThereIsNoRatio()
    {
        var whole = SampleComparison.Whole();
        var view = new ComparisonView(whole with { Targets = [.. whole.Targets.Reverse()] });

        view.Cells.Select(cell => view.Ratio(cell, Measure.Outage)).Should().AllBeEquivalentTo((double?)null);
        ComparisonPage.Write(view).Should().Contain("no base").And.NotContain("NaN");
        ComparisonSentence.Of(view).Should().Contain("containers has nothing in common with samba-ctdb.");
    }

    [Test]
    public void RepeatsThatWereNotSeenAreCounted() => RowOf(1).Should().Contain(" 18 of 20 4.000 s");

    [Test]
    public void WhatATargetCannotDoIsSaidInItsCell()
    {
        View.Cells.Should().HaveCount(8);
        RowOf(5).Should().Be(
            $"{SampleComparison.Slow} not supported: {SampleComparison.Cannot} "
            + $"not supported: {SampleComparison.Cannot}");
        RowOf(3).Should().StartWith("samba-ctdb not measured: the image torture-samba is missing");
        Regex.Count(Page, $"<text class=\"lack\"[^>]*>not supported: {SampleComparison.Cannot}").Should().Be(1);
    }

    [Test]
    public void ConclusionIsOneLine()
    {
        var view = new ComparisonView(SampleComparison.Whole() with
        {
            Targets = [.. SampleComparison.Whole().Targets.Where(target => target.Name != SampleRun.Hostile)],
        });

        ComparisonSentence.Of(view).Should().Be(
            "containers notifies 22 ms to 54 ms after the fault; its outages take 42 ms to 104 ms (medians). "
            + "containers:engine=ctdb takes 67.8 x the time of containers to the notification and "
            + "40.0 x the time of containers for the outage. samba-ctdb was not measured: the image torture-samba is "
            + "missing: `torture cluster images` makes it. Stamp error at most 380 us, of 95 in 100 markers 90 us.");
    }

    [Test]
    public void StampErrorSaysHowItIsKnown() =>
        Page.Should().ContainAll(
            "12 us, 30 us, 45 us", "20 us, 90 us, 1900 us", "at most 45 us, of 95 in 100 markers 30 us", "one link",
            "at most 380 us, of 95 in 100 markers 90 us",
            "no marker was captured");

    [Test]
    public void NamesAreNeverMarkup()
    {
        Page.Should().NotContain("<script").And.NotContain("\0").And.NotContain("\u202e");
        Page.Should().Contain("&lt;script&gt;alert(1)&lt;/script&gt;\\u0000\\u202E\\uFFFD");
        Page.Should().Contain("<a href=\"etc/report.html\">");
    }

    [Test]
    public void PageNeedsNothingFromElsewhereAndBalances()
    {
        Regex.Matches(Page, "(src=|<script|<link|@import|url\\()").Should().BeEmpty();
        foreach (var element in "section table tr td th dl svg figure p span text i".Split(' '))
        {
            Regex.Count(Page, $"<{element}[ >]").Should().Be(Regex.Count(Page, $"</{element}>"), element);
        }
    }

    [Test]
    public void PageComesFromTheFile()
    {
        var folder = Directory.CreateTempSubdirectory("torture-comparison-").FullName;
        try
        {
            var plain = SampleComparison.Whole() with { Targets = [SampleComparison.Whole().Targets[0]] };
            var page = File.ReadAllText(ComparisonWriter.Write(folder, plain));

            ComparisonFile.Read(folder).Should().BeEquivalentTo(plain);
            page.Should().Be(ComparisonPage.Write(new ComparisonView(plain)));
            File.WriteAllText(Path.Combine(folder, ComparisonFile.Name), "{ \"targets\": [null] }");
            FluentActions.Invoking(() => ComparisonWriter.Draw(folder))
                .Should().Throw<InvalidDataException>().WithMessage($"{folder}*is not a comparison*");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void PhasesFollowEachOtherFromTheFault()
    {
        var drawn = Phases(new PhaseRow(
            "a", [new("T4", "told", Ms(50)), new("T1", "silence", Ms(-3)), new("T2", "taken", Ms(20))]));

        drawn.Select(phase => phase.Name).Should().Equal("t2", "t4");
        (drawn[0].Left + drawn[0].Width).Should().BeApproximately(drawn[1].Left, 0.02);
        (drawn[0].Width / drawn[1].Width).Should().BeApproximately(20.0 / 30, 0.001);
    }

    [Test]
    public void ABarTooShortToReadIsMagnified()
    {
        var svg = PhaseSvg.Draw(
            "both",
            [
                new PhaseRow("a", [new("T7", "served", Ms(20))]),
                new PhaseRow("b", [new("T7", "served", Ms(4000))]),
            ]).Text;

        svg.Should().Contain("100 x as long").And.Contain(">T7\n20 ms<").And.Contain(">T7\n4.000 s<");
        Regex.Count(svg, "x as long").Should().Be(1);
    }

    [TestCase("containers", "passed")]
    [TestCase(SampleComparison.Slow, "notsupported")]
    [TestCase(SampleComparison.Down, "inconclusive")]
    public void ThePageHasTheColourOfTheWorst(string target, string colour)
    {
        var whole = SampleComparison.Whole();
        var one = whole with { Targets = [.. whole.Targets.Where(each => each.Name == target)] };

        ComparisonPage.Write(new ComparisonView(one)).Should().Contain($"<header class=\"result {colour}\">");
        Page.Should().Contain("<header class=\"result inconclusive\">");
    }

    [Test]
    public void NothingMeasuredIsAPageToo() =>
        ComparisonPage.Write(new ComparisonView(SampleComparison.Whole() with { Targets = [] }))
            .Should().Contain("Nothing was measured.");

    private static IReadOnlyList<(string Name, double Left, double Width)> Phases(PhaseRow row) =>
    [
        .. Regex.Matches(PhaseSvg.Draw("a", [row]).Text, "phase (t\\d)\" x=\"([\\d.]+)\"[^>]*\nwidth=\"([\\d.]+)\"")
            .Select(match => (
                match.Groups[1].Value, double.Parse(match.Groups[2].Value), double.Parse(match.Groups[3].Value))),
    ];

    /// <summary>Text of a row of the first table.</summary>
    private static string RowOf(int row)
    {
        var body = Regex.Match(Page, "<table class=\"compared\">.*?<tbody>(.*?)</tbody>", RegexOptions.Singleline);
        var text = body.Groups[1].Value.Split("</tr>")[row];
        return Regex.Replace(Regex.Replace(text, "<[^>]*>", " "), "\\s+", " ").Trim();
    }

    private static ComparisonCell Cell(string target, string fault) =>
        View.Cells.Single(cell => cell.Target.Name == target && cell.Fault == fault);

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
