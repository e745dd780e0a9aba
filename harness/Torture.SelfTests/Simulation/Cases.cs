using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Results;

namespace Torture.SelfTests.Simulation;

/// <summary>The suites on the target simulation.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class Cases
{
    /// <summary>It has this one with a lock on a file.</summary>
    private static readonly Capability[] Lacking = [Capability.StallRecoveryLock];

    [TestCase("rpc", 400)]
    [TestCase("notify", 40)]
    [TestCase("failover", 50)]
    public async Task AllPassButThoseThatNeedWhatItLacks(string suite, int atLeast)
    {
        using var run = await SimulatedRun.OfAsync(SimulatedRun.AsItIs, suite);

        run.Results.Cases.Count(result => result.Verdict == Verdict.Passed).Should().BeGreaterThan(atLeast);
        run.Results.Cases.Where(result => result.Verdict is not (Verdict.Passed or Verdict.NotSupported))
            .Should().BeEmpty(run.Told());
        run.Results.Cases.SelectMany(result => result.Lacks).Distinct()
            .Should().BeSubsetOf(Lacking.Select(capability => capability.ToString()));
    }

    [Test]
    public async Task AFrozenHolderKeepsAFileLock()
    {
        using var run = await SimulatedRun.OfAsync(
            wish => wish with { Settings = new Dictionary<string, string> { ["lock"] = "file" } },
            "failover.StalledLock", "failover.LostLock");

        run.Results.Cases.Should().HaveCount(5).And.OnlyContain(
            result => result.Verdict == Verdict.Passed, run.Told());
    }

    [TestCase("nemesis", "null", "by observation")]
    [TestCase("observer", "lying", "on the wire")]
    public async Task AFraudIsFound(string setting, string value, string where)
    {
        using var run = await SimulatedRun.OfAsync(
            wish => wish with { Settings = new Dictionary<string, string> { [setting] = value } },
            "failover.OwnerLost", "notify.ClientMove.IsToldToAPendingCall");

        run.Results.Cases.Should().NotBeEmpty().And.OnlyContain(result =>
            result.Verdict == Verdict.Inconclusive && result.Reason!.EndsWith($" was not seen to act {where}"));
    }

    [TestCase("InertServer", "rpc.witness.UnRegister")]
    [TestCase("NeverTimesOut", "rpc.witness.KeepAlive")]
    [TestCase("NobodyTakesOver", "failover.OwnerLost")]
    [TestCase("PendingCallBlocksConnection", "rpc.witness.PendingCalls")]
    [TestCase("TakeoverNotTold", "failover.OwnerLost")]
    public async Task AMutantTurnsThemRed(string mutant, string cases)
    {
        using var run = await SimulatedRun.OfAsync(wish => wish with { Mutant = mutant }, cases);

        run.Results.Cases.Should().Contain(
            result => result.Verdict == Verdict.Failed || result.Verdict == Verdict.Inconclusive);
    }

    [Test]
    public async Task ACaseThatHangsSaysWhatWaitsForWhat()
    {
        using var run = await SimulatedRun.OfAsync(
            "Torture.TinySuite", SimulatedRun.AsItIs, "tiny.Verdicts.RunsIntoItsDeadline");

        var result = run.Results.Cases.Single();
        result.Verdict.Should().Be(Verdict.Failed);
        result.Message.Should().Contain("not at its end after its deadline of 0.05 s")
            .And.Contain("waits for bytes at 10.77.0.11:").And.MatchRegex(@"n\d waits for connections at \d+ ports");
    }
}
