using Torture.Harness.Clusters;
using Torture.Harness.Histories;
using Torture.Harness.Results;

namespace Torture.Harness.Running;

/// <summary>All that speaks against a case; the worst is its verdict.</summary>
internal sealed class Problems
{
    private readonly List<(Verdict Verdict, string Reason)> _all = [];
    private readonly List<CheckResult> _checks = [];
    private readonly SortedDictionary<string, int> _checked = new(StringComparer.Ordinal);
    private readonly List<Capability> _missing = [];

    public Verdict Verdict => _all.Count == 0 ? Verdict.Passed : _all.Max(problem => problem.Verdict);

    /// <summary>What the case came to without its checks: exceptions, what is missing, vacuity.</summary>
    public Verdict BesidesChecks { get; private set; }

    /// <summary>Of the worst, those that no check tells.</summary>
    public string? Reason
    {
        get
        {
            var worst = _all.Where(problem => problem.Verdict == Verdict && problem.Reason.Length > 0)
                .Select(problem => problem.Reason).Distinct().ToList();
            return worst.Count == 0 ? null : string.Join("; ", worst);
        }
    }

    public string? Exception { get; private set; }

    public IReadOnlyList<CheckResult> Checks => _checks;

    public IReadOnlyDictionary<string, int> Checked => _checked;

    public IReadOnlyList<Capability> Missing => _missing;

    public void Add(Verdict verdict, string reason, Exception? thrown = null)
    {
        _all.Add((verdict, reason));
        Exception ??= thrown?.ToString();
    }

    public void AddMissing(Capability capability, string reason)
    {
        if (!_missing.Contains(capability))
        {
            _missing.Add(capability);
            Add(Verdict.NotSupported, $"{capability}: {reason}");
        }
    }

    /// <summary>A case that came to its end has checked what it declares.</summary>
    public void AddVacuous(IReadOnlyList<string> declared, CaseRun run)
    {
        var looked = run.Checks.Checks.Select(check => check.Result.Requirement)
            .Concat(run.Findings.ByChecker.Values.SelectMany(found => found).Select(found => found.Requirement))
            .ToHashSet();
        foreach (var requirement in declared.Where(requirement => !looked.Contains(requirement)))
        {
            Add(Verdict.Failed, $"vacuous: {requirement} is declared and was never checked");
        }
    }

    /// <summary>What checks and checkers found.</summary>
    public void AddChecks(
        IEnumerable<CheckResult> checks, Findings findings, DateTimeOffset startedAt, bool strict)
    {
        BesidesChecks = Verdict;
        foreach (var check in checks)
        {
            AddCheck(check, strict);
        }

        foreach (var (checker, found) in findings.ByChecker)
        {
            foreach (var finding in found)
            {
                AddFinding(checker, finding, startedAt, strict);
            }
        }

        foreach (var failure in findings.Failures.Values)
        {
            Add(Verdict.Inconclusive, failure);
        }
    }

    /// <summary>Findings of a checker that cannot be run again.</summary>
    public void AddKept(IEnumerable<CheckResult> findings, bool strict)
    {
        foreach (var finding in findings)
        {
            AddCheck(finding, strict);
        }
    }

    /// <summary>What holds is counted, the rest is told.</summary>
    private void AddFinding(string checker, Finding finding, DateTimeOffset startedAt, bool strict)
    {
        if (finding.Outcome == CheckOutcome.Held)
        {
            Count(finding.Requirement);
            return;
        }

        AddCheck(
            new CheckResult
            {
                Requirement = finding.Requirement,
                Outcome = finding.Outcome,
                Subject = finding.Subject.Length > 0 ? finding.Subject : checker,
                Expected = finding.Expected,
                Actual = finding.Actual,
                At = finding.Event is null ? TimeSpan.Zero : finding.Event.At - startedAt,
                Frame = finding.Event?.Frame,
                Checker = checker,
            },
            strict);
    }

    private void AddCheck(CheckResult check, bool strict)
    {
        _checks.Add(check);
        switch (check.Outcome)
        {
            case CheckOutcome.Broken:
                Add(Verdict.Failed, "");
                break;
            case CheckOutcome.Tolerated:
                Add(strict ? Verdict.Failed : Verdict.NotStrict, "");
                break;
            case CheckOutcome.CannotTell:
                Add(Verdict.Inconclusive, $"{check.Requirement}: {check.Subject}: {check.Actual}");
                return;
        }

        Count(check.Requirement);
    }

    private void Count(string requirement) =>
        _checked[requirement] = _checked.GetValueOrDefault(requirement) + 1;
}
