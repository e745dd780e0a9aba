using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;

namespace Torture.SelfTests.Captures;

/// <summary>What markers say of the stamps. Times are in microseconds.</summary>
public sealed class StampErrors
{
    private static readonly IPEndPoint Host = new(IPAddress.Parse("172.31.0.1"), 9);

    [Test]
    public void TwoLinksBoundTheErrorByTheDistanceOfTheirStamps()
    {
        var error = StampError.Of(
        [
            Seen(1, monotonic: 100, stamp: 5_110, link: 0), Seen(1, monotonic: 100, stamp: 5_130, link: 1),
            Seen(2, monotonic: 900, stamp: 5_917, link: 1), Seen(2, monotonic: 900, stamp: 5_912, link: 0),
        ])!;

        (error.Markers, error.Links).Should().Be((2, 2));
        error.BetweenLinks!.Count.Should().Be(2);
        error.BetweenLinks.Minimum.Should().Be(Us(5));
        error.BetweenLinks.Maximum.Should().Be(Us(20));
        error.AgainstClock.Maximum.Should().Be(Us(20), "5 130 - 100 is 20 later than 5 110 - 100");
        error.AtMost().Should().Be(Us(20));
    }

    [Test]
    public void WithOneLinkTheClockOfTheRunBoundsIt()
    {
        var error = StampError.Of(
            [Seen(1, 100, 7_100, 0), Seen(2, 200, 7_340, 0), Seen(3, 300, 7_303, 0), Seen(3, 300, 7_303, 0)])!;

        (error.Markers, error.Links, error.BetweenLinks).Should().Be((3, 1, (LatencyDistribution?)null));
        error.AgainstClock.Median.Should().Be(Us(3));
        error.AtMost().Should().Be(Us(140));
    }

    [Test]
    public void AClockThatIsSetIsAnError() =>
        StampError.Of([Seen(1, 100, 9_000_100, 0), Seen(2, 200, 200, 0)])!
            .AtMost().Should().Be(TimeSpan.FromSeconds(9));

    [Test]
    public void WithoutMarkersNothingIsKnown() =>
        StampError.Of([Wire.Packet(1, LinkType.Raw, Wire.Udp(Host, Host, [1, 2, 3]))]).Should().BeNull();

    private static CapturedPacket Seen(long number, long monotonic, long stamp, int link) => Wire.Packet(
        number, LinkType.Raw,
        Wire.Udp(Host, Host, new Marker("run", number, monotonic * 1000, Marker.Fault, "kill n1").Encode()),
        stamp * 1000) with { Interface = link };

    private static TimeSpan Us(long microseconds) => TimeSpan.FromMicroseconds(microseconds);
}
