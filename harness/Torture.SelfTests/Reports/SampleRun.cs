using Torture.Harness.Reports;
using Torture.Harness.Reports.Drawing;
using Torture.Harness.Results;
using Torture.Requirements;

namespace Torture.SelfTests.Reports;

/// <summary>A run as it might have been: something of every verdict, twenty repeats of a failover.</summary>
internal static class SampleRun
{
    public const string Hostile = "</title><script>alert(1)</script>\0\u202e\ud800 \"'& ]]>";

    public const string KeepAlive = "rpc.witness.KeepAlive.Elapses";
    public const string Kill = "failover.KillTheOwner.ClientFollows";

    private static readonly string[] Held =
    [
        Swn.InterfaceUuid, Swn.GetInterfaceListSucceeds, Swn.InterfaceCount, Swn.InterfaceStates, Swn.InterfaceFlags,
        Swn.RegisterRevisionMismatch, Swn.RegisterNullParameter, Swn.RegisterUnknownNetName, Swn.RegisterReturnsHandle,
        Swn.NullHandleOnFailure, Swn.UnRegisterRemoves, Swn.UnRegisterTwice, Swn.AsyncNotifyUnknownHandle,
        Swn.RegisterExRevisionMismatch, Swn.RegisterExNullParameter, Swn.RegisterExReturnsHandle, Swn.OpnumOutOfRange,
        Swn.UnRegisterExRemoves, Swn.ConnectionLossRunsDown, Swn.PendingNotifyHoldsUpNothing, Rpce.BindAcknowledged,
        Rpce.UnknownInterfaceRejected, Rpce.BadStubData, Rpce.MapFindsInterface, Rpce.IsServerListening, House.StaysUp,
    ];

    public static RunResults Whole() => new()
    {
        RunId = "20261121-031500-loopback",
        Target = "loopback",
        Started = new DateTimeOffset(2026, 11, 21, 3, 15, 0, TimeSpan.Zero),
        Elapsed = TimeSpan.FromSeconds(203.4),
        Finished = true,
        Arguments = "--target loopback --repeat 20",
        Seed = 4711,
        Nodes = ["n1", "n2", "n3"],
        PublicAddresses = ["127.9.1.101", "127.9.1.102", "127.9.1.103"],
        Versions = new SortedDictionary<string, string>
        {
            ["torture"] = "0.1.0", [".NET"] = "10.0.1", ["kernel"] = "6.1.0", ["libpcap"] = "1.10.3",
        },
        Limits = new SortedDictionary<string, TimeSpan>
        {
            ["failover"] = TimeSpan.FromSeconds(4), ["notification"] = TimeSpan.FromSeconds(5),
        },
        Capabilities = ["Capture", "KillNode", "PauseNode", "MoveAddress"],
        Missing = new SortedDictionary<string, string>
        {
            ["IPv6"] = "run as root, or: sudo ip -6 route add local fd77:1::/64 dev lo",
        },
        Cases = [.. Cases()],
        Mutants = [.. Mutants()],
    };

    /// <summary>What the histories of the failover cases would say.</summary>
    public static TimelineFacts Facts(FailoverView failover) =>
        failover.Case.Id == Kill ? KillFacts() : TimelineFacts.None;

    private static IEnumerable<CaseResult> Cases()
    {
        foreach (var (index, id) in Held.Index())
        {
            yield return Passing($"rpc.witness.{Catalogue.Get(id).Name}.Holds", id, 0.02 + (index * 0.037));
        }

        foreach (var index in Enumerable.Range(0, 40))
        {
            yield return Passing($"local.ndr.witness.Vectors.Number{index:00}", Swn.NotificationLayout, 0.004);
        }

        yield return Failing();
        yield return HostileCase();
        yield return Tolerated();
        yield return Unsupported();
        yield return Unjudged();
        yield return Failover();
    }

    private static CaseResult Passing(string id, string requirement, double seconds) => new()
    {
        Id = id,
        Verdict = Verdict.Passed,
        Requirements = [requirement],
        Elapsed = TimeSpan.FromSeconds(seconds),
        Checks = [Check(requirement, CheckOutcome.Held, "ERROR_SUCCESS (0x0)", "ERROR_SUCCESS (0x0)")],
        Evidence = $"cases/{id}",
    };

    private static CheckResult Check(string requirement, CheckOutcome outcome, string expected, string actual) => new()
    {
        Requirement = requirement,
        Outcome = outcome,
        Subject = "reply.Status",
        Expected = expected,
        Actual = actual,
        At = TimeSpan.FromSeconds(6.013),
        Frame = 41,
    };

    private static CaseResult Failing() => new()
    {
        Id = KeepAlive,
        Verdict = Verdict.Failed,
        Requirements = [Swn.KeepAliveElapses],
        Started = TimeSpan.FromSeconds(12),
        Elapsed = TimeSpan.FromSeconds(6.21),
        Evidence = $"cases/{KeepAlive}",
        Checks =
        [
            Check(
                Swn.KeepAliveElapses,
                CheckOutcome.Broken,
                "ERROR_TIMEOUT (0x5B4)",
                "ERROR_SUCCESS (0x0), RESOURCE_CHANGE 10.0.0.12 UNAVAILABLE"),
        ],
        Log =
        [
            "t+0.004 bind to n1 127.9.1.11:49664 at integrity, NTLM",
            "t+0.011 RegisterEx keep-alive 6 s -> ERROR_SUCCESS",
            "t+6.013 AsyncNotify -> ERROR_SUCCESS, RESOURCE_CHANGE",
        ],
    };

