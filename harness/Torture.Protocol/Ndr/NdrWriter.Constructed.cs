using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Torture.Protocol.Ndr;

public sealed partial class NdrWriter
{
    /// <summary>A maximum count, an offset or an actual count.</summary>
    // [C706] 14.3.3.2, [MS-RPCE] 2.2.5.3
    public void WriteCount(int count) => WriteNative(checked((uint)count));

    /// <summary>The maximum count of a conformant array; before the structure that ends in one.</summary>
    // [C706] 14.3.3.2, 14.3.7.1
    public void WriteConformance(int maximum) => WriteCount(maximum);

    /// <summary>Offset 0 and actual count of a varying array.</summary>
    // [C706] 14.3.3.3
    public void WriteVariance(int actual)
    {
        WriteCount(0);
        WriteCount(actual);
    }

    /// <summary>The three counts of a conformant varying array.</summary>
    // [C706] 14.3.3.4
    public void WriteConformantVariance(int maximum, int actual)
    {
        WriteConformance(maximum);
        WriteVariance(actual);
    }

    /// <summary>A [string] wchar_t*; the terminator is added.</summary>
    // [C706] 14.3.4.2
    public void WriteWideString(ReadOnlySpan<char> text)
    {
        WriteConformantVariance(text.Length + 1, text.Length + 1);
        WriteWideCharacters(text, text.Length + 1);
    }

    /// <summary>A [string] wchar_t x[capacity]; the terminator is added.</summary>
    // [C706] 14.3.4.1
    public void WriteVaryingWideString(ReadOnlySpan<char> text)
    {
        WriteVariance(text.Length + 1);
        WriteWideCharacters(text, text.Length + 1);
    }

    /// <summary>A [string] char* of Latin-1 characters; the terminator is added.</summary>
    /// <param name="text">Characters up to U+00FF.</param>
    /// <param name="maximum">The maximum count where size_is dictates one; else length and terminator.</param>
    // [C706] 14.3.4.2
    public void WriteNarrowString(string text, int? maximum = null)
    {
        WriteConformantVariance(maximum ?? text.Length + 1, text.Length + 1);
        WriteNarrowCharacters(text);
    }

    /// <summary>A [string] char x[capacity] of Latin-1 characters; the terminator is added.</summary>
    // [C706] 14.3.4.1
    public void WriteVaryingNarrowString(string text)
    {
        WriteVariance(text.Length + 1);
        WriteNarrowCharacters(text);
    }

    /// <summary>A wchar_t x[units]: the text, a terminator where there is room for one, zeros.</summary>
    // [C706] 14.3.3.1
    public void WriteFixedWideString(ReadOnlySpan<char> text, int units)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, units, nameof(text));
        Align(2);
        WriteWideCharacters(text, units);
    }

    // [C706] 14.3.4
    private void WriteWideCharacters(ReadOnlySpan<char> text, int units)
    {
        var room = MemoryMarshal.Cast<byte, ushort>(Reserve(units * 2));
        var source = MemoryMarshal.Cast<char, ushort>(text);
        if (_swap)
        {
            BinaryPrimitives.ReverseEndianness(source, room[..source.Length]);
        }
        else
        {
            source.CopyTo(room);
        }

        room[source.Length..].Clear();
    }

    private void WriteNarrowCharacters(string text)
    {
        var room = Reserve(text.Length + 1);
        Encoding.Latin1.GetBytes(text, room);
        room[^1] = 0;
    }

    /// <summary>A unique pointer: the next referent id, or NULL.</summary>
    // [C706] 14.3.11.1, 14.3.12.1
    public void WriteUniquePointer(bool present) => WriteNative(present ? NextReferent() : 0);

    /// <summary>A reference pointer within a constructed type.</summary>
    // [C706] 14.3.12.2, [MS-RPCE] 2.2.5.3
    public void WriteEmbeddedReferencePointer() => WriteNative(NextReferent());

    /// <summary>A full pointer with the id that its object has throughout the call; 0 is NULL.</summary>
    // [C706] 14.3.11.1
    public void WriteFullPointer(ulong id) => WriteNative(id);

    private uint NextReferent()
    {
        var id = _referent;
        _referent += 4;
        return id;
    }

    /// <summary>Enters a referent of a type that may hold itself.</summary>
    /// <exception cref="InvalidOperationException">Deeper than a reader would follow.</exception>
    public void Enter()
    {
        if (++_depth > NdrReader.MaximumDepth)
        {
            throw new InvalidOperationException(
                $"more than {NdrReader.MaximumDepth} referents within each other {NdrRule.Depth}");
        }
    }

    /// <summary>Leaves what <see cref="Enter"/> entered.</summary>
    public void Leave() => _depth--;

    /// <summary>Aligns a structure to its largest member.</summary>
    // [C706] 14.3.1
    public void BeginStructure(int alignment) => Align(alignment);

    /// <summary>Writes the padding that NDR64 has at the end of a structure.</summary>
    // [MS-RPCE] 2.2.5.3
    public void EndStructure(int alignment)
    {
        if (_is64)
        {
            Align(alignment);
        }
    }

    /// <summary>The tag of a union, of 1, 2 or 4 bytes.</summary>
    // [C706] 14.3.8, [MS-RPCE] 2.2.5.3
    public void WriteUnionTag(uint tag, int size, int largestArm)
    {
        if (_is64)
        {
            Align(Math.Max(size, largestArm));
        }

        switch (size)
        {
            case 1: WriteByte(checked((byte)tag)); break;
            case 2: WriteUInt16(checked((ushort)tag)); break;
            default: WriteUInt32(tag); break;
        }
    }

    /// <summary>Aligns the selected arm: to its own type in NDR20, to the largest arm in NDR64.</summary>
    // [C706] 14.3.8, [MS-RPCE] 2.2.5.3
    public void BeginArm(int alignment, int largestArm) => Align(_is64 ? largestArm : alignment);
}
