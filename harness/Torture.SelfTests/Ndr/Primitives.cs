using System.Buffers;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using NUnit.Framework;
using Torture.Protocol.Ndr;
using Torture.Protocol.Witness;

namespace Torture.SelfTests.Ndr;

/// <summary>Primitive types, alignment and byte order ([C706] 14.2, [MS-RPCE] 2.2.5).</summary>
public sealed class Primitives
{
    private static readonly NdrSyntax[] Syntaxes =
        [NdrSyntax.Ndr20, NdrSyntax.Ndr64, NdrSyntax.Ndr20BigEndian, NdrSyntax.Ndr64BigEndian];

    [TestCaseSource(nameof(Syntaxes))]
    public void ComeBackAsTheyWent(NdrSyntax syntax)
    {
        var uuid = Guid.Parse("3ab88633-1e57-4c1a-856c-d1bc4b15bbb1");
        var writer = new NdrWriter(syntax);
        writer.WriteByte(0xFE);
        writer.WriteSByte(-2);
        writer.WriteBoolean(true);
        writer.WriteUInt16(0xFEDC);
        writer.WriteInt16(-3);
        writer.WriteInt32(int.MinValue);
        writer.WriteInt64(long.MinValue + 1);
        writer.WriteSingle(1.5f);
        writer.WriteDouble(-2.25);
        writer.WriteEnum(32767);
        writer.WriteNative(0xFFFFFFFF);
        writer.WriteGuid(uuid);
        writer.WriteContextHandle(new ContextHandle(7, uuid));

        var reader = new NdrReader(writer.WrittenSpan, syntax);
        reader.ReadByte().Should().Be(0xFE);
        reader.ReadSByte().Should().Be(-2);
        reader.ReadBoolean().Should().BeTrue();
        reader.ReadUInt16().Should().Be(0xFEDC);
        reader.ReadInt16().Should().Be(-3);
        reader.ReadInt32().Should().Be(int.MinValue);
        reader.ReadInt64().Should().Be(long.MinValue + 1);
        reader.ReadSingle().Should().Be(1.5f);
        reader.ReadDouble().Should().Be(-2.25);
        reader.ReadEnum().Should().Be(32767);
        reader.ReadNative().Should().Be(0xFFFFFFFF);
        reader.ReadGuid().Should().Be(uuid);
        reader.ReadContextHandle().Should().Be(new ContextHandle(7, uuid));
        reader.ExpectEnd();
    }

    [TestCase(2, "01 ee 3412")]
    [TestCase(4, "01 eeeeee 78563412")]
    [TestCase(8, "01 eeeeeeeeeeeeee f0debc9a78563412")]
    public void AreAlignedToTheirSizeWhateverLiesInTheGap(int size, string hex)
    {
        var reader = new NdrReader(Hex.Bytes(hex), NdrSyntax.Ndr20);

        reader.ReadByte().Should().Be(1);
        var value = size switch { 2 => reader.ReadUInt16(), 4 => reader.ReadUInt32(), _ => reader.ReadUInt64() };

        value.Should().Be(size switch { 2 => 0x1234, 4 => 0x12345678, _ => 0x123456789ABCDEF0 });
        reader.ExpectEnd();
    }

    [TestCase(2, "01 00 3412")]
    [TestCase(4, "01 000000 78563412")]
    [TestCase(8, "01 00000000000000 f0debc9a78563412")]
    public void LeaveZeroInTheGap(int size, string hex)
    {
        var writer = new NdrWriter(NdrSyntax.Ndr20);
        writer.WriteBytes(Enumerable.Repeat((byte)0xEE, 64).ToArray());
        writer.Reset();
        writer.WriteByte(1);
        switch (size)
        {
            case 2: writer.WriteUInt16(0x1234); break;
            case 4: writer.WriteUInt32(0x12345678); break;
            default: writer.WriteUInt64(0x123456789ABCDEF0); break;
        }

        writer.ToArray().Should().Equal(Hex.Bytes(hex));
    }

    [TestCase("00", false)]
    [TestCase("01", true)]
    [TestCase("ff", true)]
    public void AnyBooleanButZeroIsTrue(string hex, bool value) =>
        new NdrReader(Hex.Bytes(hex), NdrSyntax.Ndr20).ReadBoolean().Should().Be(value);

