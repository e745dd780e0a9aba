using System.Buffers.Binary;

namespace Torture.Captures.Packets;

internal static class EtherType
{
    public const ushort IPv4 = 0x0800;
    public const ushort Arp = 0x0806;
    public const ushort Vlan = 0x8100;
    public const ushort IPv6 = 0x86DD;
    public const ushort ServiceVlan = 0x88A8;
}

/// <summary>What lies above the link header. Cooked captures know no destination, RAW and NULL no address.</summary>
internal readonly record struct LinkFrame(
    ushort Type, MacAddress? Source, MacAddress? Destination, ReadOnlyMemory<byte> Payload)
{
    private const int MaximumVlanTags = 4;

    public static bool TryRead(LinkType link, ReadOnlyMemory<byte> data, out LinkFrame frame)
    {
        frame = link switch
        {
            LinkType.Ethernet => Ethernet(data),
            LinkType.Raw or LinkType.IPv4 or LinkType.IPv6 => Ip(data),
            LinkType.Null or LinkType.Loop when data.Length >= 4 => Ip(data[4..]),
            LinkType.LinuxSll => Cooked(data, typeAt: 14, header: 16, addressLengthAt: 5, addressAt: 6),
            LinkType.LinuxSll2 => Cooked(data, typeAt: 0, header: 20, addressLengthAt: 11, addressAt: 12),
            _ => default,
        };
        return frame.Type != 0;
    }

    // IEEE 802.3 clause 3, IEEE 802.1Q clause 9
    private static LinkFrame Ethernet(ReadOnlyMemory<byte> data)
    {
        var bytes = data.Span;
        if (bytes.Length < 14)
        {
            return default;
        }

        var at = 12;
        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        for (var tags = 0; type is EtherType.Vlan or EtherType.ServiceVlan; tags++)
        {
            at += 4;
            if (bytes.Length < at + 2 || tags == MaximumVlanTags)
            {
                return default;
            }

            type = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        }

        return new LinkFrame(type, MacAddress.Read(bytes[6..]), MacAddress.Read(bytes), data[(at + 2)..]);
    }

    /// <summary>The version nibble says it: address families of NULL differ between systems.</summary>
    private static LinkFrame Ip(ReadOnlyMemory<byte> data) => data.IsEmpty ? default : (data.Span[0] >> 4) switch
    {
        4 => new LinkFrame(EtherType.IPv4, null, null, data),
        6 => new LinkFrame(EtherType.IPv6, null, null, data),
        _ => default,
    };

    private static LinkFrame Cooked(
        ReadOnlyMemory<byte> data, int typeAt, int header, int addressLengthAt, int addressAt)
    {
        var bytes = data.Span;
        if (bytes.Length < header)
        {
            return default;
        }

        MacAddress? source = bytes[addressLengthAt] == 6 ? MacAddress.Read(bytes[addressAt..]) : null;
        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[typeAt..]);
        return new LinkFrame(type, source, null, data[header..]);
    }
}
