using System.Collections.Immutable;
using System.Net;
using Torture.Protocol;
using Torture.Protocol.Witness;

namespace Torture.Captures;

/// <summary>Finds the frame of each milestone.</summary>
internal sealed class TimelineSearch
{
    private readonly WitnessTrace _trace;
    private readonly FailoverContext _context;
    private readonly ImmutableArray<IPAddress> _moved;
    private readonly IReadOnlyDictionary<int, string> _servers;
    private readonly Dictionary<IPAddress, string> _before = [];

    public TimelineSearch(WitnessTrace trace, FailoverContext context)
    {
        _trace = trace;
        _context = context;
        _servers = ServerIdentity.Of(trace);
        _moved = context.MovedIn(trace, _servers);
        foreach (var connection in ToMoved().Where(c => context.IsBefore(c.FirstSeen) && Answered(c) is not null))
        {
            Learn(connection);
        }
    }

    public Timeline Build()
    {
        var announced = Announcement();
        var fresh = FreshConnections(announced?.At);
        var taken = announced ?? FirstPayload(fresh);
        var told = Told();
        var served = Served(fresh);
        var tickle = Tickle();
        return new Timeline
        {
            T0 = _context.Fault is { } fault
                ? new Milestone("T0", "fault", fault.At, $"{fault.Marker.Text} (marker {fault.Marker.Number})")
                : null,
            T1 = Silence((taken ?? told)?.At, [.. fresh.Select(c => c.Number)]),
            T2 = taken,
            T3 = tickle is null ? null : Tickled(tickle),
            T4 = told,
            T5 = Reconnecting(fresh, served),
            T6 = Session(fresh, served),
            T7 = served is null ? null : Answer("T7", "served", served),
            TickleAnswer = After(tickle, TcpEventKind.TickleAnswer)?.At,
            TickleReset = After(tickle, TcpEventKind.Reset)?.At,
            LastServed = LastServed(served, fresh),
        };
    }

    private void Learn(ObservedConnection connection)
    {
        if (_servers.TryGetValue(connection.Number, out var server))
        {
            _before[connection.Server.Address] = server;
        }
    }

    private IEnumerable<ObservedConnection> ToMoved() =>
        _trace.Connections.Where(c => _moved.Contains(c.Server.Address));

    private static FrameStamp? Answered(ObservedConnection connection) =>
        connection.ServerPayloads.IsEmpty ? null : connection.ServerPayloads.Span[0];

    // [RFC5227] 2.3, [RFC4861] 7.2.6
    private Milestone? Announcement()
    {
        var taken = _trace.Announcements.FirstOrDefault(a =>
            _context.IsWithin(a.At) && _moved.Contains(a.Address) && (a.IsTakeover || a.Before is null));
        return taken is null ? null : new Milestone("T2", "taken", taken.At, $"{taken.Address} by {taken.Owner}");
    }

    /// <summary>
    /// Connections to a moved address that the new owner serves: where nothing says who serves, those opened after
    /// it was announced, or after the fault.
    /// </summary>
    private List<ObservedConnection> FreshConnections(FrameStamp? announced)
    {
        var opened = ToMoved().Where(c => _context.IsWithin(c.FirstSeen) && Answered(c) is not null).ToList();
        var known = opened.Where(c => _servers.ContainsKey(c.Number) && _before.ContainsKey(c.Server.Address)).ToList();
        return known.Count > 0
            ? [.. known.Where(c => _servers[c.Number] != _before[c.Server.Address])]
            : [.. opened.Where(c => (announced ?? _context.Fault?.At) is { } since && c.FirstSeen.Frame > since.Frame)];
    }

    private static Milestone? FirstPayload(List<ObservedConnection> fresh)
    {
        var first = fresh.MinBy(c => c.ServerPayloads.Span[0].Frame);
        return first is null
            ? null
            : new Milestone("T2", "taken", first.ServerPayloads.Span[0], $"{first.Server.Address}: first answer");
    }

    /// <summary>What the lost node sent before the takeover, as server or towards its peers.</summary>
    private Milestone? Silence(FrameStamp? limit, HashSet<int> fresh)
    {
        FrameStamp? last = null;
        foreach (var connection in _trace.Connections.Where(c => !fresh.Contains(c.Number)))
        {
            if (_moved.Contains(connection.Server.Address) || _context.LostNode.Contains(connection.Server.Address))
            {
                last = Later(last, LastBefore(connection.ServerPayloads.Span, limit ?? _context.Until));
            }

            if (_context.LostNode.Contains(connection.Client.Address))
            {
                last = Later(last, LastBefore(connection.ClientPayloads.Span, limit ?? _context.Until));
            }
        }

        return last is { } at ? new Milestone("T1", "silence", at, "last payload of the lost node") : null;
    }

