using System.Net;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Ctdbd;
using Torture.ReferenceServer.Failover;
using Torture.Targets.Reference;

namespace Torture.SelfTests.Ctdbd;

using ClusterNode = Torture.Harness.Clusters.Node;

/// <summary>What the packets between daemons show of what nodes were told.</summary>
public sealed class CtdbTrafficTests
{
    private static readonly IPAddress[] Private = [IPAddress.Parse("10.1.0.1"), IPAddress.Parse("10.1.0.2")];
    private static readonly MoveClient Move = new("client", "n2");
    private static readonly ControlRequest Request =
        new(ControlVerb.MoveClient) { Client = "client", Destination = "n2", Local = true };

    private static readonly CtdbTraffic Traffic = new(new ClusterConfiguration
    {
        Name = "c",
        NetName = "C",
        Nodes = [.. Private.Select((address, i) => new NodeEntry($"n{i + 1}", address, IPAddress.Loopback))],
        ControlFolder = "/x",
        Engine = new EngineSettings { Kind = EngineKind.Ctdb, Daemon = new DaemonSettings { LeaderTimeout = 2 } },
    });

    [Test]
    public void ARequestThatAPeerHasCarriedOutIsSeen() =>
        Shown(Packet(1, 0, 1, Asked(7)), Packet(2, 1, 0, Answered(7, ControlResponse.Done)))
            .Should().Be("frames 1, 2: n1 passes move-client on, n2 does it");

    [Test]
    public void SeveralMessagesInASegmentAreRead() =>
        Shown(Packet(1, 0, 1, [.. Here(), .. Asked(7)]), Packet(2, 1, 0, Answered(7, ControlResponse.Done)))
            .Should().NotBeNull();

    [Test]
    public void NothingElseIs()
    {
        Shown(Packet(1, 0, 1, Asked(7))).Should().BeNull("nobody has answered");
        Shown(Packet(1, 0, 1, Asked(7)), Packet(2, 1, 0, Answered(8, ControlResponse.Done))).Should().BeNull();
        Shown(Packet(1, 0, 1, Asked(7)), Packet(2, 1, 0, Answered(7, ControlResponse.Refused("no"))))
            .Should().BeNull();
        Shown(Packet(1, 0, 1, Asked(7)[..50]), Packet(2, 1, 0, [1, 2, 3])).Should().BeNull("they are cut");
        Shown(Packet(1, 0, 1, Zeroed(Asked(7))), Packet(2, 1, 0, Answered(7, ControlResponse.Done)))
            .Should().BeNull("a length of nothing is none");
    }

    [Test]
    public void APinOfAShareIsSeen()
    {
        var move = new MoveShare(new Share("failover", ShareKind.Failover), new ClusterNode("n2", IPAddress.Loopback));
        var pins = new PeerMessage("n1", 1) { Pins = new SharePins(1, "n1", [new ShareOwner("failover", "n2")]) };

        Traffic.Shows(move, Nothing, [Packet(3, 0, 1, Encoded(pins))])
            .Should().Be("frame 3: n1 tells n2 that n2 owns failover");
    }

    /// <summary>Frames are milliseconds apart.</summary>
    [TestCase(CtdbNodeNumber.Unknown, 3500, true)]
    [TestCase(CtdbNodeNumber.Unknown, 2500, false)]
    [TestCase(1u, 3500, false)]
    public void ThatNobodyLeadsIsSeen(uint leader, int end, bool isSeen)
    {
        var shown = Traffic.Shows(new StallRecoveryLock(), Nothing,
        [
            Packet(1000, 0, 1, Leads(0)), Packet(1100, 1, 0, Here()), Packet(2000, 1, 0, Leads(leader)),
            Packet(end, 1, 0, Here()),
        ]);

        shown.Should().Be(isSeen ? $"frames 1100 to {end}: daemons talk, and nobody says that it leads" : null);
    }

    private static byte[] Leads(uint number) =>
        [.. CtdbCodec.Encode(new CtdbMessage(1, CtdbSrvid.LEADER, CtdbCodec.EncodeNumber(number)))];

    private static ClusterObservation Nothing => new(DateTimeOffset.UnixEpoch, []);

    private static string? Shown(params PacketView[] packets) => Traffic.Shows(Move, Nothing, packets);

    private static byte[] Here() => Encoded(new PeerMessage("n1", 1) { Here = true });

    private static byte[] Asked(long id) =>
        Encoded(new PeerMessage("n1", 1) { Request = new RoutedRequest(id, Request) });

    private static byte[] Answered(long id, ControlResponse response) =>
        Encoded(new PeerMessage("n2", 2) { Response = new RoutedResponse(id, response) });

    private static byte[] Encoded(PeerMessage message) => [.. CtdbCodec.Encode(new CtdbMessage(
        1, CtdbFailover.WitnessSrvid,
        JsonSerializer.SerializeToUtf8Bytes(message, ControlJson.Default.PeerMessage)))];

    private static byte[] Zeroed(byte[] packet)
    {
        packet.AsSpan(0, 4).Clear();
        return packet;
    }

    private static PacketView Packet(long frame, int from, int to, byte[] payload) => new(
        new CapturedPacket(frame, frame * 1_000_000, LinkType.Ethernet, payload, payload.Length),
        new IPEndPoint(Private[from], 40_000), new IPEndPoint(Private[to], 4379), IsTcp: true, IsSyn: false,
        IsFin: false, IsReset: false, IsAcknowledge: true, payload.Length, payload);
}
