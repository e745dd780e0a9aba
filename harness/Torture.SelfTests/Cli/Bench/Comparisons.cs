using FluentAssertions;
using NUnit.Framework;
using Torture.Cli;
using Torture.Cli.Bench;
using Torture.Harness.Clusters;
using Torture.Harness.Results;
using Torture.SelfTests.Reports;

namespace Torture.SelfTests.Cli.Bench;

public sealed class Comparisons
{
    [Test]
    public void TargetsAreNamesWithSettings()
    {
        var wishes = TargetWish.Parse("loopback, containers:engine=ctdb:profile=ctdb,lab/a.yaml");

        wishes.Select(wish => wish.Target).Should().Equal("loopback", "containers", "lab/a.yaml");
        wishes[1].Word.Should().Be("containers:engine=ctdb:profile=ctdb");
        wishes[1].SettingsOver(new Dictionary<string, string> { ["profile"] = "fast", ["ipv6"] = "off" })
            .Should().BeEquivalentTo(
                new Dictionary<string, string> { ["profile"] = "ctdb", ["ipv6"] = "off", ["engine"] = "ctdb" });
    }

    [TestCase("loopback,,containers", "'' is no target")]
    [TestCase("containers:ctdb", "'containers:ctdb' is no target")]
    [TestCase("containers:=ctdb", "'containers:=ctdb' is no target")]
    [TestCase(":engine=ctdb", "':engine=ctdb' is no target")]
    [TestCase("loopback,loopback", "names loopback twice")]
    public void NonsenseIsRefused(string words, string told) =>
        FluentActions.Invoking(() => TargetWish.Parse(words))
            .Should().Throw<TargetUnusableException>().WithMessage($"*{told}*");

    [TestCase(ExitCode.Unusable, ExitCode.Conforms, ExitCode.Unusable, ExitCode.ProductFailure)]
    [TestCase(ExitCode.ProductFailure, ExitCode.Incomplete, ExitCode.ProductFailure)]
    [TestCase(ExitCode.Incomplete, ExitCode.Conforms, ExitCode.Incomplete)]
    [TestCase(ExitCode.Conforms, ExitCode.Conforms)]
    public void TheGravestCodeCounts(int expected, params int[] codes) =>
        FailoverComparison.GravestOf(codes).Should().Be(expected);

    [Test]
    public void WhatIsKnownOfTheProductIsTheReason()
    {
        var results = SampleRun.Whole() with
        {
            Cases =
            [
                new CaseResult
                {
                    Id = "failover.OwnerLost.TheClientFollows_kill", Verdict = Verdict.Expected,
                    Message = "x a check", Expectation = "It is slow.",
                },
            ],
        };

        FailoverComparison.FaultsOf(results, ["kill"])[0].Follows.Should()
            .BeEquivalentTo(new { Verdict = Verdict.Expected, Reason = "It is slow." });
    }

    [Test]
    public void BothCasesOfAFaultAreFoundAndTheirReasonsKept()
    {
        var results = SampleRun.Whole() with
        {
            Cases =
            [
                new CaseResult { Id = "failover.OwnerLost.TheClientFollows_kill", Verdict = Verdict.Passed },
                new CaseResult
                {
                    Id = "failover.OwnerLost.TheClientIsToldBothChanges_kill", Verdict = Verdict.NotSupported,
                    Reason = "no hook kills",
                },
            ],
        };

        var faults = FailoverComparison.FaultsOf(results, ["kill", "move"]);

        faults[0].Follows.Should().BeEquivalentTo(new { Verdict = Verdict.Passed, Reason = (string?)null });
        faults[0].Told.Should().BeEquivalentTo(new { Verdict = Verdict.NotSupported, Reason = "no hook kills" });
        faults[1].Told.Reason.Should().Be("there is no such case");
    }

    [Test]
    public void FiguresNameTargetFaultAndRatio()
    {
        var output = new StringWriter();
        var figures = new Figures("failover", output, asJson: false);

        FailoverComparison.Tell(figures, SampleComparison.Whole());

        output.ToString().Should().ContainAll(
            "failover\tcontainers kill outage median\t104\tms",
            $"failover\t{SampleComparison.Slow} kill outage ratio\t40\tx",
            $"failover\t{SampleComparison.Slow} kill T4 told count\t18\t",
            "failover\tcontainers stamp error at most\t45\tus\t<= 1000\tmet")
            .And.NotContain("containers kill outage ratio").And.NotContain(SampleComparison.Down);
    }
}
