using System.Collections.Concurrent;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.SelfTests.Loopback;
using Registry = Torture.Mutants.Mutants;

namespace Torture.SelfTests.Mutants;

/// <summary>
/// On a real loopback cluster of the mutant, a case that verifies what the mutant violates turns red: of each family
/// one, the whole list is for the proof to come.
/// </summary>
[Parallelizable(ParallelScope.All)]
public sealed class CasesSeeMutants
{
    /// <summary>Enough cases to see it, few enough to see it soon.</summary>
    private const int Cases = 12;

    /// <summary>Each has one run at a time.</summary>
    private static readonly ConcurrentBag<SuiteRunner> Runners = [];

    [TestCase("AcceptsAnyVersion")]
    [TestCase("AcceptsNullClientName")]
    [TestCase("ChecksAddressBeforeNetName")]
    [TestCase("HandleOnFailure")]
    [TestCase("UnRegisterExKeepsHandle")]
    [TestCase("UnRegisterLeavesCallPending")]
    [TestCase("WitnessFlagEverywhere")]
    [TestCase("IPv6EntriesMissing")]
    [TestCase("ReportsVersion3")]
    [TestCase("NeverTimesOut")]
    [TestCase("TimesOutEarly")]
    [TestCase("ReapsWhilePending")]
    [TestCase("NotificationLengthWrong")]
    [TestCase("ReservedNotZero")]
    [TestCase("ClientMoveForEverybody")]
    [TestCase("EventBeforePollLost")]
    [TestCase("ShareMoveWithoutShare")]
    [TestCase("IPChangeWithoutFlag")]
    [TestCase("NeverRunsDown")]
    [TestCase("AcceptsConnectLevel")]
    [TestCase("SignaturesNotVerified")]
    [TestCase("UnknownOpnumIsStatus")]
    [TestCase("PendingCallBlocksConnection")]
    [TestCase("MapperTellsWrongPort")]
    [TestCase("LookupBeginsAgain")]
    [TestCase("PrincipalNameCutOff")]
    [TestCase("TrailerFromTheFront")]
    [TestCase("TwoFragmentsAtMost")]
    [TestCase("LateCancelIsAnError")]
    [TestCase("NobodyTakesOver")]
    [TestCase("LostPermissionIgnored")]
    [TestCase("TakeoverNotTold")]
    public async Task TurnsRed(string name)
    {
        var mutant = Registry.Find(name)!;

        var results = await RunAsync(name, all => Spread([.. all
            .Where(planned => !planned.IsLocal && planned.Requirements.Intersect(mutant.Violates).Any())
            .OrderBy(planned => planned.Breaks).ThenBy(planned => planned.Takes ?? TimeSpan.Zero)]), StopAtFirstRed);

        results.Cases.Where(result => result.Verdict == Verdict.Failed).Should().NotBeEmpty(
            "{0} It must be seen by one of: {1}", mutant.Sentence,
            string.Join(", ", results.Cases.Select(result => $"{result.Id} {result.Verdict} {result.Reason}")));
    }

    [Test]
    public async Task NothingPassesAgainstAnInertServer()
    {
        var results = await RunAsync("InertServer", all => all.Where(
            planned => planned.IsUnder("rpc.witness.UnRegister") || planned.IsUnder("notify.ClientMove")));

        results.Cases.Should().NotBeEmpty().And.NotContain(result => result.Verdict == Verdict.Passed);
    }

    /// <summary>From the whole list, not from one fixture alone.</summary>
    private static IEnumerable<PlannedCase> Spread(List<PlannedCase> cases)
    {
        var step = Math.Max(1, cases.Count / Cases);
        return cases.Where((_, i) => i % step == 0).Take(Cases);
    }

    /// <summary>What is to be seen was seen: nobody needs to wait for what never comes in the others.</summary>
    private static void StopAtFirstRed(TortureRun run) => run.CaseEnded += result =>
    {
        if (result.Verdict == Verdict.Failed)
        {
            run.Stop($"{result.Id} turned red");
        }
    };

    private static async Task<RunResults> RunAsync(
        string mutant, Func<IEnumerable<PlannedCase>, IEnumerable<PlannedCase>> choose,
        Action<TortureRun>? begun = null)
    {
        var folder = Directory.CreateTempSubdirectory("torture-mutant-").FullName;
        var runner = Runners.TryTake(out var idle) ? idle : new SuiteRunner();
        try
        {
            var options = new RunOptions
            {
                Out = folder, Mutant = mutant, Evidence = false, Up = new LoopbackInTurn().UpAsync,
            };
            return await runner.RunAsync(options, [.. choose(runner.Cases)], begun);
        }
        finally
        {
            Runners.Add(runner);
            Directory.Delete(folder, recursive: true);
        }
    }
}
