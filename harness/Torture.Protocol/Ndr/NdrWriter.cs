using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Torture.Protocol.Witness;

namespace Torture.Protocol.Ndr;

/// <summary>
/// Writes a stub in NDR20 ([C706] 14) or NDR64 ([MS-RPCE] 2.2.5), in either byte order, into a buffer that grows.
/// Every gap is zero. After <see cref="Reset(NdrSyntax)"/> the buffer is used again, so that a warm writer allocates
/// nothing.
/// </summary>
public sealed partial class NdrWriter : IBufferWriter<byte>
{
    /// <summary>The first referent id, and the step to the next, as Windows has them.</summary>
    public const uint FirstReferent = 0x00020000;

    private byte[] _buffer;
    private int _position;
    private uint _referent = FirstReferent;
    private bool _is64;
    private bool _swap;
    private int _depth;

    public NdrWriter(NdrSyntax syntax, int capacity = 256)
    {
        _buffer = new byte[Math.Max(capacity, 16)];
        Reset(syntax);
    }

    public NdrSyntax Syntax { get; private set; }

    /// <summary>Bytes written, alignment gaps included.</summary>
    public int Position => _position;

    /// <summary>Bytes, and alignment, of a pointer or a count: 4 in NDR20, 8 in NDR64.</summary>
    public int PointerSize => _is64 ? 8 : 4;

    /// <summary>The stub so far; valid until the next write.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _position);

    /// <summary>The stub so far; valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _position);

    public byte[] ToArray() => WrittenSpan.ToArray();

    /// <summary>Starts a new stub in the same buffer.</summary>
    public void Reset() => Reset(Syntax);

    /// <summary>Starts a new stub in the same buffer, in this syntax.</summary>
    public void Reset(NdrSyntax syntax)
    {
        Syntax = syntax;
        _is64 = syntax.Is64;
        _swap = syntax.IsBigEndian == BitConverter.IsLittleEndian;
        _position = 0;
        _depth = 0;
        _referent = FirstReferent;
    }

    public void CopyTo(IBufferWriter<byte> destination) => destination.Write(WrittenSpan);

    /// <summary>Whether the stub fitted into <paramref name="destination"/>.</summary>
    public bool TryCopyTo(Span<byte> destination) => WrittenSpan.TryCopyTo(destination);

    // [C706] 14.2.2
    public void Align(int alignment)
    {
        var gap = -_position & (alignment - 1);
        if (gap != 0)
        {
            Reserve(gap).Clear();
        }
    }

    // [C706] 14.2.8
    public void WriteBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    // [C706] 14.2.5
    public void WriteByte(byte value) => Reserve(1)[0] = value;

    // [C706] 14.2.5
    public void WriteSByte(sbyte value) => WriteByte((byte)value);

    // [C706] 14.2.3
    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    // [C706] 14.2.5
    public void WriteUInt16(ushort value)
    {
        Align(2);
        MemoryMarshal.Write(Reserve(2), _swap ? BinaryPrimitives.ReverseEndianness(value) : value);
    }

    // [C706] 14.2.5
    public void WriteUInt32(uint value)
    {
        Align(4);
        MemoryMarshal.Write(Reserve(4), _swap ? BinaryPrimitives.ReverseEndianness(value) : value);
    }

    // [C706] 14.2.5
    public void WriteUInt64(ulong value)
    {
        Align(8);
        MemoryMarshal.Write(Reserve(8), _swap ? BinaryPrimitives.ReverseEndianness(value) : value);
    }

    // [C706] 14.2.5
    public void WriteInt16(short value) => WriteUInt16((ushort)value);

    // [C706] 14.2.5
    public void WriteInt32(int value) => WriteUInt32((uint)value);

    // [C706] 14.2.5
    public void WriteInt64(long value) => WriteUInt64((ulong)value);

    // [C706] 14.2.7
    public void WriteSingle(float value) => WriteUInt32(BitConverter.SingleToUInt32Bits(value));

    // [C706] 14.2.7
    public void WriteDouble(double value) => WriteUInt64(BitConverter.DoubleToUInt64Bits(value));

    // [C706] 14.2.6, [MS-RPCE] 2.2.5.2
    public void WriteEnum(uint value)
    {
        if (_is64)
        {
            WriteUInt32(value);
        }
        else
        {
            WriteUInt16(checked((ushort)value));
        }
    }

    // [MS-RPCE] 2.2.4.1.1, 2.2.5.1.1 (__int3264)
    public void WriteNative(ulong value)
    {
        if (_is64)
        {
            WriteUInt64(value);
        }
        else
        {
            WriteUInt32(checked((uint)value));
        }
    }

    // [C706] appendix A, uuid_t
    public void WriteGuid(Guid value)
    {
        Align(4);
        value.TryWriteBytes(Reserve(16), Syntax.IsBigEndian, out _);
    }

    // [C706] 14.5, ndr_context_handle
    public void WriteContextHandle(ContextHandle value)
    {
        WriteUInt32(value.Attributes);
        WriteGuid(value.Uuid);
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _position);
        _position += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_position);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private Span<byte> Reserve(int count)
    {
        EnsureRoom(count);
        var room = _buffer.AsSpan(_position, count);
        _position += count;
        return room;
    }

    private void EnsureRoom(int count)
    {
        if (count > _buffer.Length - _position)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, checked(_position + count)));
        }
    }
}
