using System.Net;
using Torture.Captures;
using Torture.Harness.Checking;
using Torture.Harness.Histories;
using Torture.Harness.Results;
using Torture.Harness.Witness;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;

namespace Torture.Harness.Running;

/// <summary>A case whose verdict is another one now.</summary>
public sealed record RecheckDifference(string Id, Verdict Before, Verdict After, string Why);

/// <summary>
/// Judges a stored run again, without a cluster: each check is read again from the capture by its stored path, and all
/// checkers run over the stored history with what the packets show put in anew.
/// </summary>
/// <param name="Results">The run with the verdicts of now.</param>
public sealed record Recheck(RunResults Results, IReadOnlyList<RecheckDifference> Differences)
{
    /// <param name="folder">Of a run: it holds results.json.</param>
    /// <exception cref="InvalidDataException">Results, a history or keys cannot be read.</exception>
    public static Recheck Of(string folder)
    {
        var before = ResultsFile.Read(folder);
        var cases = before.Cases.Select(result => Again(folder, before, result)).ToList();
        var differences = before.Cases.Zip(cases).Where(pair => pair.First.Verdict != pair.Second.Verdict)
            .Select(pair => new RecheckDifference(
                pair.First.Id, pair.First.Verdict, pair.Second.Verdict, pair.Second.Reason ?? Why(pair.Second)));
        return new Recheck(before with { Cases = cases }, [.. differences]);
    }

    private static CaseResult Again(string folder, RunResults run, CaseResult result)
    {
        if (result.Evidence is null)
        {
            return result;
        }

        var place = Path.Combine(folder, result.Evidence);
        var stored = HistoryFile.Read(Path.Combine(place, Evidence.HistoryFile));
        var (history, wire) = ReadWire(place, stored, run);
        var findings = new Findings();
        findings.RunAll(history, CheckersOf(stored));
        var problems = new Problems();
        if (result.BesidesChecks != Verdict.Passed && !result.IsStale)
        {
            problems.Add(result.BesidesChecks, result.Reason ?? "");
        }

        problems.AddChecks(
            result.Checks.Where(check => check.Checker is null).Select(check => Again(check, wire)), findings,
            run.Started + result.Started, run.Strict);
        var kept = result.Checks.Where(check => check.Checker is { } name && !findings.ByChecker.ContainsKey(name));
        problems.AddKept(kept, run.Strict);
        var again = result with
        {
            Verdict = problems.Verdict,
            Reason = problems.Reason,
            Checks = problems.Checks,
            BesidesChecks = problems.BesidesChecks,
            Checked = problems.Checked,
            Expectation = null,
            IsStale = false,
        };
        again = run.Known?.Judge(again) ?? again;
        return again with { Message = FailureText.Of(again, run.TargetAgain) };
    }

    private static string Why(CaseResult result) =>
        result.Checks.FirstOrDefault(check => check.Outcome != CheckOutcome.Held) is { } check
            ? $"{check.Requirement} {check.Subject}: {check.Actual}"
            : "every check holds";

    /// <summary>Without a capture the history stays as it is.</summary>
    private static (History History, WireView? Wire) ReadWire(
        string place, IReadOnlyList<HistoryEvent> stored, RunResults run)
    {
        var capture = Path.Combine(place, Evidence.CaptureFile);
        if (!File.Exists(capture))
        {
            return (new History(stored), null);
        }

        var keys = new KeyRing();
        var file = Path.Combine(place, Evidence.KeysFile);
        foreach (var key in File.Exists(file) ? KeyLogFile.Read(file) : [])
        {
            keys.Record(key);
        }

        var history = new History(stored.Where(happened => happened is not (RegistrationSeen or PollSeen
            or UnregistrationSeen or NotificationSeen or ConnectionEndSeen or OperationSeen or UnreadableSeen
            or AddressHeard or NeighbourAsked or ConnectionSeen or SegmentSeen or LinkRead)));
        var wire = new WireView(
            keys, run.Limits.TryGetValue("announcement", out var announcement) ? announcement : null);
        wire.Read([.. CaptureFile.Read(capture)], history);
        return (history, wire);
    }

