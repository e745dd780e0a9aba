using System.Text;

namespace Torture.Protocol.Ctdb;

/// <summary>The packets that go between a CTDB daemon and its clients on one host.</summary>
/// <remarks>
/// Everything is in the byte order of the host. A daemon pads its packets to a multiple of 8 and counts the padding in
/// the length; a client does not. Whatever a decoder refuses, it refuses with <see cref="ProtocolException"/>.
/// </remarks>
public static partial class CtdbCodec
{
    public const int HeaderSize = 32;

    /// <summary>Longer packets are refused, bytes; a node map of ten thousand nodes is shorter.</summary>
    public const int MaximumPacket = 1 << 20;

    /// <summary>The version that this is.</summary>
    public const uint Version = 1;

    internal const string Citation = "CTDB client protocol, version 1";
    internal const int AddressSize = 28;

    private const uint Magic = 0x4354_4442;
    private const int Alignment = 8;

    /// <summary>Size of the packet whose first bytes these are; null where there are too few to know.</summary>
    /// <exception cref="ProtocolException">No packet can begin so.</exception>
    public static int? PeekLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize)
        {
            return null;
        }

        var header = new CtdbReader(bytes, "packet header");
        var length = header.UInt32();
        var (magic, version) = (header.UInt32(), header.UInt32());
        if (magic != Magic)
        {
            throw header.Refuse($"magic 0x{magic:X8} instead of 0x{Magic:X8}: this is no CTDB daemon", 4);
        }

        if (version != Version)
        {
            throw header.Refuse($"protocol version {version}: this side speaks {Version}", 8);
        }

        return length is >= HeaderSize and <= MaximumPacket
            ? (int)length
            : throw header.Refuse($"length {length}: {HeaderSize} to {MaximumPacket} can be", 0);
    }

    /// <summary>One whole packet.</summary>
    /// <exception cref="ProtocolException">It is none, or none that a daemon and a client exchange.</exception>
    public static CtdbPacket Decode(ReadOnlySpan<byte> packet)
    {
        var reader = new CtdbReader(packet, "packet header");
        if (PeekLength(packet) is not { } length || length != packet.Length)
        {
            throw reader.Refuse($"the packet has {packet.Length} bytes: too few, or not as many as its length says");
        }

        reader.Take(12);
        var generation = reader.UInt32();
        var operation = (CtdbOperation)reader.UInt32();
        var (destination, source, id) = (reader.UInt32(), reader.UInt32(), reader.UInt32());
        return operation switch
        {
            CtdbOperation.CTDB_REQ_CONTROL => Request(packet, generation, destination, source, id),
            CtdbOperation.CTDB_REPLY_CONTROL => Reply(packet, generation, destination, source, id),
            CtdbOperation.CTDB_REQ_MESSAGE => Message(packet, generation, destination, source, id),
            _ => throw reader.Refuse($"operation {operation} is neither control, reply nor message", 16),
        };
    }

    /// <summary>As a client writes it, or as a daemon does.</summary>
    /// <exception cref="ArgumentException">It would be longer than <see cref="MaximumPacket"/>.</exception>
    public static byte[] Encode(CtdbPacket packet, bool asDaemon = false)
    {
        var (operation, fields, tail) = packet switch
        {
            CtdbRequest request => (CtdbOperation.CTDB_REQ_CONTROL, 28, request.Data.Length),
            CtdbReply reply => (CtdbOperation.CTDB_REPLY_CONTROL, 12, reply.Data.Length + reply.Error.Length),
            CtdbMessage message => (CtdbOperation.CTDB_REQ_MESSAGE, 12, message.Data.Length),
            _ => throw new ArgumentException($"{packet.GetType().Name} is no packet that is sent", nameof(packet)),
        };
        var size = HeaderSize + fields + (long)tail;
        size = asDaemon ? (size + Alignment - 1) / Alignment * Alignment : size;
        if (size > MaximumPacket)
        {
            throw new ArgumentException($"{size} bytes are more than a packet can have", nameof(packet));
        }

        var writer = new CtdbWriter((int)size)
            .UInt32((uint)size).UInt32(Magic).UInt32(Version).UInt32(packet.Generation).UInt32((uint)operation)
            .UInt32(packet.Destination).UInt32(packet.Source).UInt32(packet.RequestId);
        return Body(writer, packet).ToArray();
    }

    private static CtdbWriter Body(CtdbWriter writer, CtdbPacket packet) => packet switch
    {
        CtdbRequest request => writer
            .UInt32((uint)request.Control).UInt32(0).UInt64(request.Srvid).UInt32(request.ClientId)
            .UInt32((uint)request.Flags).UInt32((uint)request.Data.Length).Bytes(request.Data.Span),
        CtdbReply reply => writer
            .UInt32((uint)reply.Status).UInt32((uint)reply.Data.Length).UInt32((uint)reply.Error.Length)
            .Bytes(reply.Data.Span).Bytes(Encoding.Latin1.GetBytes(reply.Error)),
        CtdbMessage message => writer
            .UInt64(message.Srvid).UInt32((uint)message.Data.Length).Bytes(message.Data.Span),
        _ => writer,
    };

    private static CtdbRequest Request(
        ReadOnlySpan<byte> packet, uint generation, uint destination, uint source, uint id)
    {
        var reader = new CtdbReader(packet, "CTDB_REQ_CONTROL");
        reader.Take(HeaderSize);
        var control = (CtdbControl)reader.UInt32();
        reader.Take(4);
        var (srvid, client, flags) = (reader.UInt64(), reader.UInt32(), (CtdbControlFlags)reader.UInt32());
        var data = reader.Counted(reader.UInt32()).ToArray();
        EndPadding(reader);
        return new CtdbRequest(generation, destination, source, id, control, srvid, client, flags, data);
    }

    private static CtdbReply Reply(
        ReadOnlySpan<byte> packet, uint generation, uint destination, uint source, uint id)
    {
        var reader = new CtdbReader(packet, "CTDB_REPLY_CONTROL");
        reader.Take(HeaderSize);
        var status = (int)reader.UInt32();
        var (size, errorSize) = (reader.UInt32(), reader.UInt32());
        var data = reader.Counted(size).ToArray();
        var error = Encoding.Latin1.GetString(reader.Counted(errorSize));
        EndPadding(reader);
        return new CtdbReply(generation, destination, source, id, status, data, error);
    }

    private static CtdbMessage Message(
        ReadOnlySpan<byte> packet, uint generation, uint destination, uint source, uint id)
    {
        var reader = new CtdbReader(packet, "CTDB_REQ_MESSAGE");
        reader.Take(HeaderSize);
        var srvid = reader.UInt64();
        var data = reader.Counted(reader.UInt32()).ToArray();
        EndPadding(reader);
        return new CtdbMessage(generation, destination, source, id, srvid, data);
    }

    private static void EndPadding(CtdbReader reader)
    {
        if (reader.Left >= Alignment)
        {
            reader.End();
        }
    }
}
