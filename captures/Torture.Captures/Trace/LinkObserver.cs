using System.Buffers.Binary;
using Torture.Captures.Packets;

namespace Torture.Captures.Trace;

/// <summary>Recognises who says that which address is his: ARP and neighbour discovery.</summary>
internal sealed class LinkObserver
{
    private readonly Dictionary<IpKey, MacAddress> _owners = [];

    /// <summary>Learns from any packet who sends under an address.</summary>
    public void Learn(IpKey address, MacAddress? mac)
    {
        if (mac is { IsZero: false } owner && _owners.Count < 1 << 16)
        {
            _owners[address] = owner;
        }
    }

    // [RFC826], [RFC5227] 1.1
    public ObservedAnnouncement? ReadArp(FrameStamp at, ReadOnlyMemory<byte> payload, MacAddress? source)
    {
        var bytes = payload.Span;
        if (bytes.Length < 28 || BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16 != 0x0001_0800_0604)
        {
            return null;
        }

        var operation = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        var owner = MacAddress.Read(bytes[8..]);
        var sender = IpKey.Read(bytes[14..18]);
        var target = IpKey.Read(bytes[24..28]);
        if (sender.IsUnspecified)
        {
            return null;
        }

        AnnouncementKind? kind = sender == target ? AnnouncementKind.GratuitousArp
            : operation == 2 ? AnnouncementKind.ArpReply
            : null;
        return Announce(at, kind, sender, owner, isReply: operation == 2, source);
    }

    // [RFC4861] 4.4
    public ObservedAnnouncement? ReadIcmp(FrameStamp at, in IpPacket ip, MacAddress? source)
    {
        var bytes = ip.Payload.Span;
        const byte neighborAdvertisement = 136;
        if (ip.Protocol != IpProtocol.IcmpV6 || bytes.Length < 24 || bytes[0] != neighborAdvertisement
            || ip.HopLimit != 255)
        {
            return null;
        }

        var solicited = (bytes[4] & 0x40) != 0;
        var owner = bytes.Length >= 32 && bytes[24] == 2 && bytes[25] == 1 ? MacAddress.Read(bytes[26..]) : source;
        return owner is not { } mac
            ? null
            : Announce(
                at,
                solicited ? AnnouncementKind.SolicitedAdvertisement : AnnouncementKind.UnsolicitedAdvertisement,
                IpKey.Read(bytes[8..24]), mac, isReply: true, source);
    }

    private ObservedAnnouncement? Announce(
        FrameStamp at, AnnouncementKind? kind, IpKey address, MacAddress owner, bool isReply, MacAddress? source)
    {
        MacAddress? before = _owners.TryGetValue(address, out var known) ? known : null;
        Learn(address, owner);
        return kind is { } told
            ? new ObservedAnnouncement(at, told, address.ToIPAddress(), owner, before)
            {
                IsReply = isReply,
                Sender = source,
            }
            : null;
    }
}
