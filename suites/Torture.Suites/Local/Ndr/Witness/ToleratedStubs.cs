using Torture.Protocol.Ndr;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>Stubs that look odd and break no rule: they mean what they say.</summary>
public sealed class ToleratedStubs : Suite
{
    private static readonly RegisterRequest Nothing = new(WitnessVersion.V1, null, null, null);

    private static readonly ContextHandle Handle = new(0, Guid.Parse("3ab88633-1e57-4c1a-856c-d1bc4b15bbb1"));

    [TestCase(1, TestName = "{m}.1")]
    [TestCase(60, TestName = "{m}.60")]
    [TestCase(65536, TestName = "{m}.65536")]
    [Verifies(Swn.PointersAndStrings)]
    public void BytesBehindARequest(int count) => Means(
        Nothing, [.. WitnessCodec.Encode(Nothing, NdrSyntax.Ndr20), .. Enumerable.Repeat((byte)0xA5, count)]);

    [TestCase("ffffffff", TestName = "{m}.AllOnes")]
    [TestCase("01000000", TestName = "{m}.One")]
    [Verifies(Swn.PointersAndStrings)]
    public void AnyReferentId(string id) => Means(
        new RegisterRequest(WitnessVersion.V1, "A", null, null),
        Hex.Bytes($"01000100 {id} 02000000 00000000 02000000 41000000 00000000 00000000"));

    [Test, Verifies(Swn.PointersAndStrings)]
    public void OneReferentIdForTwoStrings() => Means(
        new RegisterRequest(WitnessVersion.V1, "A", "B", null),
        Hex.Bytes(
            """
            01000100 00000200 02000000 00000000 02000000 41000000
            00000200 02000000 00000000 02000000 42000000 00000000
            """));

    [Test, Verifies(Swn.PointersAndStrings)]
    public void AnythingInAGap() => Means(
        new RegisterRequest(WitnessVersion.V1, "", null, null),
        Hex.Bytes("01000100 00000200 01000000 00000000 01000000 0000 eeee 00000000 00000000"));

    [Test, Verifies(Swn.PointersAndStrings)]
    public void LoneSurrogate() => Means(
        new RegisterRequest(WitnessVersion.V1, "\ud800", null, null),
        Hex.Bytes("01000100 00000200 02000000 00000000 02000000 00d80000 00000000 00000000"));

    [Test, Verifies(Swn.PointersAndStrings)]
    public void MaximumAboveActual() => Means(
        new RegisterRequest(WitnessVersion.V1, "A", null, null),
        Hex.Bytes("01000100 00000200 09000000 00000000 02000000 41000000 00000000 00000000"));

    [Test, Verifies(Swn.ContextHandle)]
    public void HandleWithAttributes()
    {
        var handle = Handle with { Attributes = 0xFFFFFFFF };

        Check.That(
            Swn.ContextHandle,
            WitnessCodec.DecodeHandleRequest(
                Hex.Bytes("ffffffff 3386b83a571e1a4c856cd1bc4b15bbb1"), NdrSyntax.Ndr20).Context,
            handle);
    }

    private void Means(RegisterRequest expected, byte[] stub) => Check.That(
        Swn.PointersAndStrings, WitnessCodec.DecodeRegisterRequest(stub, NdrSyntax.Ndr20), expected);
}
