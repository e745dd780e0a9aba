using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Torture.Protocol.Takeover;

/// <summary>
/// What a node sends when an address became its own: to its neighbours, that it has it now; to clients of the owner
/// before, something that they must answer. Ethernet only.
/// </summary>
public static class TakeoverFrames
{
    /// <summary>CTDB marks its tickle with this odd window, to be spotted in a sniffer.</summary>
    public const ushort TickleWindow = 1234;

    private const int MacLength = 6;
    private const int IPv4Header = 20;
    private const int TcpHeader = 20;
    private const byte Tcp = 6;
    private const byte IcmpV6 = 58;
    private static readonly byte[] Broadcast = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
    private static readonly byte[] AllNodesMac = [0x33, 0x33, 0, 0, 0, 1];
    private static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1");

    /// <summary>
    /// A gratuitous ARP, to everybody: the sender's address is the target's. As a request and as a reply, since some
    /// listen to the one only and some to the other.
    /// </summary>
    /// <exception cref="ArgumentException">No IPv4 address, or no Ethernet address.</exception>
    public static byte[] GratuitousArp(PhysicalAddress owner, IPAddress address, bool asReply)
    {
        // [RFC826], [RFC5227] 1.1 and 3
        Require(address.AddressFamily == AddressFamily.InterNetwork, address, nameof(address));
        var mac = MacOf(owner);
        var ip = address.GetAddressBytes();
        byte operation = asReply ? (byte)2 : (byte)1;
        byte[] target = asReply ? mac : new byte[MacLength];
        return
        [
            .. Broadcast, .. mac, 0x08, 0x06,
            0, 1, 0x08, 0x00, MacLength, 4, 0, operation, .. mac, .. ip, .. target, .. ip,
        ];
    }

    /// <summary>
    /// A neighbour advertisement that nobody asked for, to all nodes of the link, from the address itself. Of the
    /// flags only Override is set: what neighbours have cached is replaced.
    /// </summary>
    /// <exception cref="ArgumentException">No IPv6 address, or no Ethernet address.</exception>
    public static byte[] NeighborAdvertisement(PhysicalAddress owner, IPAddress address)
    {
        // [RFC4861] 4.4, 4.6.1 and 7.2.6
        Require(address.AddressFamily == AddressFamily.InterNetworkV6, address, nameof(address));
        var mac = MacOf(owner);
        byte[] message = [136, 0, 0, 0, 0x20, 0, 0, 0, .. address.GetAddressBytes(), 2, 1, .. mac];
        WriteChecksum(message.AsSpan(2), address, AllNodes, IcmpV6, message);
        return
        [
            .. AllNodesMac, .. mac, 0x86, 0xDD,
            .. HeaderV6(address, AllNodes, IcmpV6, hopLimit: 255, message.Length), .. message,
        ];
    }

    /// <summary>
    /// A tickle: an IP packet with an ACK whose numbers are outside of every window. A client that still has the
    /// connection answers it with an ACK ([RFC9293] 3.10.7.4), and that is answered with RST by who does not have it.
    /// </summary>
    /// <exception cref="ArgumentException">The two are of different families.</exception>
    public static byte[] Tickle(IPEndPoint server, IPEndPoint client, uint sequence = 0)
    {
        Require(server.AddressFamily == client.AddressFamily, client, nameof(client));
        var segment = new byte[TcpHeader];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)server.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)client.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        const byte fiveWords = 0x50;
        const byte acknowledge = 0x10;
        (segment[12], segment[13]) = (fiveWords, acknowledge);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), TickleWindow);
        WriteChecksum(segment.AsSpan(16), server.Address, client.Address, Tcp, segment);
        var header = server.AddressFamily == AddressFamily.InterNetwork
            ? HeaderV4(server.Address, client.Address, Tcp, timeToLive: 255, segment.Length)
            : HeaderV6(server.Address, client.Address, Tcp, hopLimit: 64, segment.Length);
        return [.. header, .. segment];
    }

    // [RFC791] 3.1; the identification is left to the kernel, which fills in a zero.
    private static byte[] HeaderV4(IPAddress from, IPAddress to, byte protocol, byte timeToLive, int length)
    {
        byte[] header =
        [
            0x45, 0, 0, 0, 0, 0, 0, 0, timeToLive, protocol, 0, 0, .. from.GetAddressBytes(), .. to.GetAddressBytes(),
        ];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(IPv4Header + length));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), InternetChecksum.Of(header));
        return header;
    }

    // [RFC8200] 3
    private static byte[] HeaderV6(IPAddress from, IPAddress to, byte protocol, byte hopLimit, int length)
    {
        byte[] header =
        [
            0x60, 0, 0, 0, 0, 0, protocol, hopLimit, .. from.GetAddressBytes(), .. to.GetAddressBytes(),
        ];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)length);
        return header;
    }

    // [RFC9293] 3.1 and [RFC8200] 8.1: the pseudo headers of both families add up alike.
    private static void WriteChecksum(Span<byte> field, IPAddress from, IPAddress to, byte protocol, byte[] message)
    {
        byte[] pseudo =
        [
            .. from.GetAddressBytes(), .. to.GetAddressBytes(),
            0, protocol, (byte)(message.Length >> 8), (byte)message.Length,
        ];
        BinaryPrimitives.WriteUInt16BigEndian(field, InternetChecksum.Of(pseudo, message));
    }

    private static byte[] MacOf(PhysicalAddress owner)
    {
        var bytes = owner.GetAddressBytes();
        Require(bytes.Length == MacLength, owner, nameof(owner));
        return bytes;
    }

    private static void Require(bool fits, object what, string name)
    {
        if (!fits)
        {
            throw new ArgumentException($"{what} does not fit here.", name);
        }
    }
}
