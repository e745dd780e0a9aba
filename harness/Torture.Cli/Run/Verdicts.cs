using Torture.Harness.Results;

namespace Torture.Cli.Run;

/// <summary>What a run's results mean for the exit code.</summary>
internal static class Verdicts
{
    public static int ExitCodeOf(RunResults results)
    {
        var verdicts = results.Cases.Select(result => result.Verdict).ToHashSet();
        var unusable = results.Cluster is null && results.Stopped is not null
            && results.Stopped.StartsWith("target ", StringComparison.Ordinal);
        return unusable ? ExitCode.Unusable
            : results.Cases.Count == 0 ? ExitCode.NoCaseMatched
            : results.Cases.Any(result => result is { Verdict: Verdict.Failed, IsStale: false })
                ? ExitCode.ProductFailure
            : results.Strict && verdicts.Contains(Verdict.NotStrict) ? ExitCode.ProductFailure
            : verdicts.Contains(Verdict.Inconclusive) || !results.Finished ? ExitCode.Incomplete
            : verdicts.Contains(Verdict.Failed) ? ExitCode.StaleExpectation
            : ExitCode.Conforms;
    }
}