    private static CaseResult HostileCase() => new()
    {
        Id = "rpc.witness.InterfaceNames.Shown",
        Verdict = Verdict.Failed,
        Reason = Hostile,
        Requirements = [Swn.GroupNameTerminated],
        Elapsed = TimeSpan.FromSeconds(0.3),
        Evidence = "cases/rpc.witness.InterfaceNames.Shown",
        Checks = [Check(Swn.GroupNameTerminated, CheckOutcome.Broken, "a name", Hostile) with { Frame = null }],
        Log = [Hostile],
    };

    private static CaseResult Tolerated() => new()
    {
        Id = "rpc.witness.UnRegister.UnknownHandle",
        Verdict = Verdict.NotStrict,
        Requirements = [Swn.UnRegisterUnknownHandle],
        Elapsed = TimeSpan.FromSeconds(0.031),
        Checks =
        [
            Check(
                Swn.UnRegisterUnknownHandle,
                CheckOutcome.Tolerated,
                "ERROR_INVALID_PARAMETER (0x57)",
                "ERROR_NOT_FOUND (0x490)") with { Tolerated = "ERROR_NOT_FOUND (0x490)" },
        ],
    };

    private static CaseResult Unsupported() => new()
    {
        Id = "rpc.witness.Register.IPv6Address",
        Verdict = Verdict.NotSupported,
        Requirements = [Swn.AddressMatchedByFormat],
        Needs = ["IPv6"],
        Lacks = ["IPv6"],
    };

    private static CaseResult Unjudged() => new()
    {
        Id = "failover.PauseTheOwner.StaleOwnerLetsGo",
        Verdict = Verdict.Inconclusive,
        Reason = "The fault was not seen to act: n2 still answered 15 s after pause n2.",
        Requirements = [Ctdb.StaleOwnerLetsGo],
        Elapsed = TimeSpan.FromSeconds(15.2),
        Evidence = "cases/failover.PauseTheOwner.StaleOwnerLetsGo",
    };

    private static CaseResult Failover() => Passing(Kill, Ctdb.OneOwnerPerAddress, 41) with
    {
        Failovers = [.. Enumerable.Range(0, 20).Select(Repeat), .. Enumerable.Range(0, 6).Select(Pause)],
    };

    private static FailoverResult Repeat(int number)
    {
        var jitter = TimeSpan.FromMilliseconds((number * 137 % 19) * 23);

        return new FailoverResult
        {
            Kind = "KillNode",
            Fault = "kill n1",
            Node = "n1",
            At = TimeSpan.FromSeconds(2),
            Healed = TimeSpan.FromSeconds(4.1) + jitter,
            Recovered = TimeSpan.FromSeconds(4.9) + jitter,
            Outage = TimeSpan.FromSeconds(1.39) + jitter,
            Milestones =
            [
                Milestone("T0", "fault", TimeSpan.Zero),
                Milestone("T1", "silence", TimeSpan.FromSeconds(-0.031)),
                Milestone("T2", "taken", TimeSpan.FromSeconds(1.082) + jitter),
                new MilestoneResult("T3", "tickled", null, null, null),
                Milestone("T4", "told", TimeSpan.FromSeconds(1.097) + jitter),
                Milestone("T5", "reconnecting", TimeSpan.FromSeconds(1.102) + jitter),
                Milestone("T6", "session", TimeSpan.FromSeconds(1.151) + jitter),
                Milestone("T7", "served", TimeSpan.FromSeconds(1.36) + jitter),
            ],
        };
    }

    private static FailoverResult Pause(int number) => Repeat(number) with
    {
        Kind = "PauseNode",
        Fault = "pause n1",
        Outage = TimeSpan.FromSeconds(2.2 + (number * 0.11)),
    };

    private static MilestoneResult Milestone(string name, string happened, TimeSpan after) =>
        new(name, happened, after, 41, name == "T2" ? "127.9.1.101 n1 -> n2" : null);

    private static TimelineFacts KillFacts() => new()
    {
        Owners =
        [
            new OwnerChange(TimeSpan.FromSeconds(-2), "127.9.1.101", "n1"),
            new OwnerChange(TimeSpan.Zero, "127.9.1.101", null),
            new OwnerChange(TimeSpan.FromSeconds(1.4), "127.9.1.101", "n2"),
            new OwnerChange(TimeSpan.FromSeconds(-2), "127.9.1.102", "n2"),
            new OwnerChange(TimeSpan.FromSeconds(-2), "127.9.1.103", "n3"),
        ],
        Nodes = [Notification("n2")],
        Clients = [.. Operations(), Notification("client")],
    };

    private static LaneEvent Notification(string lane) =>
        new(TimeSpan.FromSeconds(1.41), lane, TimelineMarkKind.Notification, "RESOURCE_CHANGE n1 UNAVAILABLE");

    private static IEnumerable<LaneEvent> Operations() =>
        from tick in Enumerable.Range(0, 90)
        let at = TimeSpan.FromSeconds((tick * 0.05) - 0.5)
        where at.TotalSeconds is < 0 or > 1.65
        select new LaneEvent(at, "client", TimelineMarkKind.Served, $"echo {tick}");

    private static IEnumerable<MutantResult> Mutants()
    {
        yield return new MutantResult
        {
            Name = "NeverTimesOut",
            Sentence = "The keep-alive timer is never armed.",
            Violates = [Swn.KeepAliveElapses],
            Shown = [Swn.KeepAliveElapses],
            KilledBy = [KeepAlive],
        };
        yield return new MutantResult
        {
            Name = "ForgetsRundown",
            Sentence = "A lost connection keeps its registrations.",
            Violates = [Swn.ConnectionLossRunsDown],
        };
    }
}
