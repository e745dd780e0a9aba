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

    public static IReadOnlyList<FailoverResult> Of(CaseRun run) =>
        [.. run.History.Of<FaultInjected>().Where(injected => !injected.Fault.IsEvent)
            .Select(injected => Of(run, injected))];

    private static FailoverResult Of(CaseRun run, FaultInjected injected)
    {
        var later = run.History.Events.Where(happened => happened.Sequence > injected.Sequence).ToList();
        var timeline = TimelineOf(run, injected, later);
        return new FailoverResult
        {
            Kind = injected.Fault.GetType().Name,
            Fault = injected.Fault.ToString()!,
            Node = NodeOf(injected.Fault),
            At = injected.At - run.StartedAt,
            Healed = later.OfType<FaultHealed>().FirstOrDefault(one => one.Fault == injected.Fault)?.At
                - run.StartedAt,
            Recovered = later.OfType<ClusterRecovered>().FirstOrDefault(one => one.Fault == injected.Fault)?.At
                - run.StartedAt,
            Milestones = timeline is null ? [] : [.. Enumerable.Range(0, Events.Length).Select(i => At(timeline, i))],
            Outage = timeline?.Outage,
        };
    }

    /// <summary>What the packets show from the fault's marker until it was healed.</summary>
    private static Timeline? TimelineOf(
        CaseRun run, FaultInjected injected, IEnumerable<HistoryEvent> later)
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
            Moved = [.. later.TakeWhile(happened => happened is not FaultHealed).OfType<AddressReleased>()
                .Select(released => released.Address.Address).Distinct()],
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
        SlowLink slow => slow.Node.Name,
        LossyLink lossy => lossy.Node.Name,
        _ => null,
    };
}
