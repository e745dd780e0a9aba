using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Results;
using Torture.Requirements;

namespace Torture.SelfTests.Harness;

/// <summary>How cases end, seen through real NUnit runs.</summary>
public sealed class VerdictTable
{
    [TestCase("Passes", Verdict.Passed, null)]
    [TestCase("Tolerates", Verdict.NotStrict, null)]
    [TestCase("Breaks", Verdict.Failed, null)]
    [TestCase("ToleratesAndBreaks", Verdict.Failed, null)]
    [TestCase("Throws", Verdict.Failed, "InvalidDataException: torn")]
    [TestCase("Connects", Verdict.Failed, "IOException: nobody listens")]
    [TestCase("CannotTell", Verdict.Inconclusive, "nobody there")]
    [TestCase("IsNotSupportedHalfWay", Verdict.NotSupported, "MoveShare: write the hook move-share")]
    [TestCase("NeedsWhatIsMissing", Verdict.NotSupported, "BanNode: write the hook ban")]
    [TestCase("IsVacuous", Verdict.Failed, "vacuous: HOUSE-003 is declared and was never checked")]
    [TestCase("RunsIntoItsDeadline", Verdict.Failed, "not at its end after its deadline of 0.05 s")]
    public async Task EndsAs(string name, Verdict verdict, string? reason)
    {
        using var run = new TinyRun();

        var result = await run.OneAsync($"tiny.Verdicts.{name}");

        result.Verdict.Should().Be(verdict);
        result.Reason.Should().Be(reason);
    }

    [Test]
    public async Task StrictFailsWhatIsTolerated()
    {
        using var run = new TinyRun();

        var result = await run.OneAsync("tiny.Verdicts.Tolerates", options => options with { Strict = true });

        result.Verdict.Should().Be(Verdict.Failed);
    }

    [Test]
    public async Task MissingCapabilityFailsWhereTheRunSaysSo()
    {
        using var run = new TinyRun();

        var result = await run.OneAsync(
            "tiny.Verdicts.NeedsWhatIsMissing", options => options with { MissingIsFailure = true });

        result.Verdict.Should().Be(Verdict.Failed);
        result.Lacks.Should().Equal("BanNode");
    }

    [Test]
    public async Task EveryCheckIsToldNotOnlyTheFirst()
    {
        using var run = new TinyRun();

        var result = await run.OneAsync("tiny.Verdicts.Breaks");

        result.Checks.Select(check => check.Outcome).Should().Equal(
            CheckOutcome.Broken, CheckOutcome.Held, CheckOutcome.Broken);
        result.Checked.Should().Contain(
            new Dictionary<string, int> { [House.StaysUp] = 2, [House.NeverHangs] = 1 });
    }

    [Test]
    public async Task LocalCasesGetNoCluster()
    {
        using var run = new TinyRun();

        var results = await run.RunAsync(null, "local");

        results.Cases.Select(result => (result.Id, result.Verdict)).Should().Equal(
            ("local.tiny.NoCluster.AsksForOne", Verdict.Failed), ("local.tiny.NoCluster.Passes", Verdict.Passed));
        results.Nodes.Should().BeEmpty("the target was never brought up");
    }

    [Test]
    public void IdsAreNamesWithoutTheRoot()
    {
        using var run = new TinyRun();

        run.Cases.Select(planned => planned.Id).Should().Contain(
            ["tiny.Verdicts.Passes", "tiny.Verdicts.Counts.One", "tiny.Faults.DisablesANode"]);
        run.Cases.Single(planned => planned.Id == "tiny.Faults.DisablesANode").Breaks.Should().BeTrue();
        run.Cases.Should().OnlyContain(planned => planned.IsUnder("TINY") == planned.Id.Contains("tiny."));
    }

    [Test]
    public async Task EvidenceLiesBesideTheResult()
    {
        using var run = new TinyRun();

        var result = await run.OneAsync("tiny.Verdicts.Breaks");

        result.Evidence.Should().Be("cases/tiny.Verdicts.Breaks");
        var folder = Path.Combine(run.Folder, result.Evidence!);
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file)).Should().BeEquivalentTo(
                "history.jsonl", "log.txt", "nodes/n1.log", "nodes/n2.log");
        new DirectoryInfo(Path.Combine(run.Out, "latest")).LinkTarget.Should().Be(Path.GetFileName(run.Folder));
    }
}
