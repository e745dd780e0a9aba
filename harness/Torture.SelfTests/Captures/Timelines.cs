using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;

namespace Torture.SelfTests.Captures;

public sealed class Timelines
{
    private static readonly IPAddress Moved = IPAddress.Parse("127.0.9.100");
    private static readonly IPAddress Client = IPAddress.Parse("127.0.9.50");

    /// <summary>
    /// Frames as tshark shows them; seconds between them as lab/README measured, less the time to T2.
    /// </summary>
    [TestCase("failover-kill-0", "T1=33 T2=65 T3=69 T4=72", 0.06, 0.10)]
    [TestCase("failover-disable-0", "T1=33 T2=76 T4=78", 0.03, 0.06)]
    [TestCase("failover-moveip-0", "T1=33 T2=63 T4=65", 0.06, 0.10)]
    [TestCase("moveip-registered-on-other-node", "T2=30 T4=32", 0.05, 0.10)]
    public void FailoversOfRealSamba(string name, string frames, double from, double to)
    {
        var timeline = Timeline.BuildAll(Read(name)).Should().ContainSingle().Subject;

        timeline.ToString().Should().Be(frames);
        timeline.T0.Should().BeNull("the capture has no marker");
        timeline.Latency.Should().BeNull();
        (timeline.T4!.At - timeline.T2!.At).TotalSeconds.Should().BeInRange(from, to);
    }

    [Test]
    public void ATickleIsAnsweredAndReset()
    {
        var timeline = Timeline.Build(Read("failover-kill-0"));

        timeline.TickleAnswer!.Value.Frame.Should().Be(70);
        timeline.TickleReset!.Value.Frame.Should().Be(71);
        timeline.T2!.Text.Should().Be("172.31.99.201 by 02:42:ac:1f:63:0b");
        (timeline.T3!.At - timeline.T2.At).TotalSeconds.Should().BeInRange(0.005, 0.02);
        timeline.T4!.Text.Should().Contain("RESOURCE_CHANGE");
    }

    [Test]
    public void APausedLeaderThatKeepsItsLockShowsNoTakeover()
    {
        var timeline = Timeline.Build(Read("failover-pause-0"));

        timeline.T2.Should().BeNull();
        timeline.T3.Should().BeNull();
        timeline.T4.Should().BeNull("ERROR_NOT_FOUND after UnRegister is no notification");
    }

    [Test]
    public void LoopbackFailoverHasT0AndServesAgain()
    {
        var wire = new Conversation(Client, Moved);
        wire.Connect(40001, at: 0.000);
        wire.Smb(40001, SmbCommand.NEGOTIATE, at: 0.010, server: 1);
        wire.Smb(40001, SmbCommand.ECHO, at: 0.900);
        wire.Mark(new Marker("run", 7, 1, Marker.Fault, "kill n1"), at: 1.000);
        wire.Connect(40002, at: 2.400);
        wire.Smb(40002, SmbCommand.NEGOTIATE, at: 2.500, server: 2);
        wire.Smb(40002, SmbCommand.ECHO, at: 2.600);
        var trace = TraceBuilder.Read(wire.Packets);
        var context = FailoverContext.Of(trace).Single() with { Moved = [Moved], Clients = [Client] };

        var timeline = Timeline.Build(trace, context);

        timeline.Milestones.Select(m => m.Name).Should().Equal("T0", "T1", "T2", "T5", "T6", "T7");
        timeline.T0!.Text.Should().Be("kill n1 (marker 7)");
        timeline.After(timeline.T1).Should().Be(TimeSpan.FromMilliseconds(-99));
        timeline.After(timeline.T5).Should().Be(TimeSpan.FromMilliseconds(1400));
        timeline.After(timeline.T6).Should().Be(TimeSpan.FromMilliseconds(1501));
        timeline.Latency.Should().Be(TimeSpan.FromMilliseconds(1601));
        timeline.Outage.Should().Be(TimeSpan.FromMilliseconds(1700));
        timeline.T3.Should().BeNull();
        new TraceRenderer(trace).Lines(timeline).Last().Should().Be(
            "T7 served           1.601   ECHO by 127.0.9.100:445   outage 1.700 s (last served -0.099)");
    }

