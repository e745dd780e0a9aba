using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Checking;
using Torture.Protocol;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.SelfTests.Ndr;

/// <summary>Endpoint mapper stubs as an independent dissector reads them ([C706] appendix O).</summary>
public sealed class EndpointMapperBytes
{
    private const string WitnessTower =
        "0500 1300 0d74c0d8cce5d0404a92b4d074faa6ba280100 0200 0100"
        + "1300 0d045d888aeb1cc9119fe808002b1048600200 0200 0000"
        + "0100 0b 0200 0000 0100 07 0200 0087 0100 09 0400 00000000";

    private const string AnswerTower =
        "0500 1300 0d74c0d8cce5d0404a92b4d074faa6ba280100 0200 0100"
        + "1300 0d045d888aeb1cc9119fe808002b1048600200 0200 0000"
        + "0100 0b 0200 0000 0100 07 0200 c200 0100 09 0400 c000020a";

    private const string NullHandle = "0000000000000000000000000000000000000000";

    private static readonly Tower Asked = Tower.Build(SyntaxId.Witness, new IPEndPoint(IPAddress.Any, 135));

    private static readonly Tower Answered =
        Tower.Build(SyntaxId.Witness, new IPEndPoint(IPAddress.Parse("192.0.2.10"), 49664));

    [Test]
    public void TowerIsBuilt() => Asked.ToArray().Should().Equal(Hex.Bytes(WitnessTower));

    [Test]
    public void TowerIsParsed()
    {
        var tower = Tower.Parse(Hex.Bytes(AnswerTower));

        tower.Should().Be(Answered);
        tower.Interface.Should().Be(SyntaxId.Witness);
        tower.TransferSyntax.Should().Be(SyntaxId.Ndr20);
        tower.Port.Should().Be(49664);
        tower.Address.Should().Be(IPAddress.Parse("192.0.2.10"));
        tower.Length.Should().Be(75);
    }

    [Test]
    public void TowerOfAnIPv6EndpointHasNoAddress() =>
        Tower.Build(SyntaxId.Witness, new IPEndPoint(IPAddress.IPv6Loopback, 7)).Address.Should().Be(IPAddress.Any);

    [Test]
    public void MapRequest() => Examine(
        new(EndpointMapperCodec.Encode, EndpointMapperCodec.DecodeMapRequest),
        new EptMapRequest(Guid.Empty, Asked, ContextHandle.Null, 4),
        $"01000000 00000000000000000000000000000000 02000000 4b0000004b000000 {WitnessTower} 00 {NullHandle} 04000000");

    [Test]
    public void MapRequestOfNothing() => Examine(
        new(EndpointMapperCodec.Encode, EndpointMapperCodec.DecodeMapRequest),
        new EptMapRequest(null, null, ContextHandle.Null, 1),
        $"00000000 00000000 {NullHandle} 01000000");

    [Test]
    public void MapResponse() => Examine(
        new(EndpointMapperCodec.Encode, EndpointMapperCodec.DecodeMapResponse),
        new EptMapResponse(ContextHandle.Null, 4, [Answered], EptStatus.ept_s_ok),
        $"{NullHandle} 01000000 040000000000000001000000 03000000 4b0000004b000000 {AnswerTower} 00 00000000");

    [Test]
    public void MapResponseOfTwoAlignsTheSecond() => Examine(
        new(EndpointMapperCodec.Encode, EndpointMapperCodec.DecodeMapResponse),
        new EptMapResponse(ContextHandle.Null, 4, [Answered, Asked], EptStatus.ept_s_ok),
        $"{NullHandle} 02000000 040000000000000002000000 03000000 04000000 4b0000004b000000 {AnswerTower} 00"
        + $"4b0000004b000000 {WitnessTower} 00 00000000");

    [Test]
    public void MapResponseNotFound() => Examine(
        new(EndpointMapperCodec.Encode, EndpointMapperCodec.DecodeMapResponse),
        new EptMapResponse(ContextHandle.Null, 4, [], EptStatus.ept_s_not_registered),
        $"{NullHandle} 00000000 040000000000000000000000 d6a0c916");

    [Test]
    public void MapResponseMayNameATowerTwice()
    {
        var stub = Hex.Bytes(
            $"{NullHandle} 02000000 040000000000000002000000 03000000 03000000"
            + $"4b0000004b000000 {AnswerTower} 00 00000000");

        EndpointMapperCodec.DecodeMapResponse(stub, NdrSyntax.Ndr20).Towers.Should().Equal(Answered, Answered);
    }

    [Test]
    public void LookupRequest() => Examine(
        new(EndpointMapperCodec.Encode, EndpointMapperCodec.DecodeLookupRequest),
        new EptLookupRequest(
            InquiryType.rpc_c_ep_all_elts, null, null, VersionOption.rpc_c_vers_all, ContextHandle.Null, 500),
        $"00000000 00000000 00000000 01000000 {NullHandle} f4010000");

