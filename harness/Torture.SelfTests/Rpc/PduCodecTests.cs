using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Rpc;
using Torture.Protocol;

namespace Torture.SelfTests.Rpc;

/// <summary>Bytes with known values, in both directions.</summary>
public sealed class PduCodecTests
{
    private const string Bind = """
        05 00 0b 03 10 00 00 00 48 00 00 00 02 00 00 00
        d0 16 d0 16 00 00 00 00 01 00 00 00 00 00 01 00
        74 c0 d8 cc e5 d0 40 4a 92 b4 d0 74 fa a6 ba 28
        01 00 01 00 04 5d 88 8a eb 1c c9 11 9f e8 08 00
        2b 10 48 60 02 00 00 00
        """;

    private const string BindAck = """
        05 00 0c 03 10 00 00 00 3c 00 00 00 02 00 00 00
        d0 16 d0 16 34 12 00 00 06 00 34 39 36 36 34 00
        01 00 00 00 00 00 00 00 04 5d 88 8a eb 1c c9 11
        9f e8 08 00 2b 10 48 60 02 00 00 00
        """;

    private const string WindowsBind = """
        05 00 0b 17 10 00 00 00 a0 00 00 00 02 00 00 00
        d0 16 d0 16 00 00 00 00 03 00 00 00 00 00 01 00
        74 c0 d8 cc e5 d0 40 4a 92 b4 d0 74 fa a6 ba 28
        01 00 01 00 04 5d 88 8a eb 1c c9 11 9f e8 08 00
        2b 10 48 60 02 00 00 00 01 00 01 00 74 c0 d8 cc
        e5 d0 40 4a 92 b4 d0 74 fa a6 ba 28 01 00 01 00
        33 05 71 71 ba be 37 49 83 19 b5 db ef 9c cc 36
        01 00 00 00 02 00 01 00 74 c0 d8 cc e5 d0 40 4a
        92 b4 d0 74 fa a6 ba 28 01 00 01 00 2c 1c b7 6c
        12 98 40 45 03 00 00 00 00 00 00 00 01 00 00 00
        """;

    private const string OpRange =
        "05 00 03 23 10 00 00 00 20 00 00 00 04 00 00 00 20 00 00 00 00 00 00 00 02 00 01 1c 00 00 00 00";

    private const string BindNak = "05 00 0d 03 10 00 00 00 18 00 00 00 02 00 00 00 04 00 01 05 00 00 00 00";
    private const string CoCancel = "05 00 12 03 10 00 00 00 10 00 00 00 05 00 00 00";
    private const string Orphaned = "05 00 13 03 10 00 00 00 10 00 00 00 05 00 00 00";

    private static IEnumerable<TestCaseData> Worked()
    {
        var witness = SyntaxId.Witness;
        yield return Case("Bind", Bind, new BindPdu(
            2, 5840, 5840, 0, [PresentationContext.Offer(0, witness, SyntaxId.Ndr20)]));
        yield return Case("BindAck", BindAck, new BindAckPdu(
            2, 5840, 5840, 0x1234, "49664", [PresentationContextResult.Accepted(SyntaxId.Ndr20)]));
        yield return Case("WindowsBind", WindowsBind, new BindPdu(2, 5840, 5840, 0, [
            PresentationContext.Offer(0, witness, SyntaxId.Ndr20),
            PresentationContext.Offer(1, witness, SyntaxId.Ndr64),
            PresentationContext.Offer(2, witness, BindTimeFeatureSyntax.Encode((BindTimeFeatures)3))])
        {
            Flags = (PduFlags)0x17,
        });
        yield return Case("OpRange", OpRange, new FaultPdu(4, 0, RpcFault.nca_op_rng_error)
        {
            Flags = PduFlags.Whole | PduFlags.DidNotExecute,
        });
        yield return Case("BindNak", BindNak, new BindNakPdu(
            2, BindRejectReason.ProtocolVersionNotSupported, [((byte)5, (byte)0)], new byte[3]));
        yield return Case("CoCancel", CoCancel, new CoCancelPdu(5));
        yield return Case("Orphaned", Orphaned, new OrphanedPdu(5));
    }

