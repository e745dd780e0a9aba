using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Fixtures;
using Torture.Protocol;
using Torture.Protocol.Ctdb;

namespace Torture.SelfTests.Ctdbd;

/// <summary>What real daemons said is read to what it means, and written again to the same bytes.</summary>
public sealed class TranscriptBytes
{
    private static IEnumerable<TestCaseData> All() => CtdbTranscript.All
        .Select((entry, index) => new TestCaseData(entry).SetArgDisplayNames($"{index:00} {entry.Name}"));

    [TestCaseSource(nameof(All))]
    public void GoThereAndBack(CtdbTranscript transcript)
    {
        var packet = CtdbCodec.Decode(transcript.Packet.Span);

        CtdbCodec.Encode(packet, asDaemon: true).Should().Equal(transcript.Packet.ToArray());
        if (transcript.Request is not { } bytes)
        {
            var message = packet.Should().BeOfType<CtdbMessage>().Subject;
            message.Srvid.Should().Be(transcript.Srvid);
            message.Data.ToArray().Should().Equal(transcript.Data.ToArray());
            return;
        }

        var request = CtdbCodec.Decode(bytes.Span).Should().BeOfType<CtdbRequest>().Subject;
        CtdbCodec.Encode(request).Should().Equal(bytes.ToArray());
        var reply = packet.Should().BeOfType<CtdbReply>().Subject;
        reply.RequestId.Should().Be(request.RequestId);
        reply.Status.Should().Be(transcript.Status);
        reply.Error.Should().Be(transcript.Error);
        reply.Data.ToArray().Should().Equal(transcript.Data.ToArray());
    }

    [TestCaseSource(nameof(All))]
    public void EveryPrefixIsRefused(CtdbTranscript transcript)
    {
        foreach (var whole in new[] { transcript.Packet, transcript.Request ?? default })
        {
            for (var length = 0; length < whole.Length; length++)
            {
                var prefix = whole[..length].ToArray();
                FluentActions.Invoking(() => CtdbCodec.Decode(prefix)).Should().Throw<ProtocolException>();
            }
        }
    }

    private static IEnumerable<TestCaseData> Structures()
    {
        var (first, second, third) = (Daemon("127.0.0.1"), Daemon("127.0.0.2"), Daemon("127.0.0.3"));
        CtdbNode[] nodes = [new(0, 0, first), new(1, 0, second), new(2, 0, third)];
        yield return Of("GET_NODEMAP", nodes, CtdbCodec.DecodeNodeMap, CtdbCodec.EncodeNodeMap);
        CtdbPublicAddress[] addresses =
        [
            Owned(0, "192.168.200.2"), Owned(0, "192.168.100.2"), Owned(1, "192.168.200.1"), Owned(1, "192.168.100.1"),
        ];
        yield return Of(
            "GET_PUBLIC_IPS", addresses, CtdbCodec.DecodePublicAddresses, CtdbCodec.EncodePublicAddresses);
        CtdbInterface[] interfaces = [new("lo", true, 2)];
        yield return Of("GET_IFACES", interfaces, CtdbCodec.DecodeInterfaces, CtdbCodec.EncodeInterfaces);
        yield return Of(
            "GET_PUBLIC_IP_INFO", new CtdbPublicAddressInfo(Owned(1, "192.168.100.1"), 0, interfaces),
            CtdbCodec.DecodePublicAddressInfo, CtdbCodec.EncodePublicAddressInfo);
        yield return Of(
            "GETVNNMAP", new CtdbVnnMap(0x0473_D4F2, [0, 1, 2]), CtdbCodec.DecodeVnnMap, CtdbCodec.EncodeVnnMap);
        yield return Of("GET_RUNSTATE", (uint)CtdbRunState.RUNNING, CtdbCodec.DecodeNumber, CtdbCodec.EncodeNumber);
        yield return Of("GET_CAPABILITIES", 0x0003_0003u, CtdbCodec.DecodeNumber, CtdbCodec.EncodeNumber);
        yield return Of("GET_TUNABLE", 5u, CtdbCodec.DecodeNumber, CtdbCodec.EncodeNumber);
        yield return Of(
            "GET_TCP_TICKLE_LIST", new CtdbTickleList(new IPEndPoint(IPAddress.Parse("192.168.100.1"), 0), []),
            CtdbCodec.DecodeTickleList, CtdbCodec.EncodeTickleList);
    }

