using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Histories;
using Torture.Harness.Results;

namespace Torture.SelfTests.Harness;

/// <summary>A fault counts when it was seen to act, a cluster when it was seen to be back.</summary>
public sealed class NemesisLife
{
    [Test]
    public async Task FaultIsInjectedSeenHealedAndOver()
    {
        using var run = new TinyRun();

        var result = await run.OneAsync("tiny.Faults.DisablesANode");

        result.Verdict.Should().Be(Verdict.Passed, result.Message);
        HistoryFile.Read(Path.Combine(run.Folder, result.Evidence!, "history.jsonl"))
            .Where(happened => happened is FaultInjected or FaultTookEffect or FaultHealed or ClusterRecovered)
            .Select(happened => happened.GetType()).Should().Equal(
                typeof(FaultInjected), typeof(FaultTookEffect), typeof(FaultHealed), typeof(ClusterRecovered));
        result.Failovers.Single().Recovered.Should().NotBeNull();
    }

    [Test]
    public async Task FaultThatNeverActsIsInconclusive()
    {
        using var run = new TinyRun { Cluster = new FakeCluster { Acts = false } };

        var result = await run.OneAsync("tiny.Faults.DisablesANode");

        result.Verdict.Should().Be(Verdict.Inconclusive);
        result.Reason.Should().Be("disable n1 was not seen to act by observation");
    }

    [Test]
    public async Task ClusterThatDoesNotComeBackIsInconclusiveAndRebuilt()
    {
        using var run = new TinyRun { Cluster = new FakeCluster { Heals = false } };

        var results = await run.RunAsync(null, "tiny.Faults.DisablesANode", "tiny.Faults.ForgetsToHeal");

        results.Cases.Should().OnlyContain(result => result.Verdict == Verdict.Inconclusive);
        run.Cluster.Rebuilt.Should().Be(1, "the second case gets a new cluster");
        results.Notes.Single().Should().StartWith("cluster rebuilt: ");
    }

    [TestCase("ForgetsToHeal")]
    [TestCase("BreaksTwoAtOnce")]
    public async Task WhatIsLeftBrokenIsHealed(string name)
    {
        using var run = new TinyRun();

        var result = await run.OneAsync($"tiny.Faults.{name}");

        result.Verdict.Should().Be(Verdict.Passed, result.Message);
    }

    [Test]
    public async Task BreakingBesideOthersIsRefused()
    {
        using var run = new TinyRun();

        var result = await run.OneAsync("tiny.Careless.BreaksBesideOthers");

        result.Verdict.Should().Be(Verdict.Failed);
        result.Reason.Should().Contain("wants [BreaksCluster]");
    }
}
