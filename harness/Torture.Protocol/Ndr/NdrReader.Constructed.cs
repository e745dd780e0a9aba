using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Torture.Protocol.Ndr;

public ref partial struct NdrReader
{
    /// <summary>A maximum count, an offset or an actual count: at most 2^31-1.</summary>
    // [C706] 14.3.3.2, [MS-RPCE] 2.2.5.3
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadCount()
    {
        var count = _is64 ? ReadUInt64() : ReadUInt32();
        if (count > int.MaxValue)
        {
            Refuse($"a count of {count}", NdrRule.Conformance, PointerSize);
        }

        return (int)count;
    }

    /// <summary>The maximum count of a conformant array, believed only if so many elements fit into the rest.</summary>
    /// <param name="elementSize">Bytes that an element takes at least.</param>
    // [C706] 14.3.3.2
    public int ReadConformance(int elementSize)
    {
        var count = ReadCount();
        RefuseUnlessPresent(count, elementSize, NdrRule.Conformance);
        return count;
    }

    /// <summary>The maximum count of a conformant array whose size_is came before it.</summary>
    // [MS-RPCE] 3.1.1.5.3
    public int ReadConformance(int elementSize, uint sizeIs)
    {
        var count = ReadCount();
        if ((uint)count != sizeIs)
        {
            Refuse($"maximum count {count} where size_is says {sizeIs}", NdrRule.Conformance, PointerSize);
        }

        RefuseUnlessPresent(count, elementSize, NdrRule.Conformance);
        return count;
    }

    /// <summary>Offset and actual count of a varying array: the actual count. The offset must be 0.</summary>
    // [C706] 14.3.3.3
    public int ReadVariance(int maximum, int elementSize)
    {
        var offset = ReadCount();
        if (offset != 0)
        {
            Refuse($"offset {offset} where no first_is allows one", NdrRule.Variance, PointerSize);
        }

        var actual = ReadCount();
        if (actual > maximum)
        {
            Refuse($"actual count {actual} above the maximum of {maximum}", NdrRule.Variance, PointerSize);
        }

        RefuseUnlessPresent(actual, elementSize, NdrRule.Variance);
        return actual;
    }

    /// <summary>The three counts of a conformant varying array: the actual count.</summary>
    // [C706] 14.3.3.4
    public int ReadConformantVariance(int elementSize, out int maximum)
    {
        maximum = ReadCount();
        return ReadVariance(maximum, elementSize);
    }

    private readonly void RefuseUnlessPresent(int count, int elementSize, string citation)
    {
        if ((long)count * elementSize > Remaining)
        {
            Refuse($"{count} elements of {elementSize} bytes, {Remaining} bytes left", citation, PointerSize);
        }
    }

    /// <summary>A [string] wchar_t*, without its terminator. Lone surrogates are kept.</summary>
    // [C706] 14.3.4.2
    public string ReadWideString() => ReadWideCharacters(ReadConformantVariance(2, out _));

    /// <summary>A [string] wchar_t x[capacity], without its terminator.</summary>
    // [C706] 14.3.4.1
    public string ReadVaryingWideString(int capacity) => ReadWideCharacters(ReadVariance(capacity, 2));

    /// <summary>A [string] char*, without its terminator, each octet a Latin-1 character.</summary>
    // [C706] 14.3.4.2
    public string ReadNarrowString() => ReadNarrowString(out _);

    /// <summary>A [string] char* without its terminator, and the maximum count of its array.</summary>
    // [C706] 14.3.4.2
    public string ReadNarrowString(out int maximum) => ReadNarrowCharacters(ReadConformantVariance(1, out maximum));

    /// <summary>A [string] char x[capacity], without its terminator, each octet a Latin-1 character.</summary>
    // [C706] 14.3.4.1
    public string ReadVaryingNarrowString(int capacity) => ReadNarrowCharacters(ReadVariance(capacity, 1));

    // [C706] 14.3.4
    private string ReadWideCharacters(int count)
    {
        var bytes = ReadBytes(count * 2);
        if (count == 0 || (bytes[^1] | bytes[^2]) != 0)
        {
            Refuse("a string without its terminator", NdrRule.String, bytes.Length);
        }

        return WideString(bytes[..^2]);
    }

    private string ReadNarrowCharacters(int count)
    {
        var bytes = ReadBytes(count);
        if (count == 0 || bytes[^1] != 0)
        {
            Refuse("a string without its terminator", NdrRule.String, bytes.Length);
        }

        return Encoding.Latin1.GetString(bytes[..^1]);
    }

    /// <summary>A wchar_t x[units]: the characters before the first null; without one the field is refused.</summary>
    // [C706] 14.3.3.1
    public string ReadFixedWideString(int units, string citation)
    {
        Align(2);
        var bytes = ReadBytes(units * 2);
        var length = MemoryMarshal.Cast<byte, char>(bytes).IndexOf('\0');
        if (length < 0)
        {
            Refuse($"{units} characters without a terminator", citation, bytes.Length);
        }

        return WideString(bytes[..(length * 2)]);
    }

    private readonly string WideString(ReadOnlySpan<byte> bytes)
    {
        var text = MemoryMarshal.Cast<byte, char>(bytes);
        return !_swap
            ? new string(text)
            : string.Create(text.Length, text, static (result, source) => BinaryPrimitives.ReverseEndianness(
                MemoryMarshal.Cast<char, ushort>(source), MemoryMarshal.Cast<char, ushort>(result)));
    }

    /// <summary>A unique pointer: false for NULL. Equal ids are different objects.</summary>
    // [C706] 14.3.11.1, 14.3.12.1
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ReadUniquePointer() => ReadNativeId() != 0;

    /// <summary>A unique pointer to what a count describes: NULL only where the count is 0.</summary>
    // [MS-RPCE] 3.1.1.5.3.3
    public bool ReadUniquePointer(uint sizeIs)
    {
        var present = ReadUniquePointer();
        if (!present && sizeIs != 0)
        {
            Refuse($"a NULL pointer to {sizeIs} elements", NdrRule.NullPointer, PointerSize);
        }

        return present;
    }

    /// <summary>A reference pointer within a constructed type; NDR64 forbids 0 there.</summary>
    // [C706] 14.3.12.2, [MS-RPCE] 2.2.5.3
    public void ReadEmbeddedReferencePointer()
    {
        if (ReadNativeId() == 0 && _is64)
        {
            Refuse("a reference pointer of 0", NdrRule.ReferencePointer, PointerSize);
        }
    }

    /// <summary>A full pointer: an id that was seen before is the same object again.</summary>
    // [C706] 14.3.11.1
    public NdrPointer ReadFullPointer()
    {
        var id = ReadNativeId();
        return new NdrPointer(id, IsAlias: id != 0 && !(_fullPointers ??= []).Add(id));
    }

    private ulong ReadNativeId() => _is64 ? ReadUInt64() : ReadUInt32();

    /// <summary>Enters a referent of a type that may hold itself, no deeper than <see cref="MaximumDepth"/>.</summary>
    // [MS-RPCE] 3.1.1.5.3
    public void Enter()
    {
        if (++_depth > MaximumDepth)
        {
            Refuse($"more than {MaximumDepth} referents within each other", NdrRule.Depth);
        }
    }

    /// <summary>Leaves what <see cref="Enter"/> entered.</summary>
    public void Leave() => _depth--;

    /// <summary>Aligns a structure to its largest member.</summary>
    // [C706] 14.3.1
    public void BeginStructure(int alignment) => Align(alignment);

    /// <summary>Reads the padding that NDR64 has at the end of a structure.</summary>
    // [MS-RPCE] 2.2.5.3
    public void EndStructure(int alignment)
    {
        if (_is64)
        {
            Align(alignment);
        }
    }

    /// <summary>The tag of a union, of 1, 2 or 4 bytes.</summary>
    /// <param name="size">Bytes of the tag's type.</param>
    /// <param name="largestArm">Alignment of the arm that is aligned most.</param>
    /// <param name="switchIs">What the union is switched by, where that came before; null if encapsulated.</param>
    // [C706] 14.3.8, [MS-RPCE] 2.2.5.3
    public uint ReadUnionTag(int size, int largestArm, uint? switchIs = null)
    {
        if (_is64)
        {
            Align(Math.Max(size, largestArm));
        }

        var tag = size switch { 1 => ReadByte(), 2 => ReadUInt16(), _ => ReadUInt32() };
        if (switchIs is { } expected && tag != expected)
        {
            Refuse($"union tag {tag} where switch_is says {expected}", NdrRule.Union, size);
        }

        return tag;
    }

    /// <summary>Aligns the selected arm: to its own type in NDR20, to the largest arm in NDR64.</summary>
    // [C706] 14.3.8, [MS-RPCE] 2.2.5.3
    public void BeginArm(int alignment, int largestArm) => Align(_is64 ? largestArm : alignment);

    /// <summary>Refuses a tag that selects no arm.</summary>
    // [C706] 14.3.8
    public readonly void RefuseTag(uint tag, int size) => Refuse($"no arm for union tag {tag}", NdrRule.Union, size);
}
