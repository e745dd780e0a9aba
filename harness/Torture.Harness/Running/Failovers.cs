using System.Net;
using Torture.Captures;
using Torture.Harness.Faults;
using Torture.Harness.Histories;
using Torture.Harness.Results;

namespace Torture.Harness.Running;

/// <summary>The outages of a case as results tell them.</summary>
internal static class Failovers
{
    private static readonly string[] Events =
        ["fault", "silence", "taken", "tickled", "told", "reconnecting", "session", "served"];

    public static IReadOnlyList<FailoverResult> Of(CaseRun run)
    {
        var told = new HashSet<long>();
        var claimed = new HashSet<AddressReleased>();
        return [.. run.History.Of<FaultInjected>().Where(injected => !injected.Fault.IsEvent)
            .Select(injected => Of(run, injected, told, claimed))];
    }

    /// <param name="told">Frames of T7: an outage is that of the first fault that it follows, and counts once.</param>
    /// <param name="claimed">So does each release.</param>
    private static FailoverResult Of(
        CaseRun run, FaultInjected injected, HashSet<long> told, HashSet<AddressReleased> claimed)
    {
        var later = run.History.Events.Where(happened => happened.Sequence > injected.Sequence).ToList();
        var healed = later.OfType<FaultHealed>().FirstOrDefault(one => one.Fault == injected.Fault)?.At;
        List<AddressReleased> released = [.. run.History.Of<AddressReleased>()
            .Where(release => release.At >= injected.At && (healed is null || release.At <= healed))];
        var worked = run.History.Of<OperationStarted>().Where(operation => operation.At <= injected.At)
            .Select(operation => operation.Entry).ToHashSet();
        var timeline = TimelineOf(run, injected, released);
        return new FailoverResult
        {
            Kind = injected.Fault.GetType().Name,
            Fault = injected.Fault.ToString()!,
            Node = NodeOf(injected.Fault),
            At = injected.At - run.StartedAt,
            Healed = healed - run.StartedAt,
            Recovered = later.OfType<ClusterRecovered>().FirstOrDefault(one => one.Fault == injected.Fault)?.At
                - run.StartedAt,
            Milestones = timeline is null ? [] : [.. Enumerable.Range(0, Events.Length).Select(i => At(timeline, i))],
            Interrupts = released.Where(release => worked.Contains(release.Address)).ToList() is { Count: > 0 } hits
                && hits.TrueForAll(claimed.Add),
            Outage = timeline?.T7 is { } served && told.Add(served.At.Frame) ? timeline.Outage : null,
        };
    }

    /// <summary>What the packets show from the fault's marker until it was healed.</summary>
    private static Timeline? TimelineOf(
        CaseRun run, FaultInjected injected, IEnumerable<AddressReleased> released)
    {
        if (run.Wire?.Trace is not { } trace
            || trace.Markers.FirstOrDefault(one => one.Marker.Number == injected.Marker) is not { } fault)
        {
            return null;
        }

        var healed = trace.Markers.FirstOrDefault(one =>
            one.Marker.Number > injected.Marker && one.Marker.Phase == Marker.Heal
            && one.Marker.Text == injected.Fault.ToString());
        var lost = run.Cluster.Nodes.FirstOrDefault(node => node.Name == NodeOf(injected.Fault));
        return Timeline.Build(trace, new FailoverContext
        {
            Fault = fault,
            Until = healed?.At,
            LostNode = lost is null ? [] : [.. new[] { lost.Address, lost.Address6 }.OfType<IPAddress>()],
            Moved = [.. released.Select(release => release.Address.Address).Distinct()],
        });
    }

    private static MilestoneResult At(Timeline timeline, int number)
    {
        var milestone = timeline.Milestones.FirstOrDefault(one => one.Name == $"T{number}");
        return new MilestoneResult(
            $"T{number}", Events[number], timeline.After(milestone), milestone?.At.Frame, milestone?.Text);
    }

    private static string? NodeOf(Fault fault) => fault switch
    {
        KillNode kill => kill.Node.Name,
        PauseNode pause => pause.Node.Name,
        StopNode stop => stop.Node.Name,
        DisableNode disable => disable.Node.Name,
        BanNode ban => ban.Node.Name,
        StopWitness stop => stop.Node.Name,
        LinkFault link => link.Node.Name,
        _ => null,
    };
}
