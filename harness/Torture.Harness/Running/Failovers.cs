using Torture.Harness.Faults;
using Torture.Harness.Histories;
using Torture.Harness.Results;

namespace Torture.Harness.Running;

/// <summary>The outages of a case as results tell them.</summary>
internal static class Failovers
{
    public static IReadOnlyList<FailoverResult> Of(CaseRun run) =>
        [.. run.History.Of<FaultInjected>().Where(injected => !injected.Fault.IsEvent)
            .Select(injected => Of(run, injected))];

    private static FailoverResult Of(CaseRun run, FaultInjected injected)
    {
        var later = run.History.Events.Where(happened => happened.Sequence > injected.Sequence).ToList();
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
        };
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