    private static IEnumerable<IChecker> CheckersOf(IReadOnlyList<HistoryEvent> stored)
    {
        foreach (var asked in stored.OfType<CheckerAsked>())
        {
            var checker = (asked.Checker, asked.Limit) switch
            {
                (nameof(FailoverWithin), { } limit) => new FailoverWithin(limit),
                (nameof(NotifiedWithin), { } limit) => new NotifiedWithin(limit),
                (nameof(NoNotificationLost), var limit) => new NoNotificationLost(limit),
                (nameof(NotificationsAsForetold), _) => new NotificationsAsForetold(),
                (nameof(AnnouncedToNeighbours), _) => new AnnouncedToNeighbours(asked: true),
                (nameof(OldClientsTickled), _) => new OldClientsTickled(asked: true),
                (nameof(OldConnectionsEnd), _) => new OldConnectionsEnd(asked: true),
                _ => (IChecker?)null,
            };
            if (checker is not null)
            {
                yield return checker;
            }
        }
    }

    /// <summary>A check that no packet belongs to stays what it was.</summary>
    private static CheckResult Again(CheckResult check, WireView? wire)
    {
        if (check.Call is not { } call || check.Wire == WireConfirmation.Contradicted
            || wire?.Find(Asked(call, check)) is not { } seen)
        {
            return check;
        }

        return check.Window is { } window
            ? Timed(check, seen, window)
            : Read(check, seen);
    }

    private static CheckResult Timed(CheckResult check, WireReply seen, WindowResult window)
    {
        var judged = Judgement.Within(
            seen.Reply.TimeOnWire, window.ToWindow(), check.ToleratedWindow?.ToWindow());
        return check with { Outcome = judged.Outcome, Actual = judged.Actual, Frame = seen.Frame };
    }

    private static CheckResult Read(CheckResult check, WireReply seen)
    {
        var actual = check.Path is { } path
            ? Render.Value(MemberPath.Follow(seen.Reply, path))
            : Render.Value(seen.Reply);
        var before = check.Path is null ? check.Reply : check.Actual;
        if (actual != before && !(actual == "null" && check.Actual.StartsWith(Judgement.NotThere)))
        {
            return check with
            {
                Outcome = CheckOutcome.Broken,
                Wire = WireConfirmation.Contradicted,
                OnTheWire = actual,
                Frame = seen.Frame,
            };
        }

        return check.Path is null || actual == "null" ? check : check with
        {
            Outcome = actual == check.Expected ? CheckOutcome.Held
                : check.ToleratedValues.Contains(actual) ? CheckOutcome.Tolerated
                : CheckOutcome.Broken,
            Frame = seen.Frame,
        };
    }

    /// <summary>A reply that finds the call; how it ended matters only where there was no answer.</summary>
    private static Reply Asked(CallResult call, CheckResult check)
    {
        var reference = new CallReference(
            EndPointOf(call.Client), EndPointOf(call.Server), call.CallId,
            SyntaxOf(call.Interface), (ushort)call.Opnum);
        var status = check.Actual == Outcome.NoAnswer.ToString() ? Outcome.NoAnswer
            : check.Actual == Outcome.ConnectionClosed.ToString() ? Outcome.ConnectionClosed
            : Outcome.Success;
        return call.IsRaw
            ? new RawReply(reference, status, default)
            : new UnRegisterReply(reference, status);
    }

    private static IPEndPoint EndPointOf(string text) =>
        IPEndPoint.TryParse(text, out var endPoint)
            ? endPoint
            : throw new InvalidDataException($"'{text}' is no address with a port");

    /// <summary>The reverse of <see cref="SyntaxId.ToString"/>.</summary>
    private static SyntaxId SyntaxOf(string text)
    {
        var parts = text.Split(' ', 'v', '.');
        return parts is [var uuid, _, var major, var minor] && Guid.TryParse(uuid, out var id)
            && ushort.TryParse(major, out var high) && ushort.TryParse(minor, out var low)
            ? new SyntaxId(id, high, low)
            : throw new InvalidDataException($"'{text}' is no interface");
    }
}
