using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Ndr;

namespace Torture.SelfTests.Ndr;

/// <summary>Streams worked out by hand from [C706] 14 and [MS-RPCE] 2.2.5, written and read.</summary>
public sealed class WorkedExamples
{
    [TestCase(false, "00000200 03000000 00000000 03000000 410042000000 0000 07000000")]
    [TestCase(true, "0000020000000000 0300000000000000 0000000000000000 0300000000000000 410042000000 0000 07000000")]
    public void UniqueStringThenNumber(bool is64, string hex)
    {
        var writer = new NdrWriter(new NdrSyntax(is64, IsBigEndian: false));
        writer.WriteUniquePointer(present: true);
        writer.WriteWideString("AB");
        writer.WriteUInt32(7);

        writer.ToArray().Should().Equal(Hex.Bytes(hex));
        var reader = new NdrReader(Hex.Bytes(hex), writer.Syntax);
        reader.ReadUniquePointer().Should().BeTrue();
        reader.ReadWideString().Should().Be("AB");
        reader.ReadUInt32().Should().Be(7);
        reader.ExpectEnd();
    }

    [TestCase(false, "00000000 07000000")]
    [TestCase(true, "0000000000000000 07000000")]
    public void NullStringThenNumber(bool is64, string hex)
    {
        var writer = new NdrWriter(new NdrSyntax(is64, IsBigEndian: false));
        writer.WriteUniquePointer(present: false);
        writer.WriteUInt32(7);

        writer.ToArray().Should().Equal(Hex.Bytes(hex));
        var reader = new NdrReader(Hex.Bytes(hex), writer.Syntax);
        reader.ReadUniquePointer().Should().BeFalse();
        reader.ReadUInt32().Should().Be(7);
    }

    [Test]
    public void EmptyStringIsNotNull()
    {
        var writer = new NdrWriter(NdrSyntax.Ndr20);
        writer.WriteWideString("");

        writer.ToArray().Should().Equal(Hex.Bytes("01000000 00000000 01000000 0000"));
        new NdrReader(writer.WrittenSpan, NdrSyntax.Ndr20).ReadWideString().Should().BeEmpty();
    }

    /// <summary>An array of {u32* a; u16* b}: ids first, then the referents element by element.</summary>
    [Test]
    public void ReferentsAreDeferred()
    {
        var stub = Hex.Bytes(
            "02000000 | 00000200 04000200 | 08000200 00000000 | 11000000 | 2200 0000 | 33000000");
        var writer = new NdrWriter(NdrSyntax.Ndr20);
        writer.WriteConformance(2);
        foreach (var present in new[] { true, true, true, false })
        {
            writer.WriteUniquePointer(present);
        }

        writer.WriteUInt32(0x11);
        writer.WriteUInt16(0x22);
        writer.WriteUInt32(0x33);

        writer.ToArray().Should().Equal(stub);
        var reader = new NdrReader(stub, NdrSyntax.Ndr20);
        reader.ReadConformance(8).Should().Be(2);
        bool[] ids =
        [
            reader.ReadUniquePointer(), reader.ReadUniquePointer(), reader.ReadUniquePointer(),
            reader.ReadUniquePointer(),
        ];
        ids.Should().Equal(true, true, true, false);
        reader.ReadUInt32().Should().Be(0x11);
        reader.ReadUInt16().Should().Be(0x22);
        reader.ReadUInt32().Should().Be(0x33);
        reader.ExpectEnd();
    }

    [TestCase(false, "0200 0000 05000000")]
    [TestCase(true, "0200 0000 05000000")]
    public void UnionOfALong(bool is64, string hex)
    {
        var writer = new NdrWriter(new NdrSyntax(is64, IsBigEndian: false));
        writer.WriteUnionTag(2, size: 2, largestArm: 4);
        writer.BeginArm(4, largestArm: 4);
        writer.WriteUInt32(5);

        writer.ToArray().Should().Equal(Hex.Bytes(hex));
        var reader = new NdrReader(Hex.Bytes(hex), writer.Syntax);
        reader.ReadUnionTag(2, largestArm: 4, switchIs: 2).Should().Be(2);
        reader.BeginArm(4, largestArm: 4);
        reader.ReadUInt32().Should().Be(5);
    }

