using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Torture.Protocol.Ctdb;

/// <summary>Reads a packet, or the data of one. Integers are in the byte order of the host.</summary>
internal ref struct CtdbReader(ReadOnlySpan<byte> bytes, string structure)
{
    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Offset { get; private set; }

    public readonly int Left => _bytes.Length - Offset;

    public uint UInt32() => MemoryMarshal.Read<uint>(Take(sizeof(uint)));

    public ushort UInt16() => MemoryMarshal.Read<ushort>(Take(sizeof(ushort)));

    public ulong UInt64() => MemoryMarshal.Read<ulong>(Take(sizeof(ulong)));

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > Left)
        {
            throw Refuse($"{count} bytes are due and {Left} are there");
        }

        var taken = _bytes.Slice(Offset, count);
        Offset += count;
        return taken;
    }

    /// <summary>As many bytes as a length before them has said.</summary>
    public ReadOnlySpan<byte> Counted(uint count) =>
        count <= Left ? Take((int)count) : throw Refuse($"{count} bytes are announced and {Left} are there");

    /// <summary>A number of elements that the rest can hold.</summary>
    public int Count(int size)
    {
        var count = UInt32();
        return count <= Left / size
            ? (int)count
            : throw Refuse($"{count} elements of {size} bytes are announced and {Left} bytes are there");
    }

    /// <summary>ctdb_sock_addr: sockaddr_in or sockaddr_in6 in 28 bytes.</summary>
    public IPEndPoint Address()
    {
        var start = Offset;
        var socket = Take(CtdbCodec.AddressSize);
        var port = BinaryPrimitives.ReadUInt16BigEndian(socket[2..]);
        return MemoryMarshal.Read<ushort>(socket) switch
        {
            FamilyIPv4 => new IPEndPoint(new IPAddress(socket.Slice(4, 4)), port),
            FamilyIPv6 => new IPEndPoint(
                new IPAddress(socket.Slice(8, 16), MemoryMarshal.Read<uint>(socket[24..])), port),
            var family => throw Refuse($"address family {family} is neither IPv4 nor IPv6", start),
        };
    }

    /// <summary>Text with a NUL at its end, in a field of a given size.</summary>
    public string Text(int size)
    {
        var start = Offset;
        var field = Take(size);
        var end = field.IndexOf((byte)0);
        return end >= 0
            ? Encoding.Latin1.GetString(field[..end])
            : throw Refuse("text without a NUL at its end", start);
    }

    /// <summary>Nothing may be left.</summary>
    public readonly void End()
    {
        if (Left > 0)
        {
            throw Refuse($"{Left} bytes are left over");
        }
    }

    public readonly ProtocolException Refuse(string why, int? offset = null) =>
        new($"{structure}: {why}", CtdbCodec.Citation, offset ?? Offset);
}
