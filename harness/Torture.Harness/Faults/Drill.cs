using Torture.Harness.Clusters;
using Torture.Harness.Histories;
using Torture.Harness.Running;

namespace Torture.Harness.Faults;

/// <summary>How a fault went in a drill.</summary>
/// <param name="Observed">By what the observation showed it; null: it did not.</param>
/// <param name="Wire">By which packets it was seen; null: there was no capture, or it was not seen.</param>
/// <param name="Problem">Null: it acted and was healed.</param>
public sealed record DrillResult(string Fault, string? Observed, string? Wire, string? Problem)
{
    /// <summary>Until it was seen to act.</summary>
    public TimeSpan Acting { get; init; }

    /// <summary>Until the cluster was seen to be back.</summary>
    public TimeSpan Healing { get; init; }
}

/// <summary>
/// Makes one fault after the other outside of any suite: the same nemesis, the same proofs. It takes the cluster over.
/// </summary>
public sealed class Drill : IAsyncDisposable
{
    private readonly RunSession _session;

    private Drill(RunSession session) => _session = session;

    public static async Task<Drill> BeginAsync(ICluster cluster, string runId, CancellationToken cancellationToken)
    {
        var session = new RunSession(runId, cluster);
        await session.BeginAsync(cancellationToken);
        return new Drill(session);
    }

    /// <param name="make">Gets the name of a client, for faults that concern one.</param>
    public async Task<DrillResult> RunAsync(Func<string, Fault> make)
    {
        var cluster = _session.Cluster;
        await using var run = new CaseRun(
            "drill", _session, cluster.Time, cluster.Limits.Case, seed: 1, breaks: true);
        run.Enter();
        var fault = make(run.Client.Name);
        var result = new DrillResult(fault.ToString()!, null, null, null);
        try
        {
            result = await BreakAsync(run, fault);
        }
        catch (Exception failed) when (failed is InconclusiveException or NotSupportedByTargetException
            or TimeoutException or OperationCanceledException or IOException)
        {
            var seen = run.History.Of<FaultTookEffect>().LastOrDefault();
            result = result with { Observed = seen?.Observed, Wire = seen?.Seen, Problem = failed.Message };
        }

        return await HealAsync(run, result);
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private static async Task<DrillResult> BreakAsync(CaseRun run, Fault fault)
    {
        var outage = await run.Nemesis.InjectAsync(fault);
        var seen = run.History.Of<FaultTookEffect>().Last();
        var began = run.Time.GetTimestamp();
        await outage.HealAsync();
        return new DrillResult(fault.ToString()!, seen.Observed, seen.Seen, null)
        {
            Acting = outage.TookEffectAt - outage.InjectedAt,
            Healing = run.Time.GetElapsedTime(began),
        };
    }

    private static async Task<DrillResult> HealAsync(CaseRun run, DrillResult result)
    {
        try
        {
            await run.Nemesis.HealAllAsync();
            return result;
        }
        catch (InconclusiveException failed)
        {
            return result with
            {
                Problem = result.Problem is { } first ? $"{first}; {failed.Message}" : failed.Message,
            };
        }
    }
}
