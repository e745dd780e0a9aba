using System.Buffers.Binary;
using System.Net;
using Torture.Captures.Packets;

namespace Torture.Captures;

/// <summary>One packet of ARP for IPv4 on Ethernet by itself ([RFC826]).</summary>
/// <param name="Sender">Whose link address it tells.</param>
/// <param name="Target">Whose it asks for, or who is answered.</param>
public readonly record struct ArpView(CapturedPacket Packet, bool IsRequest, IPAddress Sender, IPAddress Target)
{
    private const int Length = 28;
    private const ulong EthernetAndIPv4 = 0x0001_0800_0604;

    /// <summary>False for anything else, and for what is cut too short.</summary>
    public static bool TryRead(CapturedPacket packet, out ArpView view)
    {
        view = default;
        if (!LinkFrame.TryRead(packet.Link, packet.Data, out var frame) || frame.Type != EtherType.Arp
            || frame.Payload.Length < Length
            || BinaryPrimitives.ReadUInt64BigEndian(frame.Payload.Span) >> 16 != EthernetAndIPv4)
        {
            return false;
        }

        var bytes = frame.Payload.Span;
        view = new ArpView(
            packet, BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) == 1, new IPAddress(bytes[14..18]),
            new IPAddress(bytes[24..28]));
        return true;
    }
}
