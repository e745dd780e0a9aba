using System.Buffers.Binary;
using System.Net;
using Torture.Captures;

namespace Torture.SelfTests.Captures;

/// <summary>
/// A hand-written capture of a client that uses an address; each answer comes 1 ms after its request.
/// </summary>
internal sealed class Conversation(IPAddress client, IPAddress server)
{
    private readonly List<CapturedPacket> _packets = [];
    private readonly Dictionary<int, (uint Client, uint Server)> _next = [];

    public IReadOnlyList<CapturedPacket> Packets => _packets;

    public void Connect(int port, double at)
    {
        _next[port] = (101, 501);
        Add(at, Wire.Tcp(new(client, port), new(server, 445), 100, 0, Wire.Syn, []));
        Add(at + 0.001, Wire.Tcp(new(server, 445), new(client, port), 500, 101, Wire.Syn | Wire.Ack, []));
    }

    public void Smb(int port, SmbCommand command, double at, byte server = 0)
    {
        Send(port, fromClient: true, Message(command, isResponse: false, 0), at);
        Send(port, fromClient: false, Message(command, isResponse: true, server), at + 0.001);
    }

    public void Send(int port, bool fromClient, byte[] payload, double at)
    {
        var (mine, theirs) = fromClient ? _next[port] : (_next[port].Server, _next[port].Client);
        var (from, to) = (new IPEndPoint(client, port), new IPEndPoint(server, 445));
        Add(at, fromClient
            ? Wire.Tcp(from, to, mine, theirs, Wire.Ack, payload)
            : Wire.Tcp(to, from, mine, theirs, Wire.Ack, payload));
        mine += (uint)payload.Length;
        _next[port] = fromClient ? (mine, theirs) : (theirs, mine);
    }

    public void Reset(int port, double at) => Add(
        at, Wire.Tcp(new(server, 445), new(client, port), _next[port].Server, 0, Wire.Reset, []));

    public void Mark(Marker marker, double at) =>
        Add(at, Wire.Udp(new(client, 9), new(client, 9), marker.Encode()));

    private void Add(double at, byte[] ip) => _packets.Add(
        Wire.Packet(_packets.Count + 1, LinkType.Raw, ip, 1_000_000_000_000 + (long)Math.Round(at * 1e9)));

    private static byte[] Message(SmbCommand command, bool isResponse, byte server)
    {
        var message = new byte[4 + 64 + 64];
        message[3] = 128;
        "\u00feSMB".Select(c => (byte)c).ToArray().CopyTo(message, 4);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4 + 12), (ushort)command);
        message[4 + 16] = (byte)(isResponse ? 1 : 0);
        message[4 + 24] = (byte)command;
        message[4 + 72] = server;
        return message;
    }
}