    [TestCaseSource(nameof(Worked))]
    public void WorkedHex(byte[] bytes, Pdu value)
    {
        PduWriter.Write(value).Should().Equal(bytes);
        PduReader.Read(bytes).Should().BeEquivalentTo(value, options => options.RespectingRuntimeTypes()
            .ComparingByMembers<Pdu>().ComparingByMembers<PresentationContext>()
            .Using<ReadOnlyMemory<byte>>(both => both.Subject.ToArray().Should().Equal(both.Expectation.ToArray()))
            .WhenTypeIs<ReadOnlyMemory<byte>>());
        PduWriter.Write(PduReader.Read(bytes)).Should().Equal(bytes);
    }

    [TestCaseSource(nameof(Worked))]
    public void BigEndianRoundTrips(byte[] bytes, Pdu value)
    {
        var turned = PduWriter.Write(value with { Representation = DataRepresentation.BigEndian });

        var back = PduReader.Read(turned) with { Representation = DataRepresentation.LittleEndian };

        turned.Should().NotEqual(bytes);
        PduWriter.Write(back).Should().Equal(bytes);
    }

    [TestCaseSource(nameof(Worked))]
    public void EveryPrefixIsRefused(byte[] bytes, Pdu value)
    {
        for (var length = 0; length < bytes.Length; length++)
        {
            var prefix = bytes[..length];
            FluentActions.Invoking(() => PduReader.Read(prefix)).Should().Throw<ProtocolException>();
        }
    }

    /// <summary>Every PDU of real traffic comes out as it went in.</summary>
    [Test]
    public void EveryCapturedPduRoundTrips()
    {
        var expected = Path.Combine(Root(), "captures", "samples", "expected.jsonl");
        var pdus = File.ReadLines(expected).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("pdu", out _)).ToList();

        pdus.Should().HaveCountGreaterThan(100);
        foreach (var line in pdus)
        {
            var bytes = Convert.FromHexString(line.GetProperty("pdu").GetString()!);
            var pdu = PduReader.Read(bytes);
            PduWriter.Write(pdu).Should().Equal(bytes);
            pdu.CallId.Should().Be(line.GetProperty("call_id").GetUInt32());
            (pdu.Security?.Token.Length ?? 0).Should().Be(line.GetProperty("auth_len").GetInt32());
        }
    }

    [Test]
    public void VerificationTrailerRoundTrips()
    {
        var trailer = new VerificationTrailer(
            1, (SyntaxId.Witness, SyntaxId.Ndr20),
            new VerificationHeader(PduType.Request, DataRepresentation.LittleEndian, 7, 1, 3));

        var bytes = trailer.Encode();

        VerificationTrailer.Read(bytes).Should().Be(trailer);
        VerificationTrailer.Find([1, 2, 3, 4, .. bytes]).Should().Be(4);
        VerificationTrailer.Find([1, 2, 3, .. bytes]).Should().Be(-1);
        bytes.Should().HaveCount(8 + (4 + 4) + (4 + 0x28) + (4 + 0x10));
    }

    [TestCase(BindTimeFeatures.None)]
    [TestCase(BindTimeFeatures.KeepConnectionOnOrphan | BindTimeFeatures.SecurityContextMultiplexing)]
    public void FeaturesHideInASyntax(BindTimeFeatures features)
    {
        BindTimeFeatureSyntax.Decode(BindTimeFeatureSyntax.Encode(features)).Should().Be(features);
        BindTimeFeatureSyntax.Decode(SyntaxId.Ndr20).Should().BeNull();
    }

    private static TestCaseData Case(string name, string hex, Pdu pdu) =>
        new TestCaseData(Convert.FromHexString(string.Concat(hex.Where(Uri.IsHexDigit))), pdu).SetArgDisplayNames(name);

    private static string Root()
    {
        var at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "Torture.sln")))
        {
            at = Path.GetDirectoryName(at)!;
        }

        return at;
    }
}
