using System.Buffers.Binary;

namespace Torture.Captures.Packets;

internal static class IpProtocol
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte IcmpV6 = 58;
}

/// <summary>
/// An IP packet. <paramref name="WireLength"/> counts the payload on the wire, more than Payload holds where the
/// capture cut it; link padding belongs to neither. Fragments are not put together: no peer of ours makes any.
/// </summary>
internal readonly record struct IpPacket(
    IpKey Source, IpKey Destination, byte HopLimit, byte Protocol, ReadOnlyMemory<byte> Payload, int WireLength)
{
    private const int MaximumExtensionHeaders = 8;

    public static bool TryRead(in LinkFrame frame, out IpPacket packet)
    {
        packet = default;
        return frame.Type switch
        {
            EtherType.IPv4 => TryReadV4(frame.Payload, out packet),
            EtherType.IPv6 => TryReadV6(frame.Payload, out packet),
            _ => false,
        };
    }

    // [RFC791] 3.1
    private static bool TryReadV4(ReadOnlyMemory<byte> data, out IpPacket packet)
    {
        packet = default;
        var bytes = data.Span;
        if (bytes.Length < 20 || bytes[0] >> 4 != 4)
        {
            return false;
        }

        var header = (bytes[0] & 0xF) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var isFragment = (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x3FFF) != 0;

        // Segmentation offload leaves the length 0: then the frame says it.
        total = total == 0 ? bytes.Length : total;
        if (header < 20 || header > bytes.Length || total < header || isFragment)
        {
            return false;
        }

        var payload = data[header..Math.Min(total, bytes.Length)];
        packet = new IpPacket(
            IpKey.Read(bytes[12..16]), IpKey.Read(bytes[16..20]), bytes[8], bytes[9], payload, total - header);
        return true;
    }

    // [RFC8200] 3 and 4
    private static bool TryReadV6(ReadOnlyMemory<byte> data, out IpPacket packet)
    {
        packet = default;
        var bytes = data.Span;
        if (bytes.Length < 40 || bytes[0] >> 4 != 6)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var end = length == 0 ? bytes.Length : 40 + length;
        var (next, at) = (bytes[6], 40);
        for (var count = 0; IsExtension(next); count++)
        {
            if (count == MaximumExtensionHeaders || at + 8 > bytes.Length)
            {
                return false;
            }

            (next, at) = (bytes[at], at + ((bytes[at + 1] + 1) * 8));
        }

        if (at > end || at > bytes.Length)
        {
            return false;
        }

        packet = new IpPacket(
            IpKey.Read(bytes[8..24]), IpKey.Read(bytes[24..40]), bytes[7], next,
            data[at..Math.Min(end, bytes.Length)], end - at);
        return true;
    }

    /// <summary>Hop-by-hop, routing and destination options; a fragment header (44) ends the walk.</summary>
    private static bool IsExtension(byte next) => next is 0 or 43 or 60;
}
