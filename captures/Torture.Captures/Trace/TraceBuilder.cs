using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Torture.Captures.Packets;
using Torture.Captures.Rpc;
using Torture.Captures.Smb;
using Torture.Captures.Trace;

namespace Torture.Captures;

/// <summary>What helps to understand a capture.</summary>
public sealed record TraceOptions
{
    /// <summary>What opens sealed traffic.</summary>
    public KeyRing? Keys { get; init; }
}

/// <summary>
/// Makes a trace of packets as they come, live or from a file. Not safe for two threads at once; events are raised
/// on the thread that adds.
/// </summary>
public sealed class TraceBuilder
{
    private const byte RpcVersion = 5;
    private const byte DirectTcp = 0;

    /// <summary>Further than what a capture can have lost between two segments of our connections.</summary>
    private const int FarAway = 1 << 24;

    private readonly List<ObservedCall> _calls = [];
    private readonly List<ObservedBind> _binds = [];
    private readonly List<ObservedSmb> _smb = [];
    private readonly LinkObserver _links = new();
    private readonly TcpReassembler _tcp;
    private readonly List<ObservedMarker> _markers = [];
    private readonly List<ObservedAnnouncement> _announcements = [];
    private readonly List<ObservedTcpEvent> _tcpEvents = [];
    private readonly List<ConnectionRecord> _connections = [];
    private readonly HashSet<int> _tickled = [];
    private readonly TraceOptions _options;
    private readonly Sink _sink;
    private readonly HashSet<ConnectionRecord> _sealed = [];
    private int _keyVersion;

    public TraceBuilder(TraceOptions? options = null)
    {
        _options = options ?? new TraceOptions();
        _tcp = new TcpReassembler(new StreamDispatcher(this));
        _sink = new Sink(this);
    }

    /// <summary>
    /// Raised when a request is whole, when it is answered, and again when what was sealed could be opened: each time
    /// all that is known by then.
    /// </summary>
    public event Action<ObservedCall>? CallSeen;

    public event Action<ObservedSmb>? SmbSeen;

    /// <summary>Every PDU, in order of its last byte.</summary>
    public event Action<ObservedPdu>? PduSeen;

    public event Action<ObservedMarker>? MarkerSeen;

    public event Action<ObservedAnnouncement>? AnnouncementSeen;

    public event Action<ObservedTcpEvent>? TcpEventSeen;

    public ObservedMarker? LastMarker { get; private set; }

    public FrameStamp? First { get; private set; }

    public FrameStamp? Last { get; private set; }

    /// <summary>Reads a whole capture.</summary>
    public static WitnessTrace Read(IEnumerable<CapturedPacket> packets, TraceOptions? options = null)
    {
        var builder = new TraceBuilder(options);
        foreach (var packet in packets)
        {
            builder.Add(packet);
        }

        builder.Complete();
        return builder.Snapshot();
    }

    public void Add(CapturedPacket packet)
    {
        var at = new FrameStamp(packet.Number, packet.TimeNanoseconds);
        First ??= at;
        Last = at;
        if (!LinkFrame.TryRead(packet.Link, packet.Data, out var frame))
        {
            return;
        }

        if (frame.Type == EtherType.Arp)
        {
            Announce(_links.ReadArp(at, frame));
        }
        else if (IpPacket.TryRead(frame, out var ip))
        {
            Add(at, frame.Source, ip);
        }
    }

    /// <summary>No more packets will come: what waits for a lost one is read as it is.</summary>
    public void Complete() => _tcp.Complete();

    /// <summary>Looks again whether a key has come for what could not be opened.</summary>
    public void OpenSealed()
    {
        if (_options.Keys is { } keys && keys.Version != _keyVersion)
        {
            _keyVersion = keys.Version;
            _sealed.RemoveWhere(c => !c.Reader!.OpenSealed());
        }
    }

    public WitnessTrace Snapshot() => new()
    {
        Calls = [.. _calls],
        Binds = [.. _binds],
        Smb = [.. _smb],
        Markers = [.. _markers],
        Announcements = [.. _announcements],
        Voices = [.. _links.Voices],
        Questions = [.. _links.Questions],
        TcpEvents = [.. _tcpEvents],
        Connections = ImmutableCollectionsMarshal.AsImmutableArray(_connections.Select(c => c.Observe()).ToArray()),
        First = First,
        Last = Last,
    };

    private void Add(FrameStamp at, MacAddress? source, in IpPacket ip)
    {
        if (TcpSegment.TryRead(ip, out var segment))
        {
            AddTcp(at, source, ip, segment);
        }
        else if (ip.Protocol == IpProtocol.Udp && ip.Payload.Length > 8)
        {
            Mark(at, Marker.TryDecode(ip.Payload.Span[8..]));
        }
        else if (ip.Protocol == IpProtocol.IcmpV6)
        {
            Announce(_links.ReadIcmp(at, ip, source));
        }
    }