    [Test]
    public void WriterIsABufferThatOthersFill()
    {
        var writer = new NdrWriter(NdrSyntax.Ndr20, capacity: 1);
        writer.WriteByte(1);
        writer.Write<byte>(new byte[100]);
        writer.WriteUInt16(2);

        writer.Position.Should().Be(104);
        writer.WrittenMemory.Length.Should().Be(104);
        writer.TryCopyTo(new byte[103]).Should().BeFalse();
        writer.TryCopyTo(new byte[104]).Should().BeTrue();
        writer.Invoking(full => full.Advance(int.MaxValue)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void WideStringsOfAnyUnitsComeBack() => ForAll<(char[] Units, bool Is64, bool BigEndian)>(given =>
    {
        var text = new string(given.Units);
        var writer = new NdrWriter(new NdrSyntax(given.Is64, given.BigEndian));
        writer.WriteWideString(text);
        var reader = new NdrReader(writer.WrittenSpan, writer.Syntax);
        return reader.ReadWideString() == text && reader.Remaining == 0;
    });

    [Test]
    public void VaryingStringsComeBack() => ForAll<(char[] Units, bool Is64, bool BigEndian)>(given =>
    {
        var text = new string(given.Units);
        var narrow = new string([.. given.Units.Select(unit => (char)(unit & 0xFF))]);
        var writer = new NdrWriter(new NdrSyntax(given.Is64, given.BigEndian));
        writer.WriteVaryingWideString(text);
        writer.WriteVaryingNarrowString(narrow);
        writer.WriteNarrowString(narrow, narrow.Length + 9);
        var reader = new NdrReader(writer.WrittenSpan, writer.Syntax);
        return reader.ReadVaryingWideString(text.Length + 1) == text
            && reader.ReadVaryingNarrowString(text.Length + 1) == narrow
            && reader.ReadNarrowString(out var maximum) == narrow && maximum == narrow.Length + 9
            && reader.Remaining == 0;
    });

    [Test]
    public void FixedStringsEndAtTheirFirstNull() => ForAll<(char[] Units, bool BigEndian)>(given =>
    {
        var text = new string(given.Units);
        var writer = new NdrWriter(new NdrSyntax(Is64: false, given.BigEndian));
        writer.WriteFixedWideString(text, text.Length + 1);
        var reader = new NdrReader(writer.WrittenSpan, writer.Syntax);
        return reader.ReadFixedWideString(text.Length + 1, "here") == text.Split('\0')[0] && reader.Remaining == 0;
    });

    /// <summary>Whatever the bytes, a reader reads, refuses, and never leaves the stub.</summary>
    [Test]
    public void RandomBytesNeverLeadOutOfTheStub() =>
        ForAll<(byte[] Bytes, byte[] Steps, bool Is64, bool BigEndian)>(given =>
        {
            var reader = new NdrReader(given.Bytes, new NdrSyntax(given.Is64, given.BigEndian));
            try
            {
                foreach (var step in given.Steps)
                {
                    Step(ref reader, step);
                }
            }
            catch (NdrException refusal)
            {
                return refusal.Offset >= 0 && refusal.Offset <= given.Bytes.Length && refusal.Citation.Length > 0;
            }

            return reader.Position <= given.Bytes.Length;
        });

    /// <summary>The same thousand values each time, so that a red test stays red.</summary>
    private static void ForAll<T>(Func<T, bool> holds) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(20), FSharpOption<int>.None))),
        Prop.ForAll(holds));

    private static void Step(ref NdrReader reader, byte step)
    {
        switch (step % 12)
        {
            case 0: reader.ReadByte(); break;
            case 1: reader.ReadUInt16(); break;
            case 2: reader.ReadUInt32(); break;
            case 3: reader.ReadUInt64(); break;
            case 4: reader.ReadConformance(1); break;
            case 5: reader.ReadWideString(); break;
            case 6: reader.ReadNarrowString(); break;
            case 7: reader.ReadFullPointer(); break;
            case 8: reader.ReadContextHandle(); break;
            case 9: reader.ReadVaryingWideString(step); break;
            case 10: reader.ReadUnionTag(2, 8, switchIs: step); break;
            default: reader.Align(8); break;
        }
    }
}
