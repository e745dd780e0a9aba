using System.Reflection;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Proving;
using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.Requirements;
using Torture.SelfTests.Harness;

namespace Torture.SelfTests.Proving;

/// <summary>A mutant is the name of the cluster that comes up for it: dies, hangs, leaks.</summary>
public sealed class Proofs
{
    [Test]
    public async Task WhatACaseNoticesIsShown()
    {
        var proof = await ProveAsync(Mutant("dies", House.StaysUp));

        proof.Mutants.Single().Should().BeEquivalentTo(new
        {
            Shown = new[] { House.StaysUp }, KilledBy = new[] { "tiny.Proofs.StaysUp" },
            MissedBy = Array.Empty<string>(), WronglyKilledBy = Array.Empty<string>(),
        });
        new ProofSummary(proof).Survivors.Should().BeEmpty();
        new ProofSummary(proof).Wrong.Should().BeEmpty();
    }

    [Test]
    public async Task WhatNobodyNoticesSurvives()
    {
        var summary = new ProofSummary(await ProveAsync(Mutant("is slow", House.StaysUp)));

        summary.Survivors.Select(mutant => mutant.Name).Should().Equal("is slow");
        summary.Survivors.Single().MissedBy.Should().Equal("tiny.Proofs.StaysUp");
        summary.Holds(whole: false).Should().BeFalse();
    }

    [Test]
    public async Task AMutantThatNoCaseCanTrySurvives() =>
        new ProofSummary(await ProveAsync(Mutant("tells too much", House.NoSecretsTold))).Survivors
            .Should().ContainSingle().Which.MissedBy.Should().BeEmpty();

    [Test]
    public async Task WhatIsClaimedAndNotSeenIsTold()
    {
        var summary = new ProofSummary(await ProveAsync(Mutant("hangs", House.NeverHangs, House.StaysUp)));

        summary.Survivors.Should().BeEmpty();
        summary.NotShown.Select(claim => claim.Requirement).Should().Equal(House.StaysUp);
        summary.Holds(whole: false).Should().BeFalse();
    }

    [Test]
    public async Task ACaseThatTurnsRedForSomethingElseIsTold()
    {
        var summary = new ProofSummary(await ProveAsync(Mutant("hangs and leaks", House.NeverHangs)));

        summary.Wrong.Select(wrong => wrong.Case).Should().Equal("tiny.Proofs.LeavesNothing");
        summary.Holds(whole: false).Should().BeFalse();
    }

    [Test]
    public async Task WhatIsInTheWayOfEverythingTurnsNothingWronglyRed()
    {
        var mutant = Mutant("hangs and leaks", House.NeverHangs) with { Obstructs = true };

        new ProofSummary(await ProveAsync(mutant)).Wrong.Should().BeEmpty();
    }

    [Test]
    public async Task CasesThatVerifySomethingElseMayPassOnAnInertServer()
    {
        var mutant = Mutant("hangs", House.NeverHangs) with { IsInert = true };

        var summary = new ProofSummary(await ProveAsync(mutant));

        summary.Survivors.Should().BeEmpty();
        summary.Mutants.Single().MissedBy.Should().BeEmpty();
    }

    [Test]
    public async Task CasesThatNothingTurnsRedAreTold()
    {
        var summary = new ProofSummary(await ProveAsync(
            Mutant("dies", House.StaysUp), Mutant("hangs", House.NeverHangs)));

        summary.Proved.Should().Be(2);
        summary.Unproved.Should().Equal("tiny.Proofs.LeavesNothing");
    }

    [Test]
    public async Task ACaseThatFailsOnTheCorrectServerProvesNothing()
    {
        var summary = new ProofSummary(await ProveAsync(Mutant("is unclear", House.ClearErrors)));

        summary.NotGreen.Select(result => result.Id).Should().Equal("tiny.Proofs.NeverPasses");
        summary.Survivors.Should().ContainSingle();
        summary.Holds(whole: false).Should().BeFalse();
    }

    [Test]
    public async Task AProofThatHoldsHolds()
    {
        var proof = await ProveAsync(Mutant("dies", House.StaysUp), Mutant("hangs", House.NeverHangs));
        var green = proof with { Cases = [.. proof.Cases.Where(result => result.Verdict == Verdict.Passed)] };

        new ProofSummary(green).Holds(whole: false).Should().BeTrue();
        new ProofSummary(green).Holds(whole: true).Should().BeFalse("one case was never seen red");
    }

    private static MutantResult Mutant(string name, params string[] violates) =>
        new() { Name = name, Sentence = $"It {name}.", Violates = violates };

    private static async Task<RunResults> ProveAsync(params MutantResult[] mutants)
    {
        var folder = Directory.CreateTempSubdirectory("torture-proofs-");
        try
        {
            var suites = Assembly.Load("Torture.TinySuite");
            using var proof = new Proof(new ProofOptions
            {
                Run = new RunOptions
                {
                    Target = "fake", Out = folder.FullName, Evidence = false,
                    Up = (wish, _) => Task.FromResult<ICluster>(new FakeCluster { Id = wish.Mutant ?? "healthy" }),
                },
                Mutants = mutants,
                Suites = () => new SuiteRunner(suites),
            });
            return await proof.RunAsync(new SuiteRunner(suites).Select("tiny.Proofs"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
