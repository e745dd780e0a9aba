using Torture.Harness.Checking;
using Torture.Protocol.Ndr;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>Stubs that break a rule of NDR: refused with NdrException, and with nothing else.</summary>
public sealed class HostileStubs : Suite
{
    private const string Nulls = "0000000000000000";

    [TestCase("", TestName = "{m}.NoBytesAtAll")]
    [TestCase("0100", TestName = "{m}.CutInTheVersion")]
    [TestCase("01000100 00000200", TestName = "{m}.PointerToNothing")]
    [TestCase("01000100 00000200 ffffffff 00000000 ffffffff 4100", TestName = "{m}.CountsAbove31Bits")]
    [TestCase("01000100 00000200 ffffff7f 00000000 ffffff7f 4100", TestName = "{m}.CountsBeyondTheStub")]
    [TestCase("01000100 00000200 01000000 00000000 02000000 41000000" + Nulls, TestName = "{m}.ActualAboveMaximum")]
    [TestCase("01000100 00000200 03000000 01000000 02000000 41000000" + Nulls, TestName = "{m}.OffsetOfOne")]
    [TestCase("01000100 00000200 02000000 ffffffff 02000000 41000000" + Nulls, TestName = "{m}.OffsetThatWraps")]
    [TestCase("01000100 00000200 02000000 00000000 02000000 41004200" + Nulls, TestName = "{m}.Unterminated")]
    [TestCase("01000100 00000200 00000000 00000000 00000000" + Nulls, TestName = "{m}.NotEvenATerminator")]
    [TestCase("01000100 00000200 02000000 00000000 01000000 4100 0000" + Nulls, TestName = "{m}.TerminatorNotCounted")]
    [TestCase("01000100 00000000 00000000 0000", TestName = "{m}.CutInTheLastPointer")]
    [Verifies(Swn.PointersAndStrings)]
    public void Register(string stub) => Refused<RegisterRequest>(Swn.PointersAndStrings, stub, NdrSyntax.Ndr20);

    [TestCase("01000100", TestName = "{m}.CutInTheGapBeforeAPointer")]
    [TestCase("01000100 00000000 0000000000000000 0000000000000000 00000000", TestName = "{m}.CutInTheLastPointer")]
    [TestCase("01000100 00000000 0000020000000000 0000000001000000 0000000000000000 0000000001000000 4100",
        TestName = "{m}.CountsAbove31Bits")]
    [TestCase("01000100 00000000 0000020000000000 ffffffffffffffff 0000000000000000 ffffffffffffffff 4100",
        TestName = "{m}.CountsOfAllOnes")]
    [Verifies(Swn.PointersAndStrings)]
    public void RegisterInNdr64(string stub) =>
        Refused<RegisterRequest>(Swn.PointersAndStrings, stub, NdrSyntax.Ndr64);

    [TestCase("00000200 00000000 00000000 00000000 00000000 0100", TestName = "{m}.CutInTheFlags")]
    [TestCase("00000200 00000000 00000000 00000000 00000000 01000000", TestName = "{m}.WithoutKeepAlive")]
    [Verifies(Swn.PointersAndStrings)]
    public void RegisterEx(string stub) => Refused<RegisterExRequest>(Swn.PointersAndStrings, stub, NdrSyntax.Ndr20);

    [TestCase("", TestName = "{m}.NoBytesAtAll")]
    [TestCase("00000000 3386b83a571e1a4c856cd1bc4b15bb", TestName = "{m}.CutInTheUuid")]
    [Verifies(Swn.ContextHandle)]
    public void Handle(string stub) => Refused<HandleRequest>(Swn.ContextHandle, stub, NdrSyntax.Ndr20);

    [TestCase("00000200 01000000 00000000 00000000", TestName = "{m}.NullArrayOfOne")]
    [TestCase("00000200 01000000 04000200 02000000 00000000", TestName = "{m}.CountsThatDisagree")]
    [TestCase("00000200 01000000 04000200 01000000 00000000", TestName = "{m}.EntryThatIsNotThere")]
    [TestCase("00000200 ffffff07 04000200 ffffff07 00000000", TestName = "{m}.CountsBeyondTheStub")]
    [TestCase("00000200 ffffffff 04000200 ffffffff 00000000", TestName = "{m}.CountsAbove31Bits")]
    [TestCase("00000000 00000000 00000000", TestName = "{m}.BytesAfterTheStatus")]
    [Verifies(Swn.InterfaceListLayout)]
    public void InterfaceList(string stub) => Check.Throws<NdrException>(
        Swn.InterfaceListLayout,
        () => WitnessCodec.DecodeGetInterfaceListResponse(Hex.Bytes(stub), NdrSyntax.Ndr20));

    [Test, Verifies(Swn.GroupNameTerminated)]
    public void GroupNameWithoutEnd()
    {
        var entry = string.Concat(Enumerable.Repeat("4100", 260)) + new string('0', 64);

        Refused<GetInterfaceListResponse>(
            Swn.GroupNameTerminated, $"00000200 01000000 04000200 01000000 {entry} 00000000", NdrSyntax.Ndr20);
    }

    [TestCase("00000200 02000000 04000000 01000000 00000000 00000000", TestName = "{m}.NullBufferOfFour")]
    [TestCase("00000200 02000000 04000000 01000000 04000200 05000000 0000000000 000000 00000000",
        TestName = "{m}.CountsThatDisagree")]
    [TestCase("00000200 02000000 ffffffff 01000000 04000200 ffffffff 00000000", TestName = "{m}.BufferAbove31Bits")]
    [TestCase("00000200 02000000 ffffff7f 01000000 04000200 ffffff7f 00000000", TestName = "{m}.BufferBeyondTheStub")]
    [TestCase("00000200 02000000", TestName = "{m}.CutInTheStructure")]
    [TestCase("00000000 b4050000 00", TestName = "{m}.ByteAfterTheStatus")]
    [Verifies(Swn.NotificationLayout)]
    public void Notification(string stub) => Check.Throws<NdrException>(
        Swn.NotificationLayout, () => WitnessCodec.DecodeAsyncNotifyResult(Hex.Bytes(stub), NdrSyntax.Ndr20));

    private void Refused<T>(string requirement, string stub, NdrSyntax syntax) => Check.Throws<NdrException>(
        requirement, () => NdrCodec.Of<T>().Decode(Hex.Bytes(stub), syntax, out _));
}
