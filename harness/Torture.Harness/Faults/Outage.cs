using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Histories;
using Torture.Harness.Running;

namespace Torture.Harness.Faults;

/// <summary>The life of one fault: seen to act, healed.</summary>
internal sealed class Outage(Nemesis nemesis, CaseRun run, Fault fault, DateTimeOffset injectedAt) : IOutage
{
    private bool _healed;

    public Fault Fault { get; } = fault;

    public DateTimeOffset InjectedAt { get; } = injectedAt;

    public DateTimeOffset TookEffectAt { get; private set; }

    /// <param name="marker">Number of the marker of T0; null without a capture.</param>
    public async Task UntilItActsAsync(ClusterObservation before, long? marker)
    {
        if (marker is null && !Fault.IsToldByNodes)
        {
            throw NotSeen("on the wire");
        }

        var observed = Fault.IsToldByNodes
            ? await SeenAsync(
                async () => Effects.Seen(Fault, before, await run.Cluster.ObserveAsync(run.Deadline)),
                "by observation")
            : "no node can tell";
        var wire = marker is { } number
            ? await SeenAsync(WireProof.Of(run, Fault, before, number), "on the wire")
            : null;
        TookEffectAt = run.History.Add(at => new FaultTookEffect(at, Fault, observed, wire)).At;
        run.Say($"{Fault} acts: {observed}{(wire is null ? "" : $"; {wire}")}");
    }

    public async Task HealAsync()
    {
        if (_healed || Fault.IsEvent)
        {
            return;
        }

        _healed = true;
        await run.MarkAsync(Marker.Heal, Fault.ToString()!);
        run.History.Add(at => new HealingBegun(at, Fault));
        await run.WithinAsync(
            run.Cluster.HealAsync(Fault, run.Ending), run.Limits.Fault + run.Limits.Recovery, run.Ending,
            $"{Fault} was not undone");
        run.History.Add(at => new FaultHealed(at, Fault));
        await nemesis.HealedAsync(this);
    }

    public async ValueTask DisposeAsync() => await HealAsync();

    private async Task<string> SeenAsync(Func<Task<string?>> look, string where)
    {
        if (await Poll.UntilAsync(look, run.Limits.Effect, run.Time, run.Deadline) is { } seen)
        {
            return seen;
        }

        throw NotSeen(where);
    }

    private InconclusiveException NotSeen(string where)
    {
        run.History.Add(at => new FaultNotSeen(at, Fault, where));
        return new InconclusiveException($"{Fault} was not seen to act {where}");
    }
}