    /// <summary>NDR20 aligns the arm that was chosen, NDR64 the one that is aligned most.</summary>
    [TestCase(false, "01000000 02 | 0100 | 0700")]
    [TestCase(true, "01000000 02 000000 | 0100 000000000000 | 0700")]
    public void UnionOfAShortAndAHyper(bool is64, string hex)
    {
        var writer = new NdrWriter(new NdrSyntax(is64, IsBigEndian: false));
        writer.WriteUInt32(1);
        writer.WriteByte(2);
        writer.WriteUnionTag(1, size: 2, largestArm: 8);
        writer.BeginArm(2, largestArm: 8);
        writer.WriteUInt16(7);

        var bytes = writer.ToArray();
        bytes.Should().Equal(is64 ? Hex.Bytes(hex) : Hex.Bytes("01000000 02 00 0100 0700"));
        var reader = new NdrReader(bytes, writer.Syntax);
        reader.ReadUInt32().Should().Be(1);
        reader.ReadByte().Should().Be(2);
        reader.ReadUnionTag(2, largestArm: 8).Should().Be(1);
        reader.BeginArm(2, largestArm: 8);
        reader.ReadUInt16().Should().Be(7);
        reader.ExpectEnd();
    }

    /// <summary>{hyper; byte} and a byte: NDR64 pads the structure, NDR20 does not.</summary>
    [TestCase(false, "0100000000000000 02 03")]
    [TestCase(true, "0100000000000000 02 00000000000000 03")]
    public void StructureIsPaddedAtItsEnd(bool is64, string hex)
    {
        var writer = new NdrWriter(new NdrSyntax(is64, IsBigEndian: false));
        writer.BeginStructure(8);
        writer.WriteUInt64(1);
        writer.WriteByte(2);
        writer.EndStructure(8);
        writer.WriteByte(3);

        writer.ToArray().Should().Equal(Hex.Bytes(hex));
        var reader = new NdrReader(Hex.Bytes(hex), writer.Syntax);
        reader.BeginStructure(8);
        reader.ReadUInt64().Should().Be(1);
        reader.ReadByte().Should().Be(2);
        reader.EndStructure(8);
        reader.ReadByte().Should().Be(3);
        reader.ExpectEnd();
    }

    /// <summary>{u16; hyper; [size_is(c)] byte* p; u32 c} = {1, 2, {aa, bb, cc}, 3}.</summary>
    [Test]
    public void StructureWithAPointer()
    {
        var stub = Hex.Bytes(
            "0100 000000000000 | 0200000000000000 | 00000200 | 03000000 | 03000000 aabbcc");
        var writer = new NdrWriter(NdrSyntax.Ndr20);
        writer.BeginStructure(8);
        writer.WriteUInt16(1);
        writer.WriteUInt64(2);
        writer.WriteUniquePointer(present: true);
        writer.WriteUInt32(3);
        writer.EndStructure(8);
        writer.WriteConformance(3);
        writer.WriteBytes([0xAA, 0xBB, 0xCC]);

        writer.ToArray().Should().Equal(stub);
        var reader = new NdrReader(stub, NdrSyntax.Ndr20);
        reader.BeginStructure(8);
        reader.ReadUInt16().Should().Be(1);
        reader.ReadUInt64().Should().Be(2);
        reader.ReadUniquePointer().Should().BeTrue();
        var count = reader.ReadUInt32();
        reader.EndStructure(8);
        reader.ReadBytes(reader.ReadConformance(1, count)).ToArray().Should().Equal(0xAA, 0xBB, 0xCC);
        reader.ExpectEnd();
    }

