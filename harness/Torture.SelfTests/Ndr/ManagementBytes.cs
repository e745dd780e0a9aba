using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Checking;
using Torture.Protocol.Management;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;

namespace Torture.SelfTests.Ndr;

/// <summary>Stubs of the management interface ([C706] appendix Q).</summary>
public sealed class ManagementBytes
{
    [Test]
    public void InqIfIds() => Examine(
        new(ManagementCodec.Encode, ManagementCodec.DecodeInqIfIdsResponse),
        new InqIfIdsResponse([SyntaxId.Witness, SyntaxId.EndpointMapper], 0),
        """
        00000200 02000000 02000000 04000200 08000200
        74c0d8cc e5d0404a 92b4d074 faa6ba28 01000100
        0883afe1 1f5dc911 91a40800 2b14a0fa 03000000 00000000
        """);

    [Test]
    public void InqIfIdsOfNothing() => Examine(
        new(ManagementCodec.Encode, ManagementCodec.DecodeInqIfIdsResponse),
        new InqIfIdsResponse(null, 0x6B6),
        "00000000 b6060000");

    [Test]
    public void InqStats()
    {
        Examine(
            new(ManagementCodec.Encode, ManagementCodec.DecodeInqStatsResponse),
            new InqStatsResponse([10, 0, 20, 20], 0),
            "04000000 04000000 0a000000 00000000 14000000 14000000 00000000");
        Examine(
            new(ManagementCodec.Encode, ManagementCodec.DecodeInqStatsRequest), new InqStatsRequest(4), "04000000");
    }

    [Test]
    public void InqStatsMayHaveASecondCountBehindTheFirst() =>
        ManagementCodec.DecodeInqStatsRequest(Hex.Bytes("04000000 04000000"), NdrSyntax.Ndr20)
            .Should().Be(new InqStatsRequest(4));

    [Test]
    public void IsServerListening() => Examine(
        new(ManagementCodec.Encode, ManagementCodec.DecodeIsServerListeningResponse),
        new IsServerListeningResponse(0, 1),
        "00000000 01000000");

    [Test]
    public void StopServerListening() => Examine(
        new(ManagementCodec.Encode, ManagementCodec.DecodeStopServerListeningResponse),
        new StopServerListeningResponse(5),
        "05000000");

    [Test]
    public void InqPrincName()
    {
        Examine(
            new(ManagementCodec.Encode, ManagementCodec.DecodeInqPrincNameResponse),
            new InqPrincNameResponse("host/node1.test", 64, 0),
            "40000000 00000000 10000000 686f73742f6e6f6465312e7465737400 00000000");
        Examine(
            new(ManagementCodec.Encode, ManagementCodec.DecodeInqPrincNameRequest),
            new InqPrincNameRequest(10, 64),
            "0a000000 40000000");
    }

    [Test]
    public void EverythingSurvivesNdr64()
    {
        var ids = new InqIfIdsResponse([SyntaxId.Witness, SyntaxId.Management, SyntaxId.EndpointMapper], 0);
        var name = new InqPrincNameResponse("cifs/sofs", 64, 0);

        ManagementCodec.DecodeInqIfIdsResponse(ManagementCodec.Encode(ids, NdrSyntax.Ndr64), NdrSyntax.Ndr64)
            .Should().Be(ids);
        ManagementCodec.DecodeInqPrincNameResponse(ManagementCodec.Encode(name, NdrSyntax.Ndr64), NdrSyntax.Ndr64)
            .Should().Be(name);
    }

    [TestCase("33000000", TestName = "MoreStatisticsThanTheRangeAllows")]
    [TestCase("ffffffff", TestName = "StatisticsWithoutEnd")]
    public void HostileCountsAreRefused(string stub) =>
        Hex.Bytes(stub).Invoking(bytes => ManagementCodec.DecodeInqStatsRequest(bytes, NdrSyntax.Ndr20))
            .Should().ThrowExactly<NdrException>();

    [TestCase("00000200 ffffff7f ffffff7f", TestName = "InterfacesWithoutEnd")]
    [TestCase("00000200 01000000 02000000 04000200 00000000", TestName = "InterfacesThatDisagree")]
    public void HostileInterfaceListsAreRefused(string stub) =>
        Hex.Bytes(stub).Invoking(bytes => ManagementCodec.DecodeInqIfIdsResponse(bytes, NdrSyntax.Ndr20))
            .Should().ThrowExactly<NdrException>();

    private static void Examine<T>(NdrCodec<T> codec, T expected, string hex)
        where T : notnull =>
        RoundTrip.Examine(codec, expected, Hex.Bytes(hex), NdrSyntax.Ndr20)
            .Where(check => !check.Holds).Should().BeEmpty();
}
