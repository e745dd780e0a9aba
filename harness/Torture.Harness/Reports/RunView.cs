using Torture.Harness.Reports.Drawing;
using Torture.Harness.Results;
using Torture.Requirements;

namespace Torture.Harness.Reports;

/// <summary>One requirement with what the run did about it.</summary>
internal sealed record RequirementView(
    Requirement Requirement,
    RequirementState State,
    IReadOnlyList<string> Checking,
    IReadOnlyList<string> Declaring,
    int Checks);

/// <param name="Index">Which of the case's failovers: those of repeats follow each other.</param>
internal sealed record FailoverView(CaseResult Case, FailoverResult Failover, int Index);

/// <summary>What all reports of a run say, worked out once.</summary>
internal sealed class RunView
{
    private readonly Func<FailoverView, TimelineFacts> _facts;

    /// <param name="facts">Reads what a history says of a failover.</param>
    public RunView(RunResults run, Func<FailoverView, TimelineFacts>? facts = null)
    {
        Run = run;
        Cases = [.. run.Cases.OrderBy(result => result.Id, StringComparer.Ordinal)];
        Requirements = [.. Judge(run.Cases)];
        _facts = facts ?? (_ => TimelineFacts.None);
    }

    public RunResults Run { get; }

    public IReadOnlyList<CaseResult> Cases { get; }

    /// <summary>Every requirement of every catalogue, in specification order.</summary>
    public IReadOnlyList<RequirementView> Requirements { get; }

    public int Count(Verdict verdict) => Cases.Count(result => result.Verdict == verdict);

    public IEnumerable<CaseResult> With(Verdict verdict) => Cases.Where(result => result.Verdict == verdict);

    public IEnumerable<FailoverView> Failovers =>
        Cases.SelectMany(result => result.Failovers.Select((failover, index) => new FailoverView(result, failover, index)));

    public TimelineFacts Facts(FailoverView failover) => _facts(failover);

    /// <summary>The command that runs one case as this run did.</summary>
    public string Again(string caseId) =>
        $"torture run {caseId} --target {Run.Target}{(Run.Strict ? " --strict" : "")}";

    private static IEnumerable<RequirementView> Judge(IReadOnlyList<CaseResult> cases)
    {
        var declaring = cases
            .SelectMany(result => result.Requirements.Distinct().Select(id => (id, result.Id)))
            .ToLookup(pair => pair.id, pair => pair.Id);
        var checks = cases
            .SelectMany(result => result.Checks.Select(check => (check, result.Id)))
            .ToLookup(pair => pair.check.Requirement);

        foreach (var requirement in Catalogue.All)
        {
            var made = checks[requirement.Id].ToList();
            var outcomes = made.Select(pair => pair.check.Outcome).ToHashSet();
            var declared = declaring[requirement.Id].Order(StringComparer.Ordinal).ToList();

            yield return new RequirementView(
                requirement,
                StateOf(requirement, outcomes, declared.Count > 0),
                [.. made.Select(pair => pair.Id).Distinct().Order(StringComparer.Ordinal)],
                declared,
                made.Count);
        }
    }

    private static RequirementState StateOf(Requirement requirement, HashSet<CheckOutcome> outcomes, bool declared) =>
        outcomes switch
        {
            _ when outcomes.Contains(CheckOutcome.Broken) => RequirementState.Failed,
            _ when outcomes.Contains(CheckOutcome.Tolerated) => RequirementState.Tolerated,
            _ when outcomes.Contains(CheckOutcome.Held) => RequirementState.Held,
            _ when declared || outcomes.Count > 0 => RequirementState.Declared,
            _ when requirement.Exception is not null => RequirementState.Excepted,
            _ => RequirementState.Untested,
        };
}