    [Test]
    public void ConformantVaryingBytesThenNumber()
    {
        var stub = Hex.Bytes("10000000 00000000 03000000 010203 00 44332211");
        var writer = new NdrWriter(NdrSyntax.Ndr20);
        writer.WriteConformantVariance(16, 3);
        writer.WriteBytes([1, 2, 3]);
        writer.WriteUInt32(0x11223344);

        writer.ToArray().Should().Equal(stub);
        var reader = new NdrReader(stub, NdrSyntax.Ndr20);
        reader.ReadBytes(reader.ReadConformantVariance(1, out var maximum)).ToArray().Should().Equal(1, 2, 3);
        maximum.Should().Be(16);
        reader.ReadUInt32().Should().Be(0x11223344);
    }

    private const string EnumListNdr20 =
        """
        00000200 | 02000000 | 02000000 | 01000000 04000200 | 08000000 08000200
        03000000 00000000 03000000 4e0031000000 0000 | 03000000 00000000 03000000 460053000000 0000
        00000000 | 00000000
        """;

    private const string EnumListNdr64 =
        """
        0000020000000000 0200000000000000 02000000 00000000 01000000 00000000
        0400020000000000 08000000 00000000 0800020000000000 0300000000000000
        0000000000000000 0300000000000000 4e0031000000 0000 0300000000000000
        0000000000000000 0300000000000000 460053000000 0000 00000000 00000000
        """;

    /// <summary>ENUM_LIST: a structure that ends in a conformant array of structures with names.</summary>
    [TestCase(false, EnumListNdr20)]
    [TestCase(true, EnumListNdr64)]
    public void EnumListIsWritten(bool is64, string hex)
    {
        var writer = new NdrWriter(new NdrSyntax(is64, IsBigEndian: false));
        writer.WriteUniquePointer(present: true);
        writer.WriteConformance(2);
        writer.BeginStructure(writer.PointerSize);
        writer.WriteUInt32(2);
        foreach (var type in new uint[] { 1, 8 })
        {
            writer.BeginStructure(writer.PointerSize);
            writer.WriteUInt32(type);
            writer.WriteUniquePointer(present: true);
            writer.EndStructure(writer.PointerSize);
        }

        writer.EndStructure(writer.PointerSize);
        writer.WriteWideString("N1");
        writer.WriteWideString("FS");
        writer.WriteUInt32(0);
        writer.WriteUInt32(0);

        writer.ToArray().Should().Equal(Hex.Bytes(hex));
    }

    [TestCase(false, EnumListNdr20)]
    [TestCase(true, EnumListNdr64)]
    public void EnumListIsRead(bool is64, string hex)
    {
        var reader = new NdrReader(Hex.Bytes(hex), new NdrSyntax(is64, IsBigEndian: false));
        reader.ReadUniquePointer().Should().BeTrue();
        var count = reader.ReadConformance(2 * reader.PointerSize);
        reader.BeginStructure(reader.PointerSize);
        reader.ReadUInt32().Should().Be((uint)count);
        var types = new List<uint>();
        for (var i = 0; i < count; i++)
        {
            reader.BeginStructure(reader.PointerSize);
            types.Add(reader.ReadUInt32());
            reader.ReadUniquePointer().Should().BeTrue();
            reader.EndStructure(reader.PointerSize);
        }

        reader.EndStructure(reader.PointerSize);
        string[] names = [reader.ReadWideString(), reader.ReadWideString()];
        reader.ReadUInt32().Should().Be(0);
        reader.ReadUInt32().Should().Be(0);
        reader.ExpectEnd();
        types.Should().Equal(1u, 8u);
        names.Should().Equal("N1", "FS");
    }

    [Test]
    public void FullPointersMayNameAnObjectTwice()
    {
        var reader = new NdrReader(Hex.Bytes("05000000 05000000 00000000 06000000"), NdrSyntax.Ndr20);

        NdrPointer[] pointers =
            [reader.ReadFullPointer(), reader.ReadFullPointer(), reader.ReadFullPointer(), reader.ReadFullPointer()];

        pointers.Select(pointer => pointer.HasReferent).Should().Equal(true, false, false, true);
        pointers.Select(pointer => pointer.IsAlias).Should().Equal(false, true, false, false);
        pointers.Select(pointer => pointer.IsNull).Should().Equal(false, false, true, false);
    }
}
