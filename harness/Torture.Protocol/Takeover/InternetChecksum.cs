namespace Torture.Protocol.Takeover;

/// <summary>The checksum of IPv4 headers, TCP and ICMPv6 ([RFC1071]).</summary>
public static class InternetChecksum
{
    /// <summary>
    /// Of the parts one after the other, each of an even length but the last. Over something that holds its right
    /// checksum it is 0.
    /// </summary>
    public static ushort Of(params ReadOnlySpan<byte[]> parts)
    {
        var sum = 0u;
        foreach (var part in parts)
        {
            for (var i = 0; i < part.Length; i++)
            {
                sum += (uint)part[i] << ((i & 1) == 0 ? 8 : 0);
            }
        }

        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
