using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Torture.Protocol.Witness;

namespace Torture.Protocol.Ndr;

/// <summary>
/// Reads a stub in NDR20 ([C706] 14) or NDR64 ([MS-RPCE] 2.2.5), in either byte order. Every alignment is relative to
/// the first byte of the stub. What does not follow the rules ends in <see cref="NdrException"/>; nothing is read
/// past the end, and no count is believed that the rest of the stub could not hold.
/// </summary>
public ref partial struct NdrReader
{
    /// <summary>How many referents may lie within each other before the stub is refused.</summary>
    public const int MaximumDepth = 64;

    private readonly ReadOnlySpan<byte> _stub;
    private readonly bool _is64;
    private readonly bool _swap;
    private int _position;
    private int _depth;
    private HashSet<ulong>? _fullPointers;

    public NdrReader(ReadOnlySpan<byte> stub, NdrSyntax syntax)
    {
        _stub = stub;
        _is64 = syntax.Is64;
        Syntax = syntax;
        _swap = syntax.IsBigEndian == BitConverter.IsLittleEndian;
    }

    public NdrSyntax Syntax { get; }

    /// <summary>Bytes read, alignment gaps included.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => _stub.Length - _position;

    /// <summary>Bytes, and alignment, of a pointer or a count: 4 in NDR20, 8 in NDR64.</summary>
    public readonly int PointerSize => _is64 ? 8 : 4;

    // [C706] 14.2.2
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Align(int alignment)
    {
        var aligned = (_position + alignment - 1) & -alignment;
        if ((uint)aligned > (uint)_stub.Length)
        {
            Refuse($"the stub ends in a gap before an alignment of {alignment}", NdrRule.Alignment);
        }

        _position = aligned;
    }

    // [C706] 14.2.8
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            Refuse($"{count} bytes wanted, {Remaining} left", NdrRule.Octets);
        }

        var bytes = _stub.Slice(_position, count);
        _position += count;
        return bytes;
    }

    // [C706] 14.2.5
    public byte ReadByte() => ReadBytes(1)[0];

    // [C706] 14.2.5
    public sbyte ReadSByte() => (sbyte)ReadByte();

    // [C706] 14.2.3
    public bool ReadBoolean() => ReadByte() != 0;

    // [C706] 14.2.5
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ushort ReadUInt16()
    {
        Align(2);
        var value = MemoryMarshal.Read<ushort>(ReadBytes(2));
        return _swap ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    // [C706] 14.2.5
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadUInt32()
    {
        Align(4);
        var value = MemoryMarshal.Read<uint>(ReadBytes(4));
        return _swap ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    // [C706] 14.2.5
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadUInt64()
    {
        Align(8);
        var value = MemoryMarshal.Read<ulong>(ReadBytes(8));
        return _swap ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    // [C706] 14.2.5
    public short ReadInt16() => (short)ReadUInt16();

    // [C706] 14.2.5
    public int ReadInt32() => (int)ReadUInt32();

    // [C706] 14.2.5
    public long ReadInt64() => (long)ReadUInt64();

    // [C706] 14.2.7
    public float ReadSingle() => BitConverter.UInt32BitsToSingle(ReadUInt32());

    // [C706] 14.2.7
    public double ReadDouble() => BitConverter.UInt64BitsToDouble(ReadUInt64());

    // [C706] 14.2.6, [MS-RPCE] 2.2.5.2
    public uint ReadEnum() => _is64 ? ReadUInt32() : ReadUInt16();

    // [MS-RPCE] 2.2.4.1.1, 2.2.5.1.1 (__int3264)
    public ulong ReadNative() => _is64 ? ReadUInt64() : ReadUInt32();

    // [C706] appendix A, uuid_t
    public Guid ReadGuid()
    {
        Align(4);
        return new Guid(ReadBytes(16), Syntax.IsBigEndian);
    }

    // [C706] 14.5, ndr_context_handle
    public ContextHandle ReadContextHandle() => new(ReadUInt32(), ReadGuid());

    /// <summary>A value with range(low, high).</summary>
    // [MS-RPCE] 3.1.1.5.3
    public uint ReadUInt32InRange(uint low, uint high)
    {
        var value = ReadUInt32();
        if (value < low || value > high)
        {
            Refuse($"{value} lies outside of {low}..{high}", NdrRule.Range, 4);
        }

        return value;
    }

    /// <summary>Refuses bytes that no parameter accounts for.</summary>
    // [C706] 14.4
    public readonly void ExpectEnd()
    {
        if (Remaining != 0)
        {
            Refuse($"{Remaining} bytes after the last parameter", NdrRule.End);
        }
    }

    /// <summary>Ends the reading with the offset of the value that was read last and took that many bytes.</summary>
    [DoesNotReturn]
    public readonly void Refuse(string message, string citation, int size = 0) =>
        throw new NdrException(message, citation, _position - size);
}
