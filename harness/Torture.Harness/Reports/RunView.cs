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
    int Checks,
    IReadOnlyList<MutantResult> Mutants);

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
        Requirements = [.. Judge(run.Cases, run.Mutants)];
        _facts = facts ?? (_ => TimelineFacts.None);
    }

    public RunResults Run { get; }

    public IReadOnlyList<CaseResult> Cases { get; }

    /// <summary>Every requirement of every catalogue, in specification order.</summary>
    public IReadOnlyList<RequirementView> Requirements { get; }

    public int Count(Verdict verdict) => Cases.Count(result => result.Verdict == verdict);

    public IEnumerable<CaseResult> With(Verdict verdict) => Cases.Where(result => result.Verdict == verdict);

    public IEnumerable<FailoverView> Failovers =>
        from result in Cases
        from failover in result.Failovers.Index()
        select new FailoverView(result, failover.Item, failover.Index);

    public TimelineFacts Facts(FailoverView failover) => _facts(failover);

    /// <summary>The lines that tell of a case that did not simply pass.</summary>
    public string Told(CaseResult result) => result.Message ?? FailureText.Of(result, Run.TargetAgain) ?? result.Id;

    /// <summary>The command that runs one case as this run did.</summary>
    public string Again(string caseId) =>
        $"torture run {caseId} --target {Run.TargetAgain}{(Run.Strict ? " --strict" : "")}";

    private static IEnumerable<RequirementView> Judge(
        IReadOnlyList<CaseResult> cases, IReadOnlyList<MutantResult> mutants)
    {
        var declaring = cases
            .SelectMany(result => result.Requirements.Distinct().Select(id => (id, result.Id)))
            .ToLookup(pair => pair.id, pair => pair.Id);
        var outcomes = cases
            .SelectMany(result => result.Checks)
            .ToLookup(check => check.Requirement, check => check.Outcome);
        var checking = cases
            .SelectMany(result => CountsOf(result).Select(count => (count.Key, result.Id, count.Value)))
            .ToLookup(count => count.Key);

        foreach (var requirement in Catalogue.All)
        {
            var made = checking[requirement.Id].ToList();
            var declared = declaring[requirement.Id].Order(StringComparer.Ordinal).ToList();
            var violating = mutants.Where(mutant => mutant.Violates.Contains(requirement.Id)).ToList();
            var state = StateOf(requirement, [.. outcomes[requirement.Id]], made.Count > 0, declared.Count > 0);

            yield return new RequirementView(
                requirement,
                state == RequirementState.Held && violating.Any(mutant => mutant.Shown.Contains(requirement.Id))
                    ? RequirementState.Proved
                    : state,
                [.. made.Select(count => count.Id).Distinct().Order(StringComparer.Ordinal)],
                declared,
                made.Sum(count => count.Value),
                violating);
        }
    }

    /// <summary>How often a case checked each requirement; of what held, results need not keep more.</summary>
    private static IEnumerable<KeyValuePair<string, int>> CountsOf(CaseResult result) =>
        result.Checked.Count > 0 ? result.Checked : result.Checks.CountBy(check => check.Requirement);

    private static RequirementState StateOf(
        Requirement requirement, HashSet<CheckOutcome> outcomes, bool isChecked, bool declared) =>
        outcomes switch
        {
            _ when outcomes.Contains(CheckOutcome.Broken) => RequirementState.Failed,
            _ when outcomes.Contains(CheckOutcome.Tolerated) => RequirementState.Tolerated,
            _ when outcomes.Contains(CheckOutcome.Held) || (isChecked && outcomes.Count == 0) => RequirementState.Held,
            _ when declared || outcomes.Count > 0 => RequirementState.Declared,
            _ when requirement.Exception is not null => RequirementState.Excepted,
            _ => RequirementState.Untested,
        };
}