    private void AddTcp(FrameStamp at, MacAddress? source, in IpPacket ip, in TcpSegment segment)
    {
        if (!segment.EndsOnly)
        {
            _links.Hear(at, ip.Source, source);
        }

        var stream = _tcp.Add(at, source, ip, segment);
        if (stream is not null && Record(stream) is { } connection && segment.WireLength > 0)
        {
            connection.Sent(stream.IsFromClient(new(ip.Source, segment.SourcePort)), at);
        }

        if (Kind(stream, ip, segment) is { } kind)
        {
            var seen = new ObservedTcpEvent(
                at, kind, new(ip.Source.ToIPAddress(), segment.SourcePort),
                new(ip.Destination.ToIPAddress(), segment.DestinationPort), stream?.Number, source);
            _tcpEvents.Add(seen);
            TcpEventSeen?.Invoke(seen);
        }
    }

    private TcpEventKind? Kind(TcpStream? stream, in IpPacket ip, in TcpSegment segment)
    {
        if (segment.IsTickle)
        {
            _tickled.Add(stream?.Number ?? -1);
            return TcpEventKind.Tickle;
        }

        if (segment.Has(TcpFlags.Reset))
        {
            return TcpEventKind.Reset;
        }

        if (stream is null || segment is not { Flags: TcpFlags.Acknowledge, WireLength: 0 })
        {
            return null;
        }

        var direction = stream.Direction(stream.IsFromClient(new(ip.Source, segment.SourcePort)));
        if (direction.IsStarted && Math.Abs((long)(int)(segment.Sequence - direction.Next)) > FarAway)
        {
            _tickled.Add(stream.Number);
            return TcpEventKind.OutOfWindow;
        }

        return _tickled.Remove(stream.Number) ? TcpEventKind.TickleAnswer : null;
    }

    private ConnectionRecord Record(TcpStream stream)
    {
        if (stream.Number == _connections.Count)
        {
            _connections.Add(new ConnectionRecord(stream));
        }

        return _connections[stream.Number];
    }

    private void Mark(FrameStamp at, Marker? marker)
    {
        if (marker is not null)
        {
            LastMarker = new ObservedMarker(marker, at);
            _markers.Add(LastMarker);
            MarkerSeen?.Invoke(LastMarker);
        }
    }

    private void Announce(ObservedAnnouncement? announcement)
    {
        if (announcement is not null)
        {
            _announcements.Add(announcement);
            AnnouncementSeen?.Invoke(announcement);
        }
    }

    /// <summary>The first byte says what a connection speaks: the version of DCE/RPC, or SMB's frame.</summary>
    private IStreamReader? Reader(TcpStream stream, ReadOnlyMemory<byte> data)
    {
        var connection = Record(stream);
        if (connection.Reader is null && !connection.IsOpaque)
        {
            connection.Reader = data.Span[0] switch
            {
                RpcVersion => new RpcConnection(connection, _sink),
                DirectTcp => new SmbConnection(connection, _sink),
                _ => null,
            };
            connection.IsOpaque = connection.Reader is null;
        }

        return connection.Reader;
    }

    private sealed class StreamDispatcher(TraceBuilder builder) : ITcpObserver
    {
        public void OnData(TcpStream stream, bool fromClient, ReadOnlyMemory<byte> data, FrameStamp at) =>
            builder.Reader(stream, data)?.OnData(fromClient, data, at);

        public void OnGap(TcpStream stream, bool fromClient, long missing, FrameStamp at) =>
            builder.Record(stream).Reader?.OnGap(fromClient, at);

        public void OnClosed(TcpStream stream, bool fromClient, TcpClose how, FrameStamp at)
        {
            var connection = builder.Record(stream);
            connection.Ended ??= at;
            connection.Reader?.OnClosed(fromClient, how, at);
        }
    }

    private sealed class Sink(TraceBuilder builder) : IRpcSink, ISmbSink
    {
        public KeyRing? Keys => builder._options.Keys;

        public void OnPdu(ObservedPdu pdu) => builder.PduSeen?.Invoke(pdu);

        public void Await(ConnectionRecord connection) => builder._sealed.Add(connection);

        public int NewCall()
        {
            builder._calls.Add(null!);
            return builder._calls.Count - 1;
        }

        public void Update(OpenCall call)
        {
            call.Observed = OpenCallReader.Read(call);
            builder._calls[call.Index] = call.Observed;
            builder.CallSeen?.Invoke(call.Observed);
        }

        public int Add(ObservedBind bind)
        {
            builder._binds.Add(bind);
            return builder._binds.Count - 1;
        }

        public void Update(int index, ObservedBind bind) => builder._binds[index] = bind;

        public int Add(ObservedSmb command)
        {
            builder._smb.Add(command);
            return builder._smb.Count - 1;
        }

        public void Update(ObservedSmb command)
        {
            builder._smb[command.Index] = command;
            builder.SmbSeen?.Invoke(command);
        }
    }
}
