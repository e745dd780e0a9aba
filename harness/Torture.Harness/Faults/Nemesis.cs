using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Histories;
using Torture.Harness.Running;

namespace Torture.Harness.Faults;

/// <summary>The nemesis of one case.</summary>
internal sealed class Nemesis(CaseRun run) : INemesis
{
    private readonly List<Outage> _outages = [];

    public async Task<IOutage> InjectAsync(Fault fault)
    {
        var cluster = run.Cluster;
        if (cluster.Capabilities.WhyNot(fault.Needs) is { } missing)
        {
            throw new NotSupportedByTargetException(fault.Needs, missing);
        }

        var before = await cluster.ObserveAsync(run.Deadline);
        var baseline = _outages.Any(outage => !outage.IsHealed) ? null : before;
        var mark = await run.MarkAsync(Marker.Fault, fault.ToString());
        var injected = run.History.Add(at => new FaultInjected(at, fault, mark?.Marker.Number));
        run.Say($"inject {fault}");
        var outage = new Outage(run, fault, baseline ?? _outages[0].Baseline, injected.At);
        _outages.Add(outage);

        await cluster.ApplyAsync(fault, run.Deadline).WaitAsync(run.Limits.Effect, run.Time, run.Deadline);
        await outage.UntilItActsAsync(before, mark?.Stamp);
        return outage;
    }

    /// <summary>Heals what the case left broken, the last first.</summary>
    public async Task HealAllAsync()
    {
        foreach (var outage in Enumerable.Reverse(_outages))
        {
            await outage.HealAsync();
        }
    }
}
