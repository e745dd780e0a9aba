using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;

namespace Torture.SelfTests.Captures;

/// <summary>ARP by itself: who asks, who answers, and what is none.</summary>
public sealed class ArpPackets
{
    private const string Request =
        "FFFFFFFFFFFF 02420A000001 0806 0001 0800 06 04 0001 02420A000001 0A000001 000000000000 0A000002";
    private const string Reply =
        "02420A000001 02420A000002 0806 0001 0800 06 04 0002 02420A000002 0A000002 02420A000001 0A000001";

    [TestCase(Request, true, "10.0.0.1", "10.0.0.2"), TestCase(Reply, false, "10.0.0.2", "10.0.0.1")]
    public void IsRead(string frame, bool isRequest, string sender, string target)
    {
        ArpView.TryRead(Packet(frame), out var arp).Should().BeTrue();

        arp.Should().Be(new ArpView(arp.Packet, isRequest, IPAddress.Parse(sender), IPAddress.Parse(target)));
    }

    [Test]
    public void WhatIsCutOrOfAnotherKindIsNone()
    {
        var whole = Packet(Request).Data;
        for (var length = 0; length < whole.Length; length++)
        {
            ArpView.TryRead(Packet(Request) with { Data = whole[..length] }, out _).Should().BeFalse($"{length} bytes");
        }

        ArpView.TryRead(Packet(Request.Replace("0806", "0800")), out _).Should().BeFalse();
        ArpView.TryRead(Packet(Request.Replace("0001 0800", "0006 0800")), out _).Should().BeFalse();
    }

    private static CapturedPacket Packet(string frame)
    {
        var bytes = Convert.FromHexString(frame.Replace(" ", ""));
        return new CapturedPacket(1, 0, LinkType.Ethernet, bytes, bytes.Length);
    }
}
