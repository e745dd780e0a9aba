using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Ndr;

namespace Torture.SelfTests.Ndr;

/// <summary>What a decoder has to refuse ([MS-RPCE] 3.1.1.5.3), and what it must not.</summary>
public sealed class HostileStreams
{
    private delegate void Reading(ref NdrReader reader);

    [TestCase("ffffffff 01020304", TestName = "ConformanceAbove31Bits")]
    [TestCase("ffffff7f 01020304", TestName = "ConformanceLongerThanTheStub")]
    [TestCase("02000000 01020304", TestName = "ConformanceOfMoreElementsThanTheStubHolds")]
    public void Conformance(string stub) =>
        Refused(stub, NdrSyntax.Ndr20, (ref reader) => reader.ReadConformance(4)).Offset.Should().Be(0);

    [Test]
    public void ConformanceThatDisagreesWithSizeIs() =>
        Refused("02000000 0102", NdrSyntax.Ndr20, (ref reader) => reader.ReadConformance(1, sizeIs: 1));

    [Test]
    public void Conformance64Above31Bits() =>
        Refused("0000000001000000 0102", NdrSyntax.Ndr64, (ref reader) => reader.ReadConformance(1));

    [TestCase("02000000 00000000 03000000 410042000000", TestName = "ActualAboveMaximum")]
    [TestCase("03000000 01000000 02000000 41000000", TestName = "OffsetOfOne")]
    [TestCase("02000000 ffffffff 02000000 41000000", TestName = "OffsetThatWraps")]
    [TestCase("ffffff7f 00000000 ffffff7f 410042000000", TestName = "StringLongerThanTheStub")]
    [TestCase("02000000 00000000 02000000 41004200", TestName = "UnterminatedString")]
    [TestCase("00000000 00000000 00000000", TestName = "StringWithoutEvenATerminator")]
    [TestCase("03000000 00000000 03000000 4100420000", TestName = "StringCutInItsTerminator")]
    public void WideString(string stub) =>
        Refused(stub, NdrSyntax.Ndr20, (ref reader) => reader.ReadWideString());

    [TestCase("02000000 00000000 02000000 4142", TestName = "NarrowUnterminated")]
    [TestCase("00000000 00000000 00000000", TestName = "NarrowWithoutEvenATerminator")]
    public void NarrowString(string stub) =>
        Refused(stub, NdrSyntax.Ndr20, (ref reader) => reader.ReadNarrowString());

    [Test]
    public void FixedStringWithoutTerminator() =>
        Refused("41004200", NdrSyntax.Ndr20, (ref reader) => reader.ReadFixedWideString(2, "[MS-SWN] 2.2.2.5"))
            .Citation.Should().Be("[MS-SWN] 2.2.2.5");

    [Test]
    public void LoneSurrogateIsAString() =>
        new NdrReader(Hex.Bytes("02000000 00000000 02000000 00d8 0000"), NdrSyntax.Ndr20)
            .ReadWideString().Should().Be("\ud800");

    [Test]
    public void NullWithinAStringIsPartOfIt() =>
        new NdrReader(Hex.Bytes("03000000 00000000 03000000 0000 4100 0000"), NdrSyntax.Ndr20)
            .ReadWideString().Should().Be("\0A");

    [Test]
    public void AnyReferentIdIsAPointer()
    {
        var reader = new NdrReader(Hex.Bytes("ffffffff 01000000 01000000"), NdrSyntax.Ndr20);

        bool[] present = [reader.ReadUniquePointer(), reader.ReadUniquePointer(), reader.ReadUniquePointer()];

        present.Should().Equal(true, true, true);
    }

    [Test]
    public void NullPointerToElements() =>
        Refused("00000000", NdrSyntax.Ndr20, (ref reader) => reader.ReadUniquePointer(sizeIs: 3));

    [Test]
    public void ReferencePointerOfZeroIn64() =>
        Refused("0000000000000000", NdrSyntax.Ndr64, (ref reader) => reader.ReadEmbeddedReferencePointer());

    [Test]
    public void ReferencePointerOfZeroIn20HasNoMeaning()
    {
        var reader = new NdrReader(Hex.Bytes("00000000"), NdrSyntax.Ndr20);
        reader.ReadEmbeddedReferencePointer();
        reader.ExpectEnd();
    }

    [Test]
    public void UnionTagThatDisagreesWithSwitchIs() =>
        Refused("0200", NdrSyntax.Ndr20, (ref reader) => reader.ReadUnionTag(2, 4, switchIs: 3));

    [Test]
    public void UnionTagWithoutArm() => Refused("0900", NdrSyntax.Ndr20, (ref reader) =>
    {
        var tag = reader.ReadUnionTag(2, 4);
        reader.RefuseTag(tag, 2);
    });

    [Test]
    public void ValueOutOfRange() =>
        Refused("33000000", NdrSyntax.Ndr20, (ref reader) => reader.ReadUInt32InRange(0, 50));

    [TestCase("0100", TestName = "CutInAGap")]
    [TestCase("010000000200", TestName = "CutInAValue")]
    public void Truncated(string stub) => Refused(stub, NdrSyntax.Ndr20, (ref reader) =>
    {
        reader.ReadUInt16();
        reader.ReadUInt32();
    });

    [Test]
    public void ZeroLengthStubForAParameter() =>
        Refused("", NdrSyntax.Ndr20, (ref reader) => reader.ReadContextHandle()).Offset.Should().Be(0);

    [Test]
    public void BytesAfterTheLastParameter() =>
        Refused("01 02", NdrSyntax.Ndr20, (ref reader) =>
        {
            reader.ReadByte();
            reader.ExpectEnd();
        }).Offset.Should().Be(1);

    /// <summary>A list that goes on for ever is refused long before the stack is full.</summary>
    [Test]
    public void LinkedStructuresWithoutEnd()
    {
        var stub = string.Concat(Enumerable.Repeat("00000200", 100_000));

        Refused(stub, NdrSyntax.Ndr20, ReadChain).Offset.Should().Be(4 * (NdrReader.MaximumDepth + 1));
    }

    [Test]
    public void LinkedStructuresAsDeepAsAllowed()
    {
        var stub = string.Concat(Enumerable.Repeat("00000200", NdrReader.MaximumDepth)) + "00000000";
        var reader = new NdrReader(Hex.Bytes(stub), NdrSyntax.Ndr20);

        ReadChain(ref reader);

        reader.ExpectEnd();
    }

    private static void ReadChain(ref NdrReader reader)
    {
        if (reader.ReadUniquePointer())
        {
            reader.Enter();
            ReadChain(ref reader);
            reader.Leave();
        }
    }

    [Test]
    public void WriterIsNoDeeperThanAReader()
    {
        var writer = new NdrWriter(NdrSyntax.Ndr20);
        for (var i = 0; i < NdrReader.MaximumDepth; i++)
        {
            writer.Enter();
        }

        writer.Invoking(deep => deep.Enter()).Should().Throw<InvalidOperationException>();
    }

    private static NdrException Refused(string stub, NdrSyntax syntax, Reading reading)
    {
        var bytes = Hex.Bytes(stub);
        var attempt = () =>
        {
            var reader = new NdrReader(bytes, syntax);
            reading(ref reader);
        };
        return attempt.Should().ThrowExactly<NdrException>().Which;
    }
}
