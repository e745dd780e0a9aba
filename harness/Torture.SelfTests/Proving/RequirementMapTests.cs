using FluentAssertions;
using NUnit.Framework;
using Torture.Cli.Proving;
using Torture.Harness.Proving;
using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.Requirements;
using Torture.SelfTests.Requirements;

namespace Torture.SelfTests.Proving;

public sealed class RequirementMapTests
{
    private static readonly MutantResult Late = new()
    {
        Name = "Late", Sentence = "It is late.", Violates = [Swn.KeepAliveElapses, Swn.PendingTimer],
    };

    [Test]
    public void StatesRiseWithWhatWasSeen()
    {
        var checkedIt = Run(Result(Swn.KeepAliveElapses)) with { Target = "loopback" };
        var proved = Run() with { Mutants = [Late with { Shown = [Swn.KeepAliveElapses], KilledBy = ["a.Case"] }] };

        Of(Swn.KeepAliveElapses, []).State.Should().Be(ProofState.Untested);
        Of(Swn.KeepAliveElapses, [Case()]).State.Should().Be(ProofState.Declared);
        Of(Swn.KeepAliveElapses, [Case()], checkedIt).State.Should().Be(ProofState.Checked);
        Of(Swn.KeepAliveElapses, [Case()], checkedIt, proved).State.Should().Be(ProofState.Proved);
        Of(Swn.PendingTimer, [Case()], checkedIt, proved).State.Should().Be(ProofState.Untested, "it was only claimed");
        Of(Swn.ServerState, []).State.Should().Be(ProofState.Excepted);
    }

    [Test]
    public void WhatIsBrokenDidNotHold()
    {
        var broken = Run(Result(Swn.KeepAliveElapses, CheckOutcome.Broken)) with { Target = "loopback" };
        var held = Run(Result(Swn.KeepAliveElapses)) with { Target = "simulation" };

        Of(Swn.KeepAliveElapses, [Case()], broken, held).HeldOn.Should().Equal("simulation");
    }

    [Test]
    public void ARunAgainstAMutantSaysNothingOfTheServer() =>
        Of(Swn.KeepAliveElapses, [Case()], Run(Result(Swn.KeepAliveElapses)) with { Mutant = "Late" })
            .State.Should().Be(ProofState.Declared);

    [Test]
    public void OnlyProvedOrExceptedSentencesAreCovered()
    {
        var proved = Run() with { Mutants = [Late with { Shown = [Swn.KeepAliveElapses], KilledBy = ["a.Case"] }] };

        Of(Swn.KeepAliveElapses, [Case()], Run(Result(Swn.KeepAliveElapses))).IsUncovered.Should().BeTrue();
        Of(Swn.KeepAliveElapses, [Case()], proved).IsUncovered.Should().BeFalse();
        Of(Swn.TwoVersionsExist, []).IsUncovered.Should().BeFalse("it is excepted");
        Of(Swn.ClientChoosesWitness, []).IsUncovered.Should().BeFalse("it binds clients");
        Of(Swn.ServerState, []).IsSeenOnTheWire.Should().BeFalse();
    }

    [Test]
    public void AServerShows140SentencesOfTheWitnessProtocol() =>
        Map([]).Count(proof => proof.IsSeenOnTheWire && proof.Requirement.Specification == "MS-SWN").Should().Be(140);

    /// <summary>A case, a mutant or an exception that went is to be seen in review, and so is a new one.</summary>
    [Test]
    public void TheSnapshotIsTheOneThatIsCheckedIn()
    {
        var now = RequirementSnapshot.Of(RequirementMap.Of(new SuiteRunner().Cases, MutantList.All, [])).Split('\n');
        var then = File.ReadAllLines(Path.Combine(SourceRoot.Find(), "fixtures", "requirements.snapshot.txt"));

        then.Except(now).Should().BeEmpty(Renew, "gone");
        now.SkipLast(1).Should().Equal(then, Renew, "new, or in another order");
    }

    private const string Renew =
        "{0}; if that is meant: torture requirements --snapshot > fixtures/requirements.snapshot.txt";

    private static RequirementProof Of(string id, PlannedCase[] cases, params RunResults[] runs) =>
        Map(cases, runs).Single(proof => proof.Requirement.Id == id);

    private static IReadOnlyList<RequirementProof> Map(PlannedCase[] cases, params RunResults[] runs) =>
        RequirementMap.Of(cases, [Late], runs);

    private static PlannedCase Case() => new("a.Case", "A.Case", [Swn.KeepAliveElapses], [], Breaks: false, null);

    private static CaseResult Result(string requirement, CheckOutcome outcome = CheckOutcome.Held) => new()
    {
        Id = "a.Case",
        Verdict = Verdict.Passed,
        Checked = new SortedDictionary<string, int> { [requirement] = 1 },
        Checks =
        [
            new CheckResult
            {
                Requirement = requirement, Outcome = outcome, Subject = "it", Expected = "1", Actual = "2",
            },
        ],
    };

    private static RunResults Run(params CaseResult[] cases) => new()
    {
        RunId = "run", Target = "fake", Started = DateTimeOffset.UnixEpoch, Finished = true, Cases = cases,
    };
}
