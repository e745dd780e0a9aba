using System.Buffers.Binary;

namespace Torture.Protocol.Takeover;

/// <summary>The checksum of IPv4 headers, TCP and ICMPv6 ([RFC1071]).</summary>
public static class InternetChecksum
{
    /// <summary>
    /// Of the parts one after the other, each of an even length but the last. Over something that holds its right
    /// checksum it is 0.
    /// </summary>
    public static ushort Of(
        ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default) =>
        Fold(Sum(first) + Sum(second) + Sum(third));

    private static ulong Sum(ReadOnlySpan<byte> part)
    {
        var sum = 0ul;
        for (; part.Length >= 2; part = part[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(part);
        }

        return part.IsEmpty ? sum : sum + ((uint)part[0] << 8);
    }

    private static ushort Fold(ulong sum)
    {
        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
