using System.Buffers.Binary;
using System.Net;
using Torture.Captures.Packets;

namespace Torture.Captures;

/// <summary>One packet of TCP or UDP by itself: who sends what to whom, for those who need no streams.</summary>
/// <param name="PayloadLength">Bytes of payload on the wire; more than Payload holds where the packet was cut.</param>
public readonly record struct PacketView(
    CapturedPacket Packet, IPEndPoint Source, IPEndPoint Destination, bool IsTcp, bool IsSyn, bool IsFin, bool IsReset,
    bool IsAcknowledge, int PayloadLength, ReadOnlyMemory<byte> Payload)
{
    public FrameStamp Stamp => new(Packet.Number, Packet.TimeNanoseconds);

    /// <summary>False for anything that is neither TCP nor UDP, and for what is cut too short.</summary>
    public static bool TryRead(CapturedPacket packet, out PacketView view)
    {
        view = default;
        if (!LinkFrame.TryRead(packet.Link, packet.Data, out var frame) || !IpPacket.TryRead(frame, out var ip))
        {
            return false;
        }

        if (TcpSegment.TryRead(ip, out var segment))
        {
            view = new PacketView(
                packet,
                new IPEndPoint(ip.Source.ToIPAddress(), segment.SourcePort),
                new IPEndPoint(ip.Destination.ToIPAddress(), segment.DestinationPort),
                IsTcp: true, segment.Has(TcpFlags.Syn), segment.Has(TcpFlags.Fin), segment.Has(TcpFlags.Reset),
                segment.Has(TcpFlags.Acknowledge), segment.WireLength, segment.Payload);
            return true;
        }

        return TryReadUdp(packet, ip, out view);
    }

    // [RFC768]
    private static bool TryReadUdp(CapturedPacket packet, in IpPacket ip, out PacketView view)
    {
        view = default;
        var bytes = ip.Payload.Span;
        if (ip.Protocol != IpProtocol.Udp || bytes.Length < 8)
        {
            return false;
        }

        view = new PacketView(
            packet,
            new IPEndPoint(ip.Source.ToIPAddress(), BinaryPrimitives.ReadUInt16BigEndian(bytes)),
            new IPEndPoint(ip.Destination.ToIPAddress(), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
            IsTcp: false, IsSyn: false, IsFin: false, IsReset: false, IsAcknowledge: false,
            ip.WireLength - 8, ip.Payload[8..]);
        return true;
    }
}
