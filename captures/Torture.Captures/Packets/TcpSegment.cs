using System.Buffers.Binary;

namespace Torture.Captures.Packets;

[Flags]
internal enum TcpFlags : byte
{
    Fin = 0x01,
    Syn = 0x02,
    Reset = 0x04,
    Push = 0x08,
    Acknowledge = 0x10,
}

/// <summary>A TCP segment ([RFC9293] 3.1); WireLength counts the payload before the capture cut it.</summary>
internal readonly record struct TcpSegment(
    ushort SourcePort,
    ushort DestinationPort,
    uint Sequence,
    uint Acknowledgment,
    TcpFlags Flags,
    ushort Window,
    ReadOnlyMemory<byte> Payload,
    int WireLength)
{
    /// <summary>CTDB marks its tickle with this odd window, to be spotted in a sniffer.</summary>
    private const ushort TickleWindow = 1234;

    public bool Has(TcpFlags flags) => (Flags & flags) == flags;

    public bool IsTickle =>
        Flags == TcpFlags.Acknowledge && Sequence == 0 && Acknowledgment == 0
        && Window == TickleWindow && WireLength == 0;

    /// <summary>
    /// It ends a connection of the sender's own and answers nobody: a reset that answers has no acknowledgment, or the
    /// sequence number zero ([RFC9293] 3.5.2). So a kernel lets go of connections, also when their address is gone.
    /// </summary>
    public bool EndsOnly => WireLength == 0
        && (Has(TcpFlags.Fin) || (Has(TcpFlags.Reset | TcpFlags.Acknowledge) && Sequence != 0));

    // [RFC9293] 3.1
    public static bool TryRead(in IpPacket packet, out TcpSegment segment)
    {
        segment = default;
        var bytes = packet.Payload.Span;
        if (packet.Protocol != IpProtocol.Tcp || bytes.Length < 20)
        {
            return false;
        }

        var header = (bytes[12] >> 4) * 4;
        if (header < 20 || header > packet.WireLength)
        {
            return false;
        }

        segment = new TcpSegment(
            BinaryPrimitives.ReadUInt16BigEndian(bytes),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            (TcpFlags)(bytes[13] & 0x1F),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]),
            packet.Payload[Math.Min(header, bytes.Length)..],
            packet.WireLength - header);
        return true;
    }
}