    [TestCaseSource(nameof(Structures))]
    public void CarryWhatTheyMean(Structure structure)
    {
        var data = CtdbTranscript.Of(structure.Name).Data.ToArray();

        structure.Decode(data).Should().BeEquivalentTo(structure.Value, options => options.WithStrictOrdering());
        structure.Encode().Should().Equal(data);
        for (var length = 0; length < data.Length; length++)
        {
            var prefix = data[..length];
            FluentActions.Invoking(() => structure.Decode(prefix)).Should().Throw<ProtocolException>();
        }

        FluentActions.Invoking(() => structure.Decode([.. data, 0])).Should().Throw<ProtocolException>();
    }

    [Test]
    public void TickleListsNameBothEnds()
    {
        var list = CtdbTranscript.All.First(entry => entry.Name == "GET_TCP_TICKLE_LIST" && entry.Data.Length > 32);

        var read = CtdbCodec.DecodeTickleList(list.Data.Span);

        var server = IPEndPoint.Parse("192.168.200.2:445");
        read.Connections.Should().Equal(
            new CtdbConnection(IPEndPoint.Parse("10.1.1.1:50001"), server),
            new CtdbConnection(IPEndPoint.Parse("10.1.1.2:50002"), server));
        CtdbCodec.EncodeTickleList(read).Should().Equal(list.Data.ToArray());
    }

    [Test]
    public void RequestsCarryWhatTheyAskFor()
    {
        Request("TCP_CLIENT").Should().Equal(CtdbCodec.EncodeConnection(new CtdbConnection(
            IPEndPoint.Parse("10.1.1.1:50001"), IPEndPoint.Parse("192.168.200.2:445"))));
        Request("GET_TUNABLE").Should().Equal(CtdbCodec.EncodeTunableName("KeepaliveInterval"));
        Request("GET_PUBLIC_IP_INFO").Should().Equal(CtdbCodec.EncodeAddress(IPAddress.Parse("192.168.100.1")));
        var available = (CtdbRequest)CtdbCodec.Decode(
            CtdbTranscript.Of("GET_PUBLIC_IPS_only_available").Request!.Value.Span);
        available.Flags.Should().Be(CtdbControlFlags.OnlyAvailable);
        var registered = (CtdbRequest)CtdbCodec.Decode(
            CtdbTranscript.Of("REGISTER_SRVID TAKE_IP").Request!.Value.Span);
        registered.Srvid.Should().Be(CtdbSrvid.TAKE_IP);
    }

    [Test]
    public void ReleasedAndTakenAddressesAreText()
    {
        var texts = CtdbTranscript.All.Where(entry => entry.Srvid is CtdbSrvid.RELEASE_IP or CtdbSrvid.TAKE_IP);

        texts.Should().HaveCount(2).And.AllSatisfy(entry =>
        {
            CtdbCodec.DecodeAddressText(entry.Data.Span).Should().Be(IPAddress.Parse("192.168.200.2"));
            CtdbCodec.EncodeAddressText(IPAddress.Parse("192.168.200.2")).Should().Equal(entry.Data.ToArray());
        });
    }

    [Test]
    public void IPv6AddressesKeepPortAndScope()
    {
        var connection = new CtdbConnection(IPEndPoint.Parse("[fe80::1%3]:1025"), IPEndPoint.Parse("[fd00::2]:445"));

        CtdbCodec.DecodeConnection(CtdbCodec.EncodeConnection(connection)).Should().Be(connection);
    }

    [Test]
    public void AreAllThere() => CtdbTranscript.All.Should().HaveCount(65);

    private static byte[] Request(string name) =>
        ((CtdbRequest)CtdbCodec.Decode(CtdbTranscript.Of(name).Request!.Value.Span)).Data.ToArray();

    private static IPEndPoint Daemon(string address) => new(IPAddress.Parse(address), 4379);

    private static CtdbPublicAddress Owned(uint owner, string address) => new(owner, IPAddress.Parse(address));

    private static TestCaseData Of<T>(string name, T value, Reader<T> decode, Func<T, byte[]> encode)
        where T : notnull =>
        new TestCaseData(new Structure(name, value, data => decode(data), () => encode(value)))
            .SetArgDisplayNames(name);

    private delegate T Reader<out T>(ReadOnlySpan<byte> data);

    public sealed record Structure(string Name, object Value, Func<byte[], object> Decode, Func<byte[]> Encode);
}
