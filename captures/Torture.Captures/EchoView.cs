using System.Buffers.Binary;
using System.Net;
using Torture.Captures.Packets;

namespace Torture.Captures;

/// <summary>One question or answer of ICMP echo over IPv4 by itself ([RFC792]).</summary>
/// <param name="Number">Identifier and sequence number: an answer has those of its question.</param>
public readonly record struct EchoView(
    CapturedPacket Packet, bool IsAnswer, IPAddress Source, IPAddress Destination, uint Number)
{
    private const int HeaderLength = 8;
    private const byte Answer = 0;
    private const byte Question = 8;

    /// <summary>False for anything else, and for what is cut too short.</summary>
    public static bool TryRead(CapturedPacket packet, out EchoView view)
    {
        view = default;
        if (!LinkFrame.TryRead(packet.Link, packet.Data, out var frame) || !IpPacket.TryRead(frame, out var ip)
            || ip.Protocol != IpProtocol.Icmp || ip.Payload.Length < HeaderLength)
        {
            return false;
        }

        var bytes = ip.Payload.Span;
        view = new EchoView(
            packet, bytes[0] == Answer, ip.Source.ToIPAddress(), ip.Destination.ToIPAddress(),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]));
        return bytes[0] is Answer or Question && bytes[1] == 0;
    }
}
