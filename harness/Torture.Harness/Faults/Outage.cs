using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Histories;
using Torture.Harness.Running;

namespace Torture.Harness.Faults;

/// <summary>The life of one fault: seen to act, healed, seen to be over.</summary>
internal sealed class Outage(CaseRun run, Fault fault, ClusterObservation baseline, DateTimeOffset injectedAt) : IOutage
{
    public Fault Fault { get; } = fault;

    public DateTimeOffset InjectedAt { get; } = injectedAt;

    public DateTimeOffset TookEffectAt { get; private set; }

    /// <summary>What the cluster must equal after healing.</summary>
    public ClusterObservation Baseline { get; } = baseline;

    public bool IsHealed { get; private set; }

    public async Task UntilItActsAsync(ClusterObservation before, FrameStamp? marker)
    {
        var observed = await SeenAsync(
            async () => Effects.Seen(Fault, before, await run.Cluster.ObserveAsync(run.Deadline)), "by observation");
        var wire = marker is { } stamp
            ? await SeenAsync(async () => await WireProof.SeenAsync(run, Fault, before, stamp), "on the wire")
            : null;
        TookEffectAt = run.History.Add(at => new FaultTookEffect(at, Fault, observed, wire)).At;
        run.Say($"{Fault} acts: {observed}{(wire is null ? "" : $"; {wire}")}");
    }

    public async Task HealAsync()
    {
        if (IsHealed)
        {
            return;
        }

        IsHealed = true;
        if (!Fault.IsEvent)
        {
            await run.Cluster.HealAsync(Fault, run.Ending).WaitAsync(run.Limits.Recovery, run.Time, run.Ending);
        }

        run.History.Add(at => new FaultHealed(at, Fault));
        await UntilRecoveredAsync();
        run.History.Add(at => new ClusterRecovered(at, Fault));
        run.Say($"recovered from {Fault}");
    }

    public async ValueTask DisposeAsync() => await HealAsync();

    private async Task<string> SeenAsync(Func<Task<string?>> look, string where) =>
        await Poll.UntilAsync(look, run.Limits.Effect, run.Time, run.Deadline)
        ?? throw new InconclusiveException($"{Fault} was not seen to act {where}");

    private async Task UntilRecoveredAsync()
    {
        ClusterObservation? last = null;
        var recovered = await Poll.UntilAsync(
            async () =>
            {
                last = await run.Cluster.ObserveAsync(run.Ending);
                return Effects.Recovered(Baseline, last, Fault.MovesOwners) ? last : null;
            },
            run.Limits.Recovery, run.Time, run.Ending);
        if (recovered is null)
        {
            throw new InconclusiveException(
                $"the cluster did not recover from {Fault}: it is {Render.Cluster(last)},"
                + $" it was {Render.Cluster(Baseline)}");
        }
    }
}