    [Test]
    public void TheOldOwnersLastAnswersAreNotTheNewOwners()
    {
        var wire = new Conversation(Client, Moved);
        wire.Connect(40001, at: 0.000);
        wire.Smb(40001, SmbCommand.NEGOTIATE, at: 0.010, server: 1);
        wire.Mark(new Marker("run", 1, 1, Marker.Fault, "move"), at: 1.000);
        wire.Connect(40002, at: 1.100);
        wire.Smb(40002, SmbCommand.NEGOTIATE, at: 1.110, server: 1);
        wire.Smb(40002, SmbCommand.ECHO, at: 1.120);
        wire.Connect(40003, at: 1.500);
        wire.Smb(40003, SmbCommand.NEGOTIATE, at: 1.510, server: 2);
        wire.Smb(40003, SmbCommand.ECHO, at: 1.520);
        var trace = TraceBuilder.Read(wire.Packets);

        var timeline = Timeline.Build(trace, FailoverContext.Of(trace).Single() with { Moved = [Moved] });

        timeline.After(timeline.T5).Should().Be(TimeSpan.FromSeconds(0.5));
        timeline.After(timeline.T7).Should().Be(TimeSpan.FromMilliseconds(521));
        timeline.Outage.Should().Be(TimeSpan.FromSeconds(0.4));
    }

    [Test]
    public void WhatComesAfterTheHealSaysNothingOfWhoServedBefore()
    {
        var wire = new Conversation(Client, Moved);
        wire.Connect(40001, at: 0.000);
        wire.Smb(40001, SmbCommand.NEGOTIATE, at: 0.010, server: 1);
        wire.Smb(40001, SmbCommand.ECHO, at: 0.900);
        wire.Mark(new Marker("run", 1, 1, Marker.Fault, "disable n1"), at: 1.000);
        wire.Connect(40002, at: 1.500);
        wire.Smb(40002, SmbCommand.NEGOTIATE, at: 1.510, server: 2);
        wire.Smb(40002, SmbCommand.ECHO, at: 1.520);
        wire.Mark(new Marker("run", 2, 1, Marker.Heal, "disable n1"), at: 2.000);
        wire.Connect(40003, at: 2.100);
        wire.Smb(40003, SmbCommand.NEGOTIATE, at: 2.110, server: 2);
        var trace = TraceBuilder.Read(wire.Packets);
        var heal = trace.Markers.Single(m => m.Marker.Phase == Marker.Heal);

        var timeline = Timeline.Build(
            trace, FailoverContext.Of(trace).Single() with { Moved = [Moved], Until = heal.At });

        timeline.After(timeline.T7).Should().Be(TimeSpan.FromMilliseconds(521));
        timeline.Outage.Should().Be(TimeSpan.FromMilliseconds(620));
    }

    [Test]
    public void PacketsShowWhichAddressMoved()
    {
        var wire = new Conversation(Client, Moved);
        wire.Connect(40001, at: 0.000);
        wire.Smb(40001, SmbCommand.NEGOTIATE, at: 0.010, server: 1);
        wire.Smb(40001, SmbCommand.ECHO, at: 0.900);
        wire.Mark(new Marker("run", 1, 1, Marker.Fault, "kill n1"), at: 1.000);
        wire.Connect(40002, at: 1.500);
        wire.Smb(40002, SmbCommand.NEGOTIATE, at: 1.510, server: 2);
        wire.Smb(40002, SmbCommand.ECHO, at: 1.520);
        var trace = TraceBuilder.Read(wire.Packets);

        // News of the address itself came too late, of another one in time.
        var timeline = Timeline.Build(
            trace, FailoverContext.Of(trace).Single() with { Moved = [IPAddress.Parse("127.0.9.101")] });

        timeline.Outage.Should().Be(TimeSpan.FromMilliseconds(620));
    }

