using System.Buffers.Binary;
using System.Net;
using Torture.Captures;

namespace Torture.SelfTests.Captures;

/// <summary>Makes packets for hand-written captures.</summary>
internal static class Wire
{
    public const byte Fin = 0x01;
    public const byte Syn = 0x02;
    public const byte Reset = 0x04;
    public const byte Ack = 0x10;

    public static CapturedPacket Packet(long number, LinkType link, byte[] data, long time = 0) =>
        new(number, time == 0 ? number * 1_000_000 : time, link, data, data.Length);

    public static byte[] Tcp(
        IPEndPoint from, IPEndPoint to, uint sequence, uint acknowledgment, byte flags, byte[] payload,
        ushort window = 512)
    {
        var segment = new byte[20 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledgment);
        segment[12] = 0x50;
        segment[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), window);
        payload.CopyTo(segment, 20);
        return Ip(from.Address, to.Address, 6, segment);
    }

    public static byte[] Udp(IPEndPoint from, IPEndPoint to, byte[] payload)
    {
        var datagram = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        payload.CopyTo(datagram, 8);
        return Ip(from.Address, to.Address, 17, datagram);
    }

    public static byte[] Ip(IPAddress from, IPAddress to, byte protocol, byte[] payload, byte hopLimit = 64)
    {
        var source = from.GetAddressBytes();
        byte[] header;
        if (source.Length == 4)
        {
            header = [0x45, 0, 0, 0, 0, 0, 0x40, 0, hopLimit, protocol, 0, 0, .. source, .. to.GetAddressBytes()];
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(20 + payload.Length));
        }
        else
        {
            header = [0x60, 0, 0, 0, 0, 0, protocol, hopLimit, .. source, .. to.GetAddressBytes()];
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)payload.Length);
        }

        return [.. header, .. payload];
    }

    public static byte[] Link(LinkType link, byte[] ip)
    {
        var isV6 = ip[0] >> 4 == 6;
        byte[] type = isV6 ? [0x86, 0xDD] : [0x08, 0x00];
        return link switch
        {
            LinkType.Ethernet => [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, .. type, .. ip],
            LinkType.Null => [(byte)(isV6 ? 10 : 2), 0, 0, 0, .. ip],
            LinkType.Loop => [0, 0, 0, (byte)(isV6 ? 10 : 2), .. ip],
            LinkType.LinuxSll => [0, 0, 3, 4, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0, .. type, .. ip],
            LinkType.LinuxSll2 => [.. type, 0, 0, 0, 0, 0, 1, 3, 4, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0, .. ip],
            _ => ip,
        };
    }
}
