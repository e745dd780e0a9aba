using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Torture.Protocol.Ctdb;

/// <summary>Writes what <see cref="CtdbReader"/> reads.</summary>
internal sealed class CtdbWriter(int size)
{
    private readonly byte[] _bytes = new byte[size];
    private int _end;

    public CtdbWriter UInt16(ushort value) => Put(value, sizeof(ushort));

    public CtdbWriter UInt32(uint value) => Put(value, sizeof(uint));

    public CtdbWriter UInt64(ulong value) => Put(value, sizeof(ulong));

    public CtdbWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        return this;
    }

    public CtdbWriter Address(IPEndPoint endPoint)
    {
        var room = Room(CtdbCodec.AddressSize);
        var isIPv6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        MemoryMarshal.Write(room, (ushort)(isIPv6 ? 10 : 2));
        BinaryPrimitives.WriteUInt16BigEndian(room[2..], (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(room[(isIPv6 ? 8 : 4)..], out _);
        if (isIPv6)
        {
            MemoryMarshal.Write(room[24..], (uint)endPoint.Address.ScopeId);
        }

        return this;
    }

    /// <summary>Text in a field of a given size, the rest zero.</summary>
    public CtdbWriter Text(string text, int field)
    {
        Encoding.Latin1.GetBytes(text, Room(field));
        return this;
    }

    public byte[] ToArray() => _bytes;

    private CtdbWriter Put<T>(T value, int count)
        where T : unmanaged
    {
        MemoryMarshal.Write(Room(count), value);
        return this;
    }

    private Span<byte> Room(int count)
    {
        _end += count;
        return _bytes.AsSpan(_end - count, count);
    }
}
