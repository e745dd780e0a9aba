using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Histories;
using Torture.Harness.Running;

namespace Torture.Harness.Faults;

/// <summary>
/// The nemesis of one case. Outages that overlap are one disturbance: it ends when the last is healed.
/// </summary>
internal sealed class Nemesis(CaseRun run) : INemesis
{
    private readonly List<Outage> _open = [];
    private ClusterObservation? _baseline;
    private bool _ownersMayDiffer;
    private CaseClient? _client;

    /// <summary>Its own: no case sends or hears anything from there.</summary>
    public CaseClient Client => _client ??= run.ClaimClient();

    public Task<IOutage> InjectAsync(Fault fault) => InjectAsync(fault, isChecked: false);

    public Task<IOutage> RequestAsync(Fault fault) => InjectAsync(fault, isChecked: true);

    private async Task<IOutage> InjectAsync(Fault fault, bool isChecked)
    {
        if (fault.TouchesOthers && !run.Breaks)
        {
            throw new InvalidOperationException($"{run.Id} breaks what others use: it wants [BreaksCluster]");
        }

        var cluster = run.Cluster;
        if (cluster.Capabilities.WhyNot(fault.Needs) is { } missing)
        {
            throw new NotSupportedByTargetException(fault.Needs, missing);
        }

        await using var witness = await NemesisWitness.StandAsync(run, fault);
        var before = await cluster.ObserveAsync(run.Deadline);
        if (Effects.IsSoAlready(fault, before) is { } already)
        {
            throw new NothingToChangeException(
                $"{fault} changes nothing that could be seen to act: {already} already");
        }

        LinkProof.Greet(run, fault);
        var mark = await run.MarkAsync(Marker.Fault, fault.ToString()!);
        var injected = run.History.Add(at => new FaultInjected(at, fault, mark?.Marker.Number));
        run.Say($"inject {fault}");
        var outage = new Outage(this, run, fault, injected.At);
        if (!fault.IsEvent)
        {
            _baseline ??= before;
            _ownersMayDiffer |= fault.MovesOwners;
            _open.Add(outage);
        }

        await run.WithinAsync(
            cluster.ApplyAsync(fault, run.Deadline), run.Limits.Fault, run.Deadline, $"{fault} was not made");
        try
        {
            await outage.UntilItActsAsync(before, mark?.Marker.Number);
        }
        catch (InconclusiveException unseen) when (isChecked)
        {
            run.Say(unseen.Message);
        }

        return outage;
    }

    /// <summary>Heals what the case left broken, the last first.</summary>
    public async Task HealAllAsync()
    {
        foreach (var outage in Enumerable.Reverse(_open).ToList())
        {
            await outage.HealAsync();
        }
    }

    /// <summary>After a fault was undone: with the last one the cluster is to equal its baseline.</summary>
    internal async Task HealedAsync(Outage outage)
    {
        _open.Remove(outage);
        if (_open.Count > 0 || _baseline is not { } baseline)
        {
            return;
        }

        ClusterObservation? last = null;
        var rest = new Rest(baseline, _ownersMayDiffer, run.Limits);
        var recovered = await Poll.UntilAsync(
            async () => rest.IsReached(last = await run.Cluster.ObserveAsync(run.Ending)) ? last : null,
            run.Limits.Recovery, run.Time, run.Ending);
        (_baseline, _ownersMayDiffer) = (null, false);
        if (recovered is null)
        {
            var reason = $"the cluster did not recover from {outage.Fault}: {rest.WhyNot}; it is"
                + $" {Render.Cluster(last)}, it was {Render.Cluster(baseline)}";
            run.BreakCluster($"{run.Id}: {reason}");
            throw new InconclusiveException(reason);
        }

        run.History.Add(at => new ClusterRecovered(at, outage.Fault));
        run.Say($"recovered from {outage.Fault}");
    }
}
