using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Faults;
using Torture.Targets.Containers.Links;
using static Torture.SelfTests.Harness.Tale;

namespace Torture.SelfTests.Containers;

/// <summary>What becomes of frames on a bad cable.</summary>
public sealed class CableLaneTests
{
    private const long Second = 1_000_000_000;
    private const int Frames = 1000;
    private const int Bytes = 1000;

    [Test]
    public void TheWayThatIsNotTouchedIsAsItWas() =>
        Lane(new LossyLink(N1, 1), isTouched: false).Arrivals(Bytes, now: 5).Should().Equal(5);

    [Test]
    public void SlowFramesWaitForThoseBefore()
    {
        // 8000 bits of a frame at 80,000 a second: 0.1 s each.
        var lane = Lane(new SlowLink(N1, TimeSpan.FromSeconds(0.5)) { Rate = 80_000 });

        lane.Arrivals(Bytes, now: 0).Should().Equal((long)(0.6 * Second));
        lane.Arrivals(Bytes, now: 0).Should().Equal((long)(0.7 * Second));
        lane.Arrivals(Bytes, now: 10 * Second).Should().Equal([(long)(10.6 * Second)], "the cable was idle");
    }

    [Test]
    public void NoMoreThanASecondsWorthWaits()
    {
        var lane = Lane(new SlowLink(N1, TimeSpan.Zero) { Rate = 80_000 });

        Enumerable.Range(0, 20).Count(_ => lane.Arrivals(Bytes, now: 0).Length == 1).Should().Be(11);
    }

    [TestCase(0.0, 0, 0)]
    [TestCase(0.3, 250, 350)]
    [TestCase(1.0, Frames, Frames)]
    public void APartIsLost(double loss, int least, int most) =>
        Fates(new LossyLink(N1, loss)).Count(copies => copies.Length == 0).Should().BeInRange(least, most);

    [Test]
    public void APartComesTwice() => Fates(new DuplicatingLink(N1, 0.5)).GroupBy(copies => copies.Length)
        .OrderBy(group => group.Key).Select(group => (group.Key, IsHalf: group.Count() is > 430 and < 570))
        .Should().Equal((1, true), (2, true));

    [Test]
    public void APartIsLate() => Fates(new ReorderingLink(N1, 0.5, TimeSpan.FromMilliseconds(30)))
        .GroupBy(copies => copies.Single()).OrderBy(group => group.Key)
        .Select(group => (group.Key, IsHalf: group.Count() is > 430 and < 570))
        .Should().Equal((0L, true), (30_000_000L, true));

    private static CableLane Lane(LinkFault fault, bool isTouched = true) => new(fault, isTouched, new Random(7));

    private static List<long[]> Fates(LinkFault fault)
    {
        var lane = Lane(fault);
        return [.. Enumerable.Range(0, Frames).Select(_ => lane.Arrivals(Bytes, now: 0))];
    }
}
