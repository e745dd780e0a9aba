using System.Diagnostics.CodeAnalysis;
using Torture.Captures.Packets;
using Torture.Captures.Tcp;

namespace Torture.Captures;

/// <summary>
/// Rebuilds the TCP connections of a capture: lost, repeated, reordered and overlapping segments, both families.
/// Memory is bounded by the number of connections and by what may wait for a missing segment.
/// </summary>
public sealed class TcpReassembler(ITcpObserver observer)
{
    private const int MaximumStreams = 200_000;

    /// <summary>How far from the expected number a RST still counts; a blind one is further away.</summary>
    private const int ResetWindow = 1 << 24;

    private readonly Dictionary<FlowKey, TcpStream> _streams = [];
    private readonly Queue<TcpStream> _byAge = [];
    private int _count;

    /// <summary>Takes a packet of any kind; what is no TCP is ignored.</summary>
    public void Add(CapturedPacket packet)
    {
        if (LinkFrame.TryRead(packet.Link, packet.Data, out var frame)
            && IpPacket.TryRead(frame, out var ip)
            && TcpSegment.TryRead(ip, out var segment))
        {
            Add(new FrameStamp(packet.Number, packet.TimeNanoseconds), frame.Source, ip, segment);
        }
    }

    /// <summary>No more packets will come.</summary>
    public void Complete()
    {
        foreach (var stream in _streams.Values)
        {
            stream.FromClient.GiveUp(Sink(stream, fromClient: true));
            stream.FromServer.GiveUp(Sink(stream, fromClient: false));
        }
    }

    /// <summary>Gives the connection that the segment belongs to; null for one that belongs to none.</summary>
    internal TcpStream? Add(FrameStamp at, MacAddress? mac, in IpPacket ip, in TcpSegment segment)
    {
        var source = new EndpointKey(ip.Source, segment.SourcePort);
        var destination = new EndpointKey(ip.Destination, segment.DestinationPort);
        if (!TryFindStream(at, source, destination, segment, out var stream))
        {
            return null;
        }

        if (segment.IsTickle)
        {
            return stream;
        }

        var fromClient = stream.IsFromClient(source);
        // Who has taken the address over resets what it never had: it does not serve it.
        if (!fromClient && !segment.Has(TcpFlags.Reset))
        {
            stream.ServerMac = mac ?? stream.ServerMac;
        }

        if (segment.Has(TcpFlags.Acknowledge))
        {
            stream.Direction(!fromClient).Acknowledged(segment.Acknowledgment, at, Sink(stream, !fromClient));
        }

        AddSegment(at, stream, fromClient, segment);
        return stream;
    }

    private void AddSegment(FrameStamp at, TcpStream stream, bool fromClient, in TcpSegment segment)
    {
        var direction = stream.Direction(fromClient);
        var sequence = segment.Sequence;
        if (segment.Has(TcpFlags.Syn))
        {
            sequence++;
            Open(at, stream, fromClient, sequence);
        }

        direction.Add(sequence, segment.Payload, segment.WireLength, at, Sink(stream, fromClient));
        if (segment.Has(TcpFlags.Fin))
        {
            direction.Finish(sequence + (uint)segment.WireLength);
        }

        var isReset = segment.Has(TcpFlags.Reset) && IsInSequence(direction, sequence);
        if ((isReset || segment.Has(TcpFlags.Fin)) && !direction.HasEnded)
        {
            direction.End();
            if (isReset)
            {
                direction.GiveUp(Sink(stream, fromClient));
            }

            observer.OnClosed(stream, fromClient, isReset ? TcpClose.Reset : TcpClose.Fin, at);
        }
    }

    private static void Open(FrameStamp at, TcpStream stream, bool fromClient, uint next)
    {
        if (fromClient)
        {
            stream.Syn ??= at;
        }
        else
        {
            stream.SynAck ??= at;
        }

        var direction = stream.Direction(fromClient);
        if (!direction.IsStarted)
        {
            direction.Start(next);
        }
    }

    private static bool IsInSequence(TcpDirection direction, uint sequence) =>
        !direction.IsStarted || (int)(sequence - direction.Next) is >= 0 and <= ResetWindow;

    private bool TryFindStream(
        FrameStamp at, in EndpointKey source, in EndpointKey destination, in TcpSegment segment,
        [NotNullWhen(true)] out TcpStream? stream)
    {
        var key = new FlowKey(source, destination);
        var opens = segment.Has(TcpFlags.Syn) && !segment.Has(TcpFlags.Acknowledge);
        if (_streams.TryGetValue(key, out stream)
            && (!opens || stream.SynSequence == segment.Sequence))
        {
            return true;
        }

        if (!opens && segment.WireLength == 0 && !segment.Has(TcpFlags.Syn))
        {
            return false;
        }

        var sourceOpens = opens || (!segment.Has(TcpFlags.Syn) && source.Port >= destination.Port);
        stream = sourceOpens
            ? new TcpStream(_count++, source, destination, at)
            : new TcpStream(_count++, destination, source, at);
        stream.SynSequence = opens ? segment.Sequence : null;
        Remember(key, stream);
        return true;
    }

    private void Remember(in FlowKey key, TcpStream stream)
    {
        if (_byAge.Count == MaximumStreams)
        {
            var oldest = _byAge.Dequeue();
            if (_streams.TryGetValue(oldest.Key, out var current) && current == oldest)
            {
                _streams.Remove(oldest.Key);
            }
        }

        _streams[key] = stream;
        _byAge.Enqueue(stream);
    }

    private TcpDirection.Sink Sink(TcpStream stream, bool fromClient) => new(observer, stream, fromClient);
}
