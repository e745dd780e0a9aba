using System.Globalization;
using Torture.Captures.Inspection;
using Torture.Protocol.Rpc;

namespace Torture.Captures;

/// <summary>A trace as lines for people or as JSON, one object a line, in order of frames.</summary>
public sealed class TraceRenderer(WitnessTrace trace)
{
    private readonly FrameStamp _zero =
        trace.Markers.FirstOrDefault(m => m.Marker.Phase == Marker.Fault)?.At ?? trace.First ?? default;

    /// <summary>Calls, binds, markers, takeovers and tickles, and what is wrong with a notification.</summary>
    public IEnumerable<string> Lines(IReadOnlyList<NotificationFinding> findings)
    {
        var wrong = findings.ToLookup(f => f.Call.Index);
        return Entries(wrong).OrderBy(e => e.At.Frame).Select(e => e.Text);
    }

    /// <summary>The milestones of one failover, with the time since T0, or since the first frame without T0.</summary>
    public IEnumerable<string> Lines(Timeline timeline)
    {
        var zero = timeline.T0?.At ?? trace.First ?? default;
        foreach (var milestone in timeline.Milestones)
        {
            var line = $"{milestone.Name} {milestone.Event,-13}{Seconds(milestone.At - zero),9}   {milestone.Text}";
            yield return milestone == timeline.T7 && timeline.Outage is { } outage
                ? $"{line}   outage {Seconds(outage)} s (last served {Seconds(timeline.LastServed - zero)})"
                : line;
        }
    }

    /// <summary>All of the trace, then findings and timelines.</summary>
    public IEnumerable<string> Json(IReadOnlyList<NotificationFinding> findings)
    {
        var rows = trace.Calls.Select(c => TraceJson.Of("call", c.RequestAt, c))
            .Concat(trace.Binds.Select(b => TraceJson.Of("bind", b.RequestAt, b)))
            .Concat(trace.Smb.Select(s => TraceJson.Of("smb", s.RequestAt ?? s.ResponseAt ?? default, s)))
            .Concat(trace.Markers.Select(m => TraceJson.Of("marker", m.At, m.Marker)))
            .Concat(trace.Announcements.Select(a => TraceJson.Of("announcement", a.At, a)))
            .Concat(trace.TcpEvents.Select(e => TraceJson.Of("tcp", e.At, e)))
            .OrderBy(row => row.Frame).Select(row => row.Json);
        var violations = findings.Select(f => TraceJson.Of("violation", f.Call.ResponseAt ?? default, new
        {
            f.Requirement, f.Field, f.Expected, f.Actual, Call = f.Call.Index,
        }).Json);
        var timelines = Timeline.BuildAll(trace).Where(t => t.Milestones.Any())
            .Select(t => TraceJson.Of("timeline", t.Milestones.First().At, t).Json);
        return rows.Concat(violations).Concat(timelines);
    }

    private IEnumerable<(FrameStamp At, string Text)> Entries(ILookup<int, NotificationFinding> wrong) =>
        trace.Calls.SelectMany(c => Call(c, wrong[c.Index]))
            .Concat(trace.Binds.Select(Bind))
            .Concat(trace.Markers.Where(m => m.Marker.Phase != Marker.Flush).Select(Mark))
            .Concat(trace.Announcements.Where(IsOfInterest).Select(Announce))
            .Concat(trace.TcpEvents.Where(e => e.Kind != TcpEventKind.Reset).Select(Event));

    private IEnumerable<(FrameStamp At, string Text)> Call(ObservedCall call, IEnumerable<NotificationFinding> wrong)
    {
        var name = $"{TraceText.Interface(call.Interface)}  {TraceText.Operation(call)}";
        var asked = TraceText.Request(call.Request);
        yield return (call.RequestAt, Line(
            call.RequestAt, $"{call.Flow.Client} -> {call.Flow.Server}", $"{name} request  {asked}{Why(call)}"));
        foreach (var (end, what) in new[] { (call.CancelledAt, "co_cancel"), (call.OrphanedAt, "orphaned") })
        {
            if (end is { } at)
            {
                yield return (at, Line(at, $"{call.Flow.Client} -> {call.Flow.Server}", $"{name} {what}"));
            }
        }

        if (call.ResponseAt is { } answered)
        {
            var told = call.Fault is { } fault ? TraceText.Fault(fault) : TraceText.Response(call.Response);
            var line = Line(
                answered, $"{call.Flow.Server} -> {call.Flow.Client}", $"{name} response  {told}{Why(call)}");
            yield return (answered, string.Join('\n', [line, .. wrong.Select(Violation)]));
        }
    }

    private static string Violation(NotificationFinding finding) =>
        $"        violates {finding.Requirement}  {finding.Field}: "
        + $"expected {finding.Expected}, actual {finding.Actual}";

    private (FrameStamp At, string Text) Bind(ObservedBind bind)
    {
        var offered = string.Join(", ", bind.Contexts.Select(c => TraceText.Interface(c.AbstractSyntax)).Distinct());
        var accepted = bind.Results.Count(r => r.Result == PresentationResult.Acceptance);
        var answer = bind.Reject is { } reason ? $"refused: {reason}"
            : bind.Fault is { } fault ? TraceText.Fault(fault)
            : bind.ResponseAt is null ? "no answer"
            : $"{accepted} accepted";
        var security = bind.Type is { } type ? $"{type} {bind.Level}" : "no authentication";
        return (bind.RequestAt, Line(
            bind.RequestAt, $"{bind.Flow.Client} -> {bind.Flow.Server}",
            $"rpc  {(bind.IsAlter ? "alter_context" : "bind")} {offered}  {security}: {answer}"));
    }

    private (FrameStamp At, string Text) Mark(ObservedMarker seen) => (seen.At, Line(
        seen.At, "run", $"marker {seen.Marker.Number}  {seen.Marker.Phase}: {seen.Marker.Text}"));

    private static bool IsOfInterest(ObservedAnnouncement announcement) => announcement.IsTakeover
        || announcement.Kind is AnnouncementKind.GratuitousArp or AnnouncementKind.UnsolicitedAdvertisement;

    private (FrameStamp At, string Text) Announce(ObservedAnnouncement seen) => (seen.At, Line(
        seen.At, $"{seen.Owner}",
        $"link  {seen.Kind} {seen.Address}{(seen.IsTakeover ? $"  taken from {seen.Before}" : "")}"));

    private (FrameStamp At, string Text) Event(ObservedTcpEvent seen) => (seen.At, Line(
        seen.At, $"{seen.Source} -> {seen.Destination}", $"tcp  {seen.Kind}"));

    private string Line(FrameStamp at, string who, string what) =>
        $"{at.Frame}   t{(at.TimeNanoseconds < _zero.TimeNanoseconds ? "" : "+")}{Seconds(at - _zero)}  "
        + $"{who}   {what.TrimEnd()}";

    private static string Why(ObservedCall call) => call.Unreadable is { } why ? $"  [{why}]" : "";

    private static string Seconds(TimeSpan? time) =>
        (time?.TotalSeconds ?? 0).ToString("F3", CultureInfo.InvariantCulture);
}
