using Torture.Captures;
using Torture.Harness.Results;

namespace Torture.SelfTests.Reports;

/// <summary>
/// Four targets as they might have been: a quick one, a slow one that cannot be banned, a hostile one, and one that did
/// not come up.
/// </summary>
internal static class SampleComparison
{
    public const string Slow = "containers:engine=ctdb";
    public const string Down = "samba-ctdb";
    public const string Cannot = "ban is not allowed by the target file";

    public static ComparisonResults Whole() => new()
    {
        Started = new DateTimeOffset(2026, 11, 25, 21, 0, 0, TimeSpan.Zero),
        Elapsed = TimeSpan.FromSeconds(312),
        Arguments = $"--targets containers,{Slow},x --faults kill,ban --repeat 20",
        Repeat = 20,
        Faults = ["kill", "ban"],
        Versions = new SortedDictionary<string, string> { ["torture"] = "0.1.0", ["processors"] = "2" },
        Targets = [Quick(), Slower(), Hostile(), Unusable()],
    };

    private static ComparedTarget Quick() => new()
    {
        Name = "containers",
        Cluster = "containers 172.31.4.0/24",
        Load = 1.25,
        Stamps = new StampError(120, 2, Spread(12, 30, 45), Spread(20, 90, 1900)),
        Run = "20261125-210000-containers",
        Faults = [Fault("kill", 100, 50, 20), Fault("ban", 40, 20, 20)],
    };

    private static ComparedTarget Slower() => new()
    {
        Name = Slow,
        Cluster = "containers 172.31.5.0/24",
        Load = 1.5,
        Stamps = new StampError(60, 1, null, Spread(20, 90, 380)),
        Faults =
        [
            Fault("kill", 4000, 3500, 18),
            new ComparedFault
            {
                Fault = "ban", Follows = Lacking("failover.OwnerLost.TheClientFollows_ban"),
                Told = Lacking("failover.OwnerLost.TheClientIsToldBothChanges_ban"),
            },
        ],
    };

    private static ComparedTarget Hostile() => new()
    {
        Name = SampleRun.Hostile,
        Cluster = SampleRun.Hostile,
        Run = "../../etc",
        Faults = [Fault("kill", 150, 75, 20, SampleRun.Hostile), Fault("ban", 60, 40, 20)],
    };

    private static ComparedTarget Unusable() => new()
    {
        Name = Down,
        Unusable = "the image torture-samba is missing: `torture cluster images` makes it",
    };

    private static ComparedFault Fault(string fault, int outage, int told, int count, string text = "")
    {
        var repeats = Enumerable.Range(0, count).Select(i => i % 5 * outage / 50.0).ToList();
        return new ComparedFault
        {
            Fault = fault,
            Follows = new ComparedCase
            {
                Id = $"failover.OwnerLost.TheClientFollows_{fault}",
                Verdict = text.Length > 0 ? Verdict.Failed : Verdict.Passed,
                Reason = text.Length > 0 ? text : null,
                Failovers = [.. repeats.Select(more => Followed(outage, more))],
            },
            Told = new ComparedCase
            {
                Id = $"failover.OwnerLost.TheClientIsToldBothChanges_{fault}",
                Verdict = Verdict.Passed,
                Failovers = [.. repeats.Select(more => Failover(null, [("T4", "told", told + more)]))],
            },
        };
    }

    private static ComparedCase Lacking(string id) => new()
    {
        Id = id, Verdict = Verdict.NotSupported, Reason = Cannot,
    };

    private static FailoverResult Followed(double outage, double more) => Failover(
        outage + more,
        [
            ("T1", "silence", -0.4), ("T2", "taken", (outage * 0.4) + more), ("T3", "tickled", (outage * 0.45) + more),
            ("T5", "reconnecting", (outage * 0.7) + more), ("T6", "session", (outage * 0.9) + more),
            ("T7", "served", outage + more),
        ]);

    private static FailoverResult Failover(
        double? outage, (string Name, string Event, double Milliseconds)[] milestones) => new()
        {
            Kind = "KillNode",
            Fault = "kill n1",
            Outage = outage is { } length ? TimeSpan.FromMilliseconds(length) : null,
            Milestones =
            [
                .. milestones.Select(one => new MilestoneResult(
                    one.Name, one.Event, TimeSpan.FromMilliseconds(one.Milliseconds), 7, null)),
            ],
        };

    private static LatencyDistribution Spread(int median, int p95, int most) => new(
        60, TimeSpan.Zero, TimeSpan.FromMicroseconds(median), TimeSpan.FromMicroseconds(p95),
        TimeSpan.FromMicroseconds(most));
}
