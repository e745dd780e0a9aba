using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
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

/// <summary>Packets whole, with their checksums, as a loopback interface has them: without link addresses.</summary>
internal static class Frames
{
    private const int EthernetHeader = 14;
    private const int TcpHeader = 20;
    private const int UdpHeader = 8;
    private const byte TcpProtocol = 6;
    private const byte UdpProtocol = 17;

    // [RFC9293] 3.1
    public static byte[] Tcp(
        IPEndPoint from, IPEndPoint to, uint sequence, uint acknowledged, TcpFlags flags, ReadOnlySpan<byte> data)
    {
        var frame = NewFrame(from.Address, to.Address, TcpProtocol, TcpHeader + data.Length, out var start);
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

    // [RFC768]
    public static byte[] Udp(IPEndPoint from, IPEndPoint to, ReadOnlySpan<byte> data)
    {
        var frame = NewFrame(from.Address, to.Address, UdpProtocol, UdpHeader + data.Length, out var start);
        var datagram = frame.AsSpan(start);
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], (ushort)to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[4..], (ushort)datagram.Length);
        data.CopyTo(datagram[UdpHeader..]);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[6..], Checksum(from.Address, to.Address, UdpProtocol, datagram));
        return frame;
    }

    private static byte[] NewFrame(IPAddress from, IPAddress to, byte protocol, int length, out int start)
    {
        var isIPv6 = from.AddressFamily == AddressFamily.InterNetworkV6;
        start = EthernetHeader + (isIPv6 ? 40 : 20);
        var frame = new byte[start + length];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), isIPv6 ? (ushort)0x86DD : (ushort)0x0800);
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
