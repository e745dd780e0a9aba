using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Torture.Captures;
using Torture.Protocol.Takeover;

namespace Torture.Targets.Simulation;

[Flags]
internal enum TcpFlags : byte
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Rst = 4,
    Psh = 8,
    Ack = 16,
}

/// <summary>Packets whole, with their checksums, as an Ethernet has them.</summary>
internal static class Frames
{
    private const int EthernetHeader = 14;
    private const int TcpHeader = 20;
    private const int UdpHeader = 8;
    private const byte TcpProtocol = 6;
    private const byte UdpProtocol = 17;
    private const byte IcmpV4 = 1;
    private const byte IcmpV6 = 58;
    private const byte Solicitation = 135;
    private const byte Advertisement = 136;

    // [RFC9293] 3.1
    public static byte[] Tcp(
        MacAddress sender, MacAddress receiver, IPEndPoint from, IPEndPoint to, uint sequence, uint acknowledged,
        TcpFlags flags, ReadOnlySpan<byte> data)
    {
        var frame = NewFrame(
            sender, receiver, from.Address, to.Address, TcpProtocol, TcpHeader + data.Length, out var start);
        var segment = frame.AsSpan(start);
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], (ushort)to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], acknowledged);
        segment[12] = (TcpHeader / 4) << 4;
        segment[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment[14..], ushort.MaxValue);
        data.CopyTo(segment[TcpHeader..]);
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], Checksum(from.Address, to.Address, TcpProtocol, segment));
        return frame;
    }

    // [RFC768]; a marker, which a machine sends to itself.
    public static byte[] Udp(IPEndPoint from, IPEndPoint to, ReadOnlySpan<byte> data)
    {
        var frame = NewFrame(
            default, default, from.Address, to.Address, UdpProtocol, UdpHeader + data.Length, out var start);
        var datagram = frame.AsSpan(start);
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], (ushort)to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[4..], (ushort)datagram.Length);
        data.CopyTo(datagram[UdpHeader..]);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[6..], Checksum(from.Address, to.Address, UdpProtocol, datagram));
        return frame;
    }

    // [RFC792]; the message has its checksum.
    public static byte[] Icmp(
        MacAddress sender, MacAddress receiver, IPAddress from, IPAddress to, ReadOnlySpan<byte> message)
    {
        var frame = NewFrame(sender, receiver, from, to, IcmpV4, message.Length, out var start);
        message.CopyTo(frame.AsSpan(start));
        return frame;
    }

    /// <summary>A question to all: by ARP ([RFC826]), or a neighbour solicitation ([RFC4861] 4.3).</summary>
    public static byte[] WhoHas(MacAddress asker, IPAddress from, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork
            ? Arp(MacAddress.Broadcast, operation: 1, asker, from, default, address)
            : Neighbour(asker, SolicitedNode(address, out var group), from, group, Solicitation, 0, address, asker);

    /// <summary>The answer to the one who asked: an ARP reply, or a solicited advertisement ([RFC4861] 4.4).</summary>
    public static byte[] IHave(MacAddress owner, IPAddress address, MacAddress asker, IPAddress from) =>
        address.AddressFamily == AddressFamily.InterNetwork
            ? Arp(asker, operation: 2, owner, address, asker, from)
            : Neighbour(owner, asker, address, from, Advertisement, flags: 0x60, address, owner);

    /// <summary>Which address an announcement is about, and where it says that this is.</summary>
    public static (IPAddress Address, MacAddress At) Announced(ReadOnlySpan<byte> frame)
    {
        var isArp = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == 0x0806;
        return isArp
            ? (new IPAddress(frame.Slice(EthernetHeader + 14, 4)), ReadMac(frame[(EthernetHeader + 8)..]))
            : (new IPAddress(frame.Slice(EthernetHeader + 48, 16)), ReadMac(frame[(EthernetHeader + 66)..]));
    }

    /// <summary>Source and destination of an IP packet with a TCP segment, without options.</summary>
    public static (IPEndPoint From, IPEndPoint To) EndsOf(ReadOnlySpan<byte> packet)
    {
        var (at, size) = packet[0] >> 4 == 4 ? (12, 4) : (8, 16);
        var ports = packet[(at + (2 * size))..];
        return (
            new IPEndPoint(
                new IPAddress(packet.Slice(at, size)), BinaryPrimitives.ReadUInt16BigEndian(ports)),
            new IPEndPoint(
                new IPAddress(packet.Slice(at + size, size)), BinaryPrimitives.ReadUInt16BigEndian(ports[2..])));
    }

    /// <summary>An IP packet as a frame.</summary>
    public static byte[] WithLink(MacAddress sender, MacAddress receiver, ReadOnlySpan<byte> packet)
    {
        var frame = new byte[EthernetHeader + packet.Length];
        WriteLink(frame, sender, receiver, packet[0] >> 4 == 4 ? (ushort)0x0800 : (ushort)0x86DD);
        packet.CopyTo(frame.AsSpan(EthernetHeader));
        return frame;
    }

    private static byte[] Arp(
        MacAddress receiver, byte operation, MacAddress sender, IPAddress from, MacAddress target, IPAddress about)
    {
        var frame = new byte[EthernetHeader + 28];
        WriteLink(frame, sender, receiver, 0x0806);
        var message = frame.AsSpan(EthernetHeader);
        ReadOnlySpan<byte> kinds = [0, 1, 8, 0, 6, 4, 0, operation];
        kinds.CopyTo(message);
        WriteMac(message[8..], sender);
        from.TryWriteBytes(message[14..], out _);
        WriteMac(message[18..], target);
        about.TryWriteBytes(message[24..], out _);
        return frame;
    }

    private static byte[] Neighbour(
        MacAddress sender, MacAddress receiver, IPAddress from, IPAddress to, byte type, byte flags, IPAddress about,
        MacAddress option)
    {
        var frame = NewFrame(sender, receiver, from, to, IcmpV6, 32, out var start);
        frame[EthernetHeader + 7] = 255;
        var message = frame.AsSpan(start);
        (message[0], message[4]) = (type, flags);
        about.TryWriteBytes(message[8..], out _);
        (message[24], message[25]) = (type == Solicitation ? (byte)1 : (byte)2, 1);
        WriteMac(message[26..], option);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], Checksum(from, to, IcmpV6, message));
        return frame;
    }

    // [RFC4291] 2.7.1 and [RFC2464] 7
    private static MacAddress SolicitedNode(IPAddress address, out IPAddress group)
    {
        var low = address.GetAddressBytes().AsSpan(13);
        group = new IPAddress([0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, .. low]);
        return ReadMac([0x33, 0x33, 0xFF, .. low]);
    }

    private static void WriteLink(Span<byte> frame, MacAddress sender, MacAddress receiver, ushort type)
    {
        WriteMac(frame, receiver);
        WriteMac(frame[6..], sender);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], type);
    }

    private static void WriteMac(Span<byte> at, MacAddress mac)
    {
        BinaryPrimitives.WriteUInt16BigEndian(at, (ushort)(mac.Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(at[2..], (uint)mac.Value);
    }

    private static MacAddress ReadMac(ReadOnlySpan<byte> at) => new(
        ((ulong)BinaryPrimitives.ReadUInt16BigEndian(at) << 32) | BinaryPrimitives.ReadUInt32BigEndian(at[2..]));

    private static byte[] NewFrame(
        MacAddress sender, MacAddress receiver, IPAddress from, IPAddress to, byte protocol, int length, out int start)
    {
        var isIPv6 = from.AddressFamily == AddressFamily.InterNetworkV6;
        start = EthernetHeader + (isIPv6 ? 40 : 20);
        var frame = new byte[start + length];
        WriteLink(frame, sender, receiver, isIPv6 ? (ushort)0x86DD : (ushort)0x0800);
        var header = frame.AsSpan(EthernetHeader, start - EthernetHeader);
        if (isIPv6)
        {
            WriteV6(header, from, to, protocol, length);
        }
        else
        {
            WriteV4(header, from, to, protocol, length);
        }

        return frame;
    }

    // [RFC791] 3.1
    private static void WriteV4(Span<byte> header, IPAddress from, IPAddress to, byte protocol, int length)
    {
        header[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(header.Length + length));
        header[6] = 0x40;
        header[8] = 64;
        header[9] = protocol;
        from.TryWriteBytes(header[12..], out _);
        to.TryWriteBytes(header[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Of(header));
    }

    // [RFC8200] 3
    private static void WriteV6(Span<byte> header, IPAddress from, IPAddress to, byte protocol, int length)
    {
        header[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)length);
        header[6] = protocol;
        header[7] = 64;
        from.TryWriteBytes(header[8..], out _);
        to.TryWriteBytes(header[24..], out _);
    }

    // The pseudo headers of both families add up alike ([RFC9293] 3.1, [RFC8200] 8.1).
    private static ushort Checksum(IPAddress from, IPAddress to, byte protocol, ReadOnlySpan<byte> message)
    {
        Span<byte> pseudo = stackalloc byte[36];
        from.TryWriteBytes(pseudo, out var length);
        to.TryWriteBytes(pseudo[length..], out _);
        length *= 2;
        pseudo[length + 1] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(pseudo[(length + 2)..], (ushort)message.Length);
        return InternetChecksum.Of(pseudo[..(length + 4)], message);
    }
}