    private static FrameStamp? Later(FrameStamp? one, FrameStamp? other) =>
        one is { } a && other is { } b ? (a.Frame > b.Frame ? a : b) : one ?? other;

    private static FrameStamp? LastBefore(ReadOnlySpan<FrameStamp> payloads, FrameStamp? limit)
    {
        var (low, high) = (0, payloads.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (limit is { } end && payloads[middle].Frame >= end.Frame)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low == 0 ? null : payloads[low - 1];
    }

    private ObservedTcpEvent? Tickle() => _trace.TcpEvents.FirstOrDefault(e =>
        e.Kind == TcpEventKind.Tickle && e.Connection is not null && _context.IsWithin(e.At)
        && (_moved.IsEmpty || _moved.Contains(e.Source.Address)));

    private static Milestone Tickled(ObservedTcpEvent tickle) =>
        new("T3", "tickled", tickle.At, $"{tickle.Source} -> {tickle.Destination}");

    private static Milestone Answer(string name, string what, ObservedSmb command) =>
        new(name, what, command.ResponseAt!.Value, $"{command.Command} by {command.Flow.Server}");

    private ObservedTcpEvent? After(ObservedTcpEvent? tickle, TcpEventKind kind) =>
        tickle is null ? null : _trace.TcpEvents.FirstOrDefault(e =>
            e.Kind == kind && e.At.Frame > tickle.At.Frame && e.Connection == tickle.Connection);

    // [MS-SWN] 3.1.4.4
    private Milestone? Told()
    {
        var told = _trace.Calls
            .Where(c => c.Response is AsyncNotifyResult { Status: Win32Error.ERROR_SUCCESS, Response: not null }
                && _context.IsWithin(c.ResponseAt!.Value) && _context.IsClient(c.Flow.Client.Address))
            .MinBy(c => c.ResponseFrame);
        return told is null
            ? null
            : new Milestone("T4", "told", told.ResponseAt!.Value, TraceText.Response(told.Response));
    }

    private ObservedSmb? Served(List<ObservedConnection> fresh) => _trace.Smb
        .Where(s => IsOperation(s) && fresh.Any(c => c.Number == s.Flow.Connection))
        .MinBy(s => s.ResponseAt!.Value.Frame);

    private bool IsOperation(ObservedSmb command) =>
        command.IsServedOperation && _context.IsClient(command.Flow.Client.Address);

    private static Milestone? Reconnecting(List<ObservedConnection> fresh, ObservedSmb? served)
    {
        var first = Of(fresh, served).Where(c => c.Syn is not null).MinBy(c => c.Syn!.Value.Frame);
        return first is null
            ? null
            : new Milestone("T5", "reconnecting", first.Syn!.Value, $"{first.Client} -> {first.Server}");
    }

    private Milestone? Session(List<ObservedConnection> fresh, ObservedSmb? served)
    {
        var connections = Of(fresh, served).Select(c => c.Number).ToHashSet();
        var steps = _trace.Smb.Where(s => s is { Succeeded: true, ResponseAt: not null }
            && connections.Contains(s.Flow.Connection)).ToList();
        var step = steps.FirstOrDefault(s => s.Command == SmbCommand.SESSION_SETUP)
            ?? steps.FirstOrDefault(s => s.Command == SmbCommand.NEGOTIATE);
        return step is null ? null : Answer("T6", "session", step);
    }

    /// <summary>The connection that was served again; without one, all that tried.</summary>
    private static IEnumerable<ObservedConnection> Of(List<ObservedConnection> fresh, ObservedSmb? served) =>
        served is null ? fresh : fresh.Where(c => c.Number == served.Flow.Connection);

    private FrameStamp? LastServed(ObservedSmb? served, List<ObservedConnection> fresh)
    {
        var end = served?.ResponseAt ?? _context.Until;
        return _trace.Smb
            .Where(s => IsOperation(s) && _moved.Contains(s.Flow.Server.Address)
                && (served is null || s.Flow.Server.Equals(served.Flow.Server))
                && (end is not { } limit || s.ResponseAt!.Value.Frame < limit.Frame)
                && fresh.All(c => c.Number != s.Flow.Connection))
            .Select(s => s.ResponseAt)
            .MaxBy(at => at!.Value.Frame);
    }
}
