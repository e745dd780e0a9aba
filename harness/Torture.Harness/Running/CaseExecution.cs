using Torture.Harness.Checking;
using Torture.Harness.Clusters;
using Torture.Harness.Results;

namespace Torture.Harness.Running;

/// <summary>One case from its first step to its verdict.</summary>
internal sealed class CaseExecution(PlannedCase planned, RunOptions options, CaseRun run)
{
    /// <summary>After the deadline the body gets so long to notice before it is left alone.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(10);

    private readonly Problems _problems = new();
    private string _waits = "";

    public async Task<CaseResult> ExecuteAsync(Func<Task> body)
    {
        run.Enter();
        var completed = await RunBodyAsync(body);
        await HealAsync();
        await SettleAsync();
        if (completed)
        {
            _problems.AddVacuous(planned.Requirements, run);
        }

        return Result();
    }

    /// <summary>Runs the case itself; true where it came to its end.</summary>
    private async Task<bool> RunBodyAsync(Func<Task> body)
    {
        // Just before the deadline: it ends much of what waits.
        await using var hanging = run.Time.CreateTimer(
            _ => _waits = string.Concat(run.Waits().Select(wait => $"{Environment.NewLine}  {wait}")), null,
            run.Limit * 0.999, Timeout.InfiniteTimeSpan);
        try
        {
            await body().WaitAsync(run.Limit + Grace, run.Time);
            return run.Deadline.IsCancellationRequested
                ? throw new TimeoutException("a call was open at the deadline")
                : true;
        }
        catch (Exception thrown)
        {
            Judge(thrown);
            return false;
        }
    }

    private void Judge(Exception thrown)
    {
        run.Say($"{thrown.GetType().Name}: {thrown.Message}");
        switch (thrown)
        {
            case NotSupportedByTargetException missing:
                _problems.AddMissing(missing.Capability, missing.Reason);
                break;
            case InconclusiveException or TargetUnusableException:
                _problems.Add(Verdict.Inconclusive, thrown.Message);
                break;
            case NUnit.Framework.InconclusiveException or NUnit.Framework.IgnoreException:
                _problems.Add(Verdict.Inconclusive, $"given up: {thrown.Message}");
                break;
            case Exception when run.IsStopped:
                _problems.Add(Verdict.Inconclusive, "not at its end when the run was stopped");
                break;
            case OperationCanceledException or TimeoutException when run.Deadline.IsCancellationRequested:
                _problems.Add(Verdict.Failed, FormattableString.Invariant(
                    $"not at its end after its deadline of {run.Limit.TotalSeconds:0.##} s{_waits}"));
                break;
            default:
                _problems.Add(Verdict.Failed, $"{thrown.GetType().Name}: {thrown.Message}", thrown);
                break;
        }
    }

    /// <summary>Whatever happened, the next case finds the cluster as it was, or a new one.</summary>
    private async Task HealAsync()
    {
        try
        {
            await run.Nemesis.HealAllAsync();
        }
        catch (Exception thrown)
        {
            _problems.Add(Verdict.Inconclusive, $"not healed: {thrown.Message}");
            run.BreakCluster($"{planned.Id}: {thrown.Message}");
        }
    }

    private async Task SettleAsync()
    {
        if (!run.HasCluster)
        {
            return;
        }

        try
        {
            await run.FlushAsync(FlushLimit);
            await run.ReadWireAsync();
            Settlement.Settle(run, _problems);
            run.Findings.RunAll(run.History);
        }
        catch (Exception thrown)
        {
            _problems.Add(Verdict.Inconclusive, $"cannot be settled: {thrown.Message}", thrown);
        }
    }

    /// <summary>A run may want nothing to be missing.</summary>
    private Verdict Wanted(Verdict verdict) =>
        verdict == Verdict.NotSupported && options.MissingIsFailure ? Verdict.Failed : verdict;

    private CaseResult Result()
    {
        _problems.AddChecks(
            run.Checks.Checks.Select(check => check.Result), run.Findings, run.StartedAt, options.Strict);
        var verdict = _problems.Verdict;
        var lacks = _problems.Missing;
        var result = new CaseResult
        {
            Id = planned.Id,
            Verdict = Wanted(verdict),
            BesidesChecks = Wanted(_problems.BesidesChecks),
            Reason = _problems.Reason,
            Exception = _problems.Exception,
            Requirements = planned.Requirements,
            Needs = [.. planned.Needs.Select(need => need.ToString())],
            Lacks = [.. lacks.Select(need => need.ToString())],
            Elapsed = run.Time.GetUtcNow() - run.StartedAt,
            Checks = _problems.Checks,
            Checked = _problems.Checked,
            Failovers = Failovers.Of(run),
            Log = verdict is Verdict.Passed or Verdict.NotSupported ? [] : [.. run.Log.TakeLast(40)],
        };
        return result;
    }
}
