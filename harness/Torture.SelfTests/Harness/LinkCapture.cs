using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Torture.Captures;
using Torture.Harness.Histories;
using Torture.Harness.Running;
using Torture.Protocol.Takeover;
using Torture.SelfTests.Captures;

namespace Torture.SelfTests.Harness;

/// <summary>A hand-written capture of the link of a tale: seconds, who sends, and what.</summary>
internal sealed class LinkCapture(IPAddress address)
{
    public static readonly byte[] M1 = [2, 0, 0, 0, 0, 0x11];
    public static readonly byte[] M2 = [2, 0, 0, 0, 0, 0x12];
    public static readonly byte[] M3 = [2, 0, 0, 0, 0, 0x13];
    public static readonly byte[] OfClient = [2, 0, 0, 0, 0, 0x50];

    private const int Smb = 445;
    private readonly List<CapturedPacket> _packets = [];

    public IReadOnlyList<CapturedPacket> Packets => _packets;

    public static IPEndPoint Client(int port) => new(IPAddress.Parse("10.0.1.50"), port);

    /// <summary>The tale, and what these packets show.</summary>
    public History With(Tale tale)
    {
        var history = tale.History;
        new WireView(new KeyRing()).Read(_packets, history);
        return history;
    }

    /// <summary>A client's connection: SYN and answer.</summary>
    public LinkCapture Connects(double at, byte[] owner, int port = 1000) => this
        .Segment(at, OfClient, owner, Client(port), Server, 100, 0, Wire.Syn)
        .Segment(at + 0.001, owner, OfClient, Server, Client(port), 500, 101, Wire.Syn | Wire.Ack);

    /// <summary>One round: both forms of a gratuitous ARP, or an advertisement.</summary>
    public LinkCapture Announces(double at, byte[] owner, byte[]? sender = null, bool isOverride = true)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var frame = TakeoverFrames.NeighborAdvertisement(new PhysicalAddress(owner), address);
            frame[14 + 40 + 4] = (byte)(isOverride ? 0x20 : 0);
            return Add(at, frame);
        }

        foreach (var asReply in new[] { false, true })
        {
            var frame = TakeoverFrames.GratuitousArp(new PhysicalAddress(owner), address, asReply);
            sender?.CopyTo(frame, 6);
            Add(at, frame);
        }

        return this;
    }

    public LinkCapture AnnouncesThrice(double at, byte[] owner) =>
        Announces(at, owner).Announces(at + 1.1, owner).Announces(at + 2.2, owner);

    public LinkCapture Asks(double at, byte[]? alone = null) =>
        Arp(at, OfClient, 1, OfClient, Client(1).Address, address, alone);

    public LinkCapture Answers(double at, byte[] owner) => Arp(at, owner, 2, owner, address, Client(1).Address);

    public LinkCapture Tickles(double at, byte[] owner, int port = 1000, uint sequence = 0) =>
        Segment(at, owner, OfClient, Server, Client(port), sequence, 0, Wire.Ack, window: 1234);

    public LinkCapture AnswersTickle(double at, byte[] owner, int port = 1000) =>
        Segment(at, OfClient, owner, Client(port), Server, 101, 501, Wire.Ack);

    public LinkCapture Resets(double at, byte[] owner, int port = 1000) =>
        Segment(at, owner, OfClient, Server, Client(port), 501, 0, Wire.Reset);

    /// <summary>Ends a connection, as a kernel does that lets go.</summary>
    public LinkCapture Aborts(double at, byte[] owner, int port = 1000) =>
        Segment(at, owner, OfClient, Server, Client(port), 501, 101, Wire.Reset | Wire.Ack);

    /// <summary>Something of no meaning: so long the capture goes on.</summary>
    public LinkCapture Ends(double at) => Segment(
        at, OfClient, M3, Client(9), new IPEndPoint(IPAddress.Parse("10.0.1.60"), 9), 1, 0, Wire.Syn);

    private IPEndPoint Server => new(address, Smb);

    private LinkCapture Segment(
        double at, byte[] from, byte[] to, IPEndPoint source, IPEndPoint destination, uint sequence,
        uint acknowledgment, byte flags, ushort window = 512)
    {
        var ip = Wire.Tcp(source, destination, sequence, acknowledgment, flags, [], window);
        return Add(at, [.. to, .. from, 0x08, 0x00, .. ip]);
    }

    private LinkCapture Arp(
        double at, byte[] from, byte operation, byte[] owner, IPAddress sender, IPAddress target,
        byte[]? to = null) => Add(
        at,
        [
            .. to ?? [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], .. from, 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, operation,
            .. owner, .. sender.GetAddressBytes(), 0, 0, 0, 0, 0, 0, .. target.GetAddressBytes(),
        ]);

    private LinkCapture Add(double at, byte[] frame)
    {
        var time = (Tale.Start - DateTimeOffset.UnixEpoch).Ticks * 100 + (long)Math.Round(at * 1e9);
        _packets.Add(new CapturedPacket(_packets.Count + 1, time, LinkType.Ethernet, frame, frame.Length));
        return this;
    }
}
