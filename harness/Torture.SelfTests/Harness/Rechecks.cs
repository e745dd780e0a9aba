using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.Requirements;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.Harness;

/// <summary>A stored run is judged again and comes to the same.</summary>
[Parallelizable]
public sealed class Rechecks
{
    [Test]
    public async Task TinyCasesComeToTheSame()
    {
        using var run = new TinyRun();
        await run.RunAsync(null, "tiny.Verdicts", "tiny.Faults");

        Recheck.Of(run.Folder).Differences.Should().BeEmpty();
    }

    [Test]
    public async Task WhatIsKnownOfTheProductIsKnownAgain()
    {
        string[] cases = ["tiny.Verdicts.ToleratesAndBreaks", "tiny.Verdicts.Passes"];
        using var run = new TinyRun
        {
            Cluster = new FakeCluster { Expectations = Expecting(cases) },
        };
        var before = await run.RunAsync(null, cases);

        var recheck = Recheck.Of(run.Folder);

        before.Cases.Select(one => one.Verdict).Should().Equal(Verdict.Failed, Verdict.Expected);
        before.Cases[0].IsStale.Should().BeTrue();
        recheck.Differences.Should().BeEmpty();
        recheck.Results.Cases[0].Should().BeEquivalentTo(before.Cases[0]);
        recheck.Results.Cases[1].Expectation.Should().Be("It breaks.");
    }

    /// <summary>A round that shows what is known excuses none that shows something else.</summary>
    [Test]
    public async Task EachRoundIsJudgedByItself()
    {
        using var run = new TinyRun
        {
            Cluster = new FakeCluster { Expectations = Expecting("tiny.Rounds.BreaksOtherwiseTheSecondTime") },
        };

        var result = await run.OneAsync(
            "tiny.Rounds.BreaksOtherwiseTheSecondTime", options => options with { Repeat = 2 });

        result.Verdict.Should().Be(Verdict.Failed);
        result.Checks.Should().ContainSingle(check => check.Requirement == House.NeverHangs);
    }

    private static Expectations Expecting(params string[] cases) => new()
    {
        Product = "P",
        All =
        [
            .. cases.Select(one => new Expectation
            {
                Case = one, Requirement = House.StaysUp, Does = "It breaks.", Because = "frame 1",
                Kind = ExpectationKind.Defect,
            }),
        ],
    };

    [Test]
    public async Task CasesOnTheWireComeToTheSame()
    {
        var (folder, results) = await OnLoopbackAsync("rpc.witness.UnRegister", "notify.ClientMove");
        try
        {
            results.Cases.Should().Contain(result => result.Checks.Any(
                check => check.Wire == WireConfirmation.Confirmed), "packets confirm what clients saw");

            Recheck.Of(folder).Differences.Should().BeEmpty();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task WhatTheWireContradictsFails()
    {
        var (folder, results) = await OnLoopbackAsync("rpc.witness.UnRegister");
        try
        {
            var lie = results with { Cases = [.. results.Cases.Select(Lie)] };
            ResultsFile.Write(folder, lie);

            var differences = Recheck.Of(folder).Differences;

            differences.Should().NotBeEmpty();
            differences.Should().OnlyContain(difference => difference.After == Verdict.Failed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static CaseResult Lie(CaseResult result) => result with
        {
            Checks = [.. result.Checks.Select(check =>
                check.Wire == WireConfirmation.Confirmed && check.Path == ".Status"
                    ? check with { Actual = "ERROR_OUTOFMEMORY (0xE)" }
                    : check)],
        };
    }

    /// <summary>A real run; its folder lies in a temporary one.</summary>
    internal static async Task<(string Folder, RunResults Results)> OnLoopbackAsync(params string[] prefixes)
    {
        var folder = "";
        var runner = new SuiteRunner();
        var results = await runner.RunAsync(
            new RunOptions
            {
                Out = Directory.CreateTempSubdirectory("torture-recheck-").FullName,
                Up = new LoopbackInTurn().UpAsync,
            },
            runner.Select(prefixes), run => folder = run.Folder);
        return (folder, results);
    }
}
