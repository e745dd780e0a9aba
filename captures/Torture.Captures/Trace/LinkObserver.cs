using System.Buffers.Binary;
using Torture.Captures.Packets;

namespace Torture.Captures.Trace;

/// <summary>Recognises who says that which address is his: ARP and neighbour discovery.</summary>
internal sealed class LinkObserver
{
    private const int Maximum = 1 << 16;

    private readonly Dictionary<IpKey, MacAddress> _owners = [];

    /// <summary>Bounded, as the other list is: of two that fight for an address every packet would be one.</summary>
    public List<ObservedVoice> Voices { get; } = [];

    public List<ObservedQuestion> Questions { get; } = [];

    /// <summary>Learns from any packet who sends under an address.</summary>
    public void Hear(FrameStamp at, IpKey address, MacAddress? mac)
    {
        if (mac is not { IsZero: false } sender || (_owners.TryGetValue(address, out var known) && known == sender))
        {
            return;
        }

        Learn(address, sender);
        if (Voices.Count < Maximum)
        {
            Voices.Add(new ObservedVoice(at, address.ToIPAddress(), sender));
        }
    }

    // [RFC826], [RFC5227] 1.1
    public ObservedAnnouncement? ReadArp(FrameStamp at, in LinkFrame frame)
    {
        var bytes = frame.Payload.Span;
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

        if (sender != target && operation != 2)
        {
            Hear(at, sender, owner);
            Ask(at, target, frame.Source, isToAll: frame.Destination == MacAddress.Broadcast);
            return null;
        }

        var kind = sender == target ? AnnouncementKind.GratuitousArp : AnnouncementKind.ArpReply;
        return Announce(at, kind, sender, owner, isReply: operation == 2, frame.Source);
    }

    // [RFC4861] 4.4
    public ObservedAnnouncement? ReadIcmp(FrameStamp at, in IpPacket ip, MacAddress? source)
    {
        var bytes = ip.Payload.Span;
        const byte neighborSolicitation = 135;
        const byte neighborAdvertisement = 136;
        if (ip.Protocol != IpProtocol.IcmpV6 || bytes.Length < 24 || ip.HopLimit != 255)
        {
            return null;
        }

        // Without a source it asks whether the address is free ([RFC4862] 5.4.3).
        if (bytes[0] == neighborSolicitation && !ip.Source.IsUnspecified)
        {
            Hear(at, ip.Source, source);
            Ask(at, IpKey.Read(bytes[8..24]), source, isToAll: ip.Destination is { IsV6: true, High: >= 0xFFUL << 56 });
        }

        if (bytes[0] != neighborAdvertisement)
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
                IpKey.Read(bytes[8..24]), mac, isReply: true, source)
                with { IsOverride = (bytes[4] & 0x20) != 0 };
    }

    /// <param name="isToAll">Else it asks one whether it still has the address, who may be the wrong one.</param>
    private void Ask(FrameStamp at, IpKey address, MacAddress? source, bool isToAll)
    {
        if (isToAll && source is { IsZero: false } && Questions.Count < Maximum)
        {
            Questions.Add(new ObservedQuestion(at, address.ToIPAddress()));
        }
    }

    private void Learn(IpKey address, MacAddress owner)
    {
        if (!owner.IsZero && _owners.Count < Maximum)
        {
            _owners[address] = owner;
        }
    }

    private ObservedAnnouncement Announce(
        FrameStamp at, AnnouncementKind kind, IpKey address, MacAddress owner, bool isReply, MacAddress? source)
    {
        MacAddress? before = _owners.TryGetValue(address, out var known) ? known : null;
        Learn(address, owner);
        return new ObservedAnnouncement(at, kind, address.ToIPAddress(), owner, before)
        {
            IsReply = isReply,
            Sender = source,
        };
    }
}