    [Test]
    public void LookupResponse() => Examine(
        new(EndpointMapperCodec.Encode, EndpointMapperCodec.DecodeLookupResponse),
        new EptLookupResponse(
            ContextHandle.Null, 500, [new EptEntry(Guid.Empty, Asked, "Witness")], EptStatus.ept_s_ok),
        $"{NullHandle} 01000000 f40100000000000001000000 00000000000000000000000000000000 00000200"
        + $"00000000 08000000 5769746e65737300 4b0000004b000000 {WitnessTower} 00 00000000");

    [Test]
    public void EverythingSurvivesNdr64()
    {
        var request = new EptLookupRequest(
            InquiryType.rpc_c_ep_match_by_both, Guid.Parse("3ab88633-1e57-4c1a-856c-d1bc4b15bbb1"),
            SyntaxId.Witness, VersionOption.rpc_c_vers_compatible, ContextHandle.Null, 4);
        var response = new EptLookupResponse(
            ContextHandle.Null, 4, [new(Guid.Empty, Asked, "one"), new(Guid.Empty, null, ""),
            new(Guid.Empty, Answered, "three")], EptStatus.ept_s_ok);
        var map = new EptMapResponse(ContextHandle.Null, 4, [Answered, Asked], EptStatus.ept_s_ok);

        EndpointMapperCodec.DecodeLookupRequest(
            EndpointMapperCodec.Encode(request, NdrSyntax.Ndr64), NdrSyntax.Ndr64).Should().Be(request);
        EndpointMapperCodec.DecodeLookupResponse(
            EndpointMapperCodec.Encode(response, NdrSyntax.Ndr64), NdrSyntax.Ndr64).Should().Be(response);
        EndpointMapperCodec.DecodeMapResponse(
            EndpointMapperCodec.Encode(map, NdrSyntax.Ndr64), NdrSyntax.Ndr64).Should().Be(map);
    }

    [Test]
    public void LookupHandleFree()
    {
        Examine(
            new(EndpointMapperCodec.Encode, EndpointMapperCodec.DecodeLookupHandleFreeRequest),
            new EptLookupHandleFreeRequest(new(1, Guid.Parse("3ab88633-1e57-4c1a-856c-d1bc4b15bbb1"))),
            "01000000 3386b83a571e1a4c856cd1bc4b15bbb1");
        Examine(
            new(EndpointMapperCodec.Encode, EndpointMapperCodec.DecodeLookupHandleFreeResponse),
            new EptLookupHandleFreeResponse(ContextHandle.Null, EptStatus.ept_s_ok),
            $"{NullHandle} 00000000");
    }

    [TestCase("", TestName = "NoFloorCount")]
    [TestCase("ffff", TestName = "FloorsWithoutEnd")]
    [TestCase("0700 01000b0000 01000b0000 01000b0000 01000b0000 01000b0000 01000b0000 01000b0000", TestName = "Seven")]
    [TestCase("0100 1300 0d", TestName = "LeftSideLongerThanTheTower")]
    [TestCase("0100 0100 0b ffff 00", TestName = "RightSideLongerThanTheTower")]
    [TestCase("0100 0000 0000", TestName = "FloorThatIsNothing")]
    [TestCase("0100 0100 0b 0200 0000 00", TestName = "BytesAboveTheLastFloor")]
    public void HostileTowersAreRefused(string octets) =>
        Hex.Bytes(octets).Invoking(bytes => Tower.Parse(bytes)).Should().ThrowExactly<ProtocolException>();

    [Test]
    public void TowerOfTheWrongShapeIsNoWitnessTower()
    {
        var tower = Tower.Parse(Hex.Bytes("0200 0300 0d0102 0100 05 0100 0b 0200 0000"));

        tower.Interface.Should().BeNull();
        tower.Port.Should().BeNull();
        tower.Address.Should().BeNull();
    }

    [Test]
    public void StubsThatLieAboutTowersAreRefused()
    {
        string[] hostile =
        [
            $"00000000 02000000 4b0000004c000000 {WitnessTower} 00 {NullHandle} 04000000",
            $"00000000 02000000 ffffffff4b000000 {WitnessTower} 00 {NullHandle} 04000000",
            $"00000000 02000000 4b0000004b000000 {WitnessTower} 00 {NullHandle} f5010000",
            $"01000000 {NullHandle[..32]} 01000000 {NullHandle} 04000000",
            $"00000000 02000000 0200000002000000 ffff 0000 {NullHandle} 04000000",
        ];

        hostile.Should().AllSatisfy(stub => Hex.Bytes(stub)
            .Invoking(bytes => EndpointMapperCodec.DecodeMapRequest(bytes, NdrSyntax.Ndr20))
            .Should().ThrowExactly<NdrException>());
    }

    private static void Examine<T>(NdrCodec<T> codec, T expected, string hex)
        where T : notnull =>
        RoundTrip.Examine(codec, expected, Hex.Bytes(hex), NdrSyntax.Ndr20)
            .Where(check => !check.Holds).Should().BeEmpty();
}
