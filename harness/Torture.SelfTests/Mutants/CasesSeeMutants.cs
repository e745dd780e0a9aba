using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.Mutants;
using Torture.SelfTests.Loopback;
using Registry = Torture.Mutants.Mutants;

namespace Torture.SelfTests.Mutants;

/// <summary>
/// A case that verifies what a mutant violates turns red: of every mutant on simulated clusters, of some on real ones.
/// </summary>
[Parallelizable(ParallelScope.All)]
public sealed class CasesSeeMutants
{
    /// <summary>Enough cases to see it on a real cluster, few enough to see it soon.</summary>
    private const int Cases = 12;

    private static readonly SuiteRunners Runners = new(() => new SuiteRunner());

    private static IEnumerable<string> All() =>
        Registry.All.Select(mutant => mutant.Name).Where(name => name != "InertServer");

    [TestCaseSource(nameof(All))]
    public async Task TurnsRed(string name)
    {
        var mutant = Registry.Find(name)!;

        var results = await RunAsync(Simulated(name), all => Verifying(mutant, all), StopAtFirstRed);

        Seen(mutant, results);
    }

    [TestCase("IPv6EntriesMissing")]
    [TestCase("NeverTimesOut")]
    [TestCase("ClientMoveForEverybody")]
    [TestCase("SignaturesNotVerified")]
    [TestCase("MapperTellsWrongPort")]
    [TestCase("NobodyTakesOver")]
    public async Task TurnsRedOnLoopbackToo(string name)
    {
        var mutant = Registry.Find(name)!;

        var results = await RunAsync(OnLoopback(name), all => Spread(Verifying(mutant, all)), StopAtFirstRed);

        Seen(mutant, results);
    }

    [Test]
    public async Task NothingPassesAgainstAnInertServer()
    {
        var results = await RunAsync(OnLoopback("InertServer"), all => all.Where(
            planned => planned.IsUnder("rpc.witness.UnRegister") || planned.IsUnder("notify.ClientMove")));

        results.Cases.Should().NotBeEmpty().And.NotContain(result => result.Verdict == Verdict.Passed);
    }

    private static void Seen(Mutant mutant, RunResults results) =>
        results.Cases.Where(result => result.Verdict == Verdict.Failed).Should().NotBeEmpty(
            "{0} It must be seen by one of: {1}", mutant.Sentence,
            string.Join(", ", results.Cases.Select(result => $"{result.Id} {result.Verdict} {result.Reason}")));

    /// <summary>The quick ones first.</summary>
    private static List<PlannedCase> Verifying(Mutant mutant, IEnumerable<PlannedCase> all) =>
    [
        .. all.Where(planned => !planned.IsLocal && planned.Requirements.Intersect(mutant.Violates).Any())
            .OrderBy(planned => planned.Breaks).ThenBy(planned => planned.Takes ?? TimeSpan.Zero),
    ];

    private static RunOptions Simulated(string mutant) =>
        new() { Target = "simulation", Mutant = mutant, Evidence = false, Strict = true };

    private static RunOptions OnLoopback(string mutant) =>
        new() { Mutant = mutant, Evidence = false, Up = new LoopbackInTurn().UpAsync };

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
        RunOptions options, Func<IReadOnlyList<PlannedCase>, IEnumerable<PlannedCase>> choose,
        Action<TortureRun>? begun = null)
    {
        var folder = Directory.CreateTempSubdirectory("torture-mutant-").FullName;
        try
        {
            return await Runners.RunAsync(options with { Out = folder }, choose, begun);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
