using System.Net;
using System.Net.NetworkInformation;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.Protocol.Takeover;
using Torture.SelfTests.Captures;

namespace Torture.SelfTests.Takeover;

/// <summary>What a new owner sends is, to the byte, what CTDB's helpers were seen to send.</summary>
public sealed class FrameBytes
{
    private const string Mac = "fe87fc68fb79";
    private const string NoMac = "000000000000";
    private static readonly PhysicalAddress Owner = PhysicalAddress.Parse("FE-87-FC-68-FB-79");
    private static readonly IPAddress Address = IPAddress.Parse("10.9.0.100");
    private static readonly IPAddress Address6 = IPAddress.Parse("fd00::100");
    private static readonly IPEndPoint Client = IPEndPoint.Parse("10.9.0.1:40001");
    private static readonly IPEndPoint Client6 = IPEndPoint.Parse("[fd00::1]:40002");

    [TestCase(false, "0001", NoMac)]
    [TestCase(true, "0002", Mac)]
    public void GratuitousArp(bool asReply, string operation, string target) =>
        Hex(TakeoverFrames.GratuitousArp(Owner, Address, asReply)).Should().Be(
            "ffffffffffff" + Mac + "0806" + "0001080006" + "04" + operation + Mac + "0a090064" + target + "0a090064");

    [Test]
    public void NeighborAdvertisement() =>
        Hex(TakeoverFrames.NeighborAdvertisement(Owner, Address6)).Should().Be(
            "333300000001" + Mac + "86dd" + "60000000" + "00203aff" + "fd000000000000000000000000000100"
            + "ff020000000000000000000000000001" + "88006433" + "20000000" + "fd000000000000000000000000000100"
            + "0201" + Mac);

    /// <summary>The kernel fills in the identification; the one that was captured had b823.</summary>
    [Test]
    public void Tickle() =>
        Hex(TakeoverFrames.Tickle(new IPEndPoint(Address, 445), Client)).Should().Be(
            "4500002800000000ff06a7590a0900640a090001"
            + "01bd9c41" + "00000000" + "00000000" + "501004d2" + "f88d0000");

    [Test]
    public void TickleOverIPv6() =>
        Hex(TakeoverFrames.Tickle(new IPEndPoint(Address6, 445), Client6)).Should().Be(
            "6000000000140640" + "fd000000000000000000000000000100" + "fd000000000000000000000000000001"
            + "01bd9c42" + "00000000" + "00000000" + "501004d2" + "12010000");

    [Test]
    public void OurOwnEyesReadThem()
    {
        var trace = TraceBuilder.Read(
        [
            Wire.Packet(1, LinkType.Ethernet, TakeoverFrames.GratuitousArp(Owner, Address, asReply: false)),
            Wire.Packet(2, LinkType.Ethernet, TakeoverFrames.GratuitousArp(Owner, Address, asReply: true)),
            Wire.Packet(3, LinkType.Ethernet, TakeoverFrames.NeighborAdvertisement(Owner, Address6)),
            Wire.Packet(4, LinkType.Raw, TakeoverFrames.Tickle(new IPEndPoint(Address, 445), Client)),
            Wire.Packet(5, LinkType.Raw, TakeoverFrames.Tickle(new IPEndPoint(Address6, 445), Client6)),
            Wire.Packet(6, LinkType.Raw, TakeoverFrames.Tickle(new IPEndPoint(Address, 445), Client, sequence: 1)),
        ]);

        var owner = new MacAddress(0xFE87_FC68_FB79);
        trace.Announcements.Select(a => (a.Kind, a.Address, a.Owner, a.Sender, a.IsReply)).Should().Equal(
            (AnnouncementKind.GratuitousArp, Address, owner, owner, false),
            (AnnouncementKind.GratuitousArp, Address, owner, owner, true),
            (AnnouncementKind.UnsolicitedAdvertisement, Address6, owner, owner, true));
        trace.TcpEvents.Select(e => (e.Kind, e.Source.Address, e.Destination)).Should().Equal(
            (TcpEventKind.Tickle, Address, Client), (TcpEventKind.Tickle, Address6, Client6));
    }

    [Test]
    public void EveryChecksumIsRight([Range(1, 200)] int seed)
    {
        var random = new Random(seed);
        var packet = TakeoverFrames.Tickle(Any(4), Any(4));
        var packet6 = TakeoverFrames.Tickle(Any(16), Any(16));
        var advertisement = TakeoverFrames.NeighborAdvertisement(Owner, Any(16).Address);

        InternetChecksum.Of(packet[..20]).Should().Be(0, "of the IPv4 header");
        InternetChecksum.Of(packet[12..20], [0, 6, 0, 20], packet[20..]).Should().Be(0, "of TCP");
        InternetChecksum.Of(packet6[8..40], [0, 6, 0, 20], packet6[40..]).Should().Be(0, "of TCP over IPv6");
        InternetChecksum.Of(advertisement[22..54], [0, 58, 0, 32], advertisement[54..]).Should().Be(0, "of ICMPv6");

        IPEndPoint Any(int length)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return new IPEndPoint(new IPAddress(bytes), random.Next(1, 65_536));
        }
    }

    [Test]
    public void WhatDoesNotFitIsRefused()
    {
        Refused(() => TakeoverFrames.GratuitousArp(Owner, Address6, asReply: false));
        Refused(() => TakeoverFrames.NeighborAdvertisement(Owner, Address));
        Refused(() => TakeoverFrames.GratuitousArp(new PhysicalAddress(new byte[20]), Address, asReply: false));
        Refused(() => TakeoverFrames.Tickle(new IPEndPoint(Address, 445), Client6));

        static void Refused(Func<byte[]> make) => make.Should().Throw<ArgumentException>();
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
