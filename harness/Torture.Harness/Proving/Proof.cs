using System.Collections.Concurrent;
using Torture.Harness.Clusters;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.Harness.Proving;

/// <summary>
/// Proves that cases can fail: each mutant is run against the cases that verify what it violates, of which one must
/// turn red by just that, and against some others, which must stay green.
/// </summary>
public sealed class Proof(ProofOptions options) : IDisposable
{
    private readonly SuiteRunners _runners = new(options.Suites);
    private readonly string _trials = Directory.CreateTempSubdirectory("torture-proof-").FullName;

    /// <returns>
    /// The run of the correct server, with what became of each mutant. Cases that do not pass there prove nothing and
    /// are tried on no mutant.
    /// </returns>
    /// <exception cref="TargetUnusableException">It does not come up, or has no mutants.</exception>
    /// <exception cref="OperationCanceledException">Interrupted: nothing is proved.</exception>
    public async Task<RunResults> RunAsync(
        IReadOnlyList<PlannedCase> cases, Action<TortureRun>? begun = null,
        CancellationToken cancellationToken = default)
    {
        var healthy = await _runners.RunAsync(
            options.Run with { Mutant = null }, _ => cases, begun, cancellationToken);
        RefuseUnusable(healthy, cancellationToken);
        var passed = healthy.Cases.Where(result => result.Verdict == Verdict.Passed)
            .Select(result => result.Id).ToHashSet();
        var usable = cases.Where(planned => passed.Contains(planned.Id)).ToList();
        var tried = new ConcurrentDictionary<string, MutantResult>();
        await Parallel.ForEachAsync(
            options.Mutants,
            new ParallelOptions { MaxDegreeOfParallelism = options.AtOnce, CancellationToken = cancellationToken },
            async (mutant, cancelled) =>
            {
                var result = await TryAsync(
                    ProofPlan.Of(mutant, usable, options.Bystanders, options.Run.Seed), cancelled);
                tried[mutant.Name] = result;
                options.Tried(result);
            });
        return healthy with { Mutants = [.. options.Mutants.Select(mutant => tried[mutant.Name])] };
    }

    public void Dispose() => Directory.Delete(_trials, recursive: true);

    /// <summary>Of a run that did not come to its end nothing can be said.</summary>
    private static void RefuseUnusable(RunResults run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (run.Stopped is { } reason)
        {
            throw new TargetUnusableException(run.Mutant is { } mutant ? $"{mutant}: {reason}" : reason);
        }
    }

    private async Task<MutantResult> TryAsync(ProofPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Verifiers.Count == 0)
        {
            return plan.Mutant;
        }

        var wish = options.Run with
        {
            Mutant = plan.Mutant.Name, Out = Path.Combine(_trials, plan.Mutant.Name), Evidence = false,
        };
        var results = await _runners.RunAsync(
            wish, _ => plan.Verifiers.Concat(plan.Bystanders), begun: null, cancellationToken);
        RefuseUnusable(results, cancellationToken);
        return plan.Judge(results.Cases);
    }
}