    [Test]
    public void WhoResetsAConnectionDidNotServeIt()
    {
        var wire = new Conversation(Client, Moved);
        wire.Connect(40001, at: 0.000);
        wire.Smb(40001, SmbCommand.ECHO, at: 0.900);
        wire.Mark(new Marker("run", 1, 1, Marker.Fault, "pause n1"), at: 1.000);
        wire.Reset(40001, at: 1.400);
        wire.Connect(40002, at: 1.500);
        wire.Smb(40002, SmbCommand.NEGOTIATE, at: 1.510);
        wire.Smb(40002, SmbCommand.ECHO, at: 1.520);
        var trace = TraceBuilder.Read(wire.Packets.Select(packet => From((byte)(packet.Number <= 5 ? 1 : 2), packet)));

        var timeline = Timeline.Build(trace, FailoverContext.Of(trace).Single() with { Moved = [Moved] });

        timeline.After(timeline.T7).Should().Be(TimeSpan.FromMilliseconds(521));
        timeline.Outage.Should().Be(TimeSpan.FromMilliseconds(620));

        static CapturedPacket From(byte mac, CapturedPacket packet)
        {
            byte[] data = [2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, mac, 0x08, 0x00, .. packet.Data.Span];
            return packet with { Link = LinkType.Ethernet, Data = data, OriginalLength = data.Length };
        }
    }

    [Test]
    public void AFailoverEndsWhereTheNextBegins()
    {
        var wire = new Conversation(Client, Moved);
        wire.Mark(new Marker("run", 1, 1, Marker.Fault, "kill n1"), at: 1);
        wire.Mark(new Marker("run", 2, 1, Marker.Fault, "kill n2"), at: 2);
        wire.Connect(40002, at: 3);
        wire.Smb(40002, SmbCommand.NEGOTIATE, at: 3.1, server: 2);
        wire.Smb(40002, SmbCommand.ECHO, at: 3.2);
        var trace = TraceBuilder.Read(wire.Packets);

        var timelines = FailoverContext.Of(trace).Select(c => Timeline.Build(trace, c with { Moved = [Moved] }));

        timelines.Select(t => t.Latency?.TotalSeconds).Should().Equal(null, 1.201);
    }

    [Test]
    public void DistributionCountsOnlyWhatWasMeasured()
    {
        var latencies = Enumerable.Range(1, 20).Select(n => (TimeSpan?)TimeSpan.FromSeconds(n)).Append(null);

        LatencyDistribution.Of(latencies)!.ToString().Should()
            .Be("n 20  min 1.000  median 10.000  p95 19.000  max 20.000 s");
        LatencyDistribution.Of([null, null]).Should().BeNull();
    }

    [Test]
    public void ARealTickleOverIPv6AndItsAnnouncement()
    {
        const string advertisement = "333300000001fe87fc68fb7986dd6000000000203aff"
            + "fd000000000000000000000000000100ff0200000000000000000000000000018800643320000000"
            + "fd0000000000000000000000000001000201fe87fc68fb79";
        const string tickle = "fe87fc68fb79d6baf7d4e46886dd60000000001406"
            + "40fd000000000000000000000000000100fd00000000000000000000000000000101bd9c42"
            + "00000000000000005010" + "04d212010000";

        var trace = TraceBuilder.Read(
        [
            Wire.Packet(1, LinkType.Ethernet, Convert.FromHexString(advertisement)),
            Wire.Packet(2, LinkType.Ethernet, Convert.FromHexString(tickle)),
        ]);

        var announced = trace.Announcements.Should().ContainSingle().Subject;
        announced.Kind.Should().Be(AnnouncementKind.UnsolicitedAdvertisement);
        announced.Address.Should().Be(IPAddress.Parse("fd00::100"));
        announced.Owner.ToString().Should().Be("fe:87:fc:68:fb:79");
        trace.TcpEvents.Should().ContainSingle().Which.Kind.Should().Be(TcpEventKind.Tickle);
    }

    private static WitnessTrace Read(string name) => TraceBuilder.Read(
        CaptureFile.Read(Samples.Path(name)), new TraceOptions { Keys = Samples.Keys(Samples.Password) });
}
