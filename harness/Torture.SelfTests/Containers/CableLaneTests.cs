using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Faults;
using Torture.Targets.Reference;
using static Torture.SelfTests.Harness.Tale;

namespace Torture.SelfTests.Containers;

/// <summary>What becomes of frames on a bad cable.</summary>
public sealed class CableLaneTests
{
    private const long Second = 1_000_000_000;
    private const int Frames = 1000;
    private static readonly byte[] Frame = new byte[1000];

    [Test]
    public void TheWayThatIsNotTouchedIsAsItWas() =>
        Lane(new LossyLink(N1, 1), isTouched: false).Arrivals(Frame, now: 5).Should().Equal(5);

    [Test]
    public void SlowFramesWaitForThoseBefore()
    {
        // 8000 bits of a frame at 80,000 a second: 0.1 s each.
        var lane = Lane(new SlowLink(N1, TimeSpan.FromSeconds(0.5)) { Rate = 80_000 });

        lane.Arrivals(Frame, now: 0).Should().Equal((long)(0.6 * Second));
        lane.Arrivals(Frame, now: 0).Should().Equal((long)(0.7 * Second));
        lane.Arrivals(Frame, now: 10 * Second).Should().Equal([(long)(10.6 * Second)], "the cable was idle");
    }

    [Test]
    public void NoMoreThanASecondsWorthWaits()
    {
        var lane = Lane(new SlowLink(N1, TimeSpan.Zero) { Rate = 80_000 });

        Enumerable.Range(0, 20).Count(_ => lane.Arrivals(Frame, now: 0).Length == 1).Should().Be(11);
    }

    [TestCase(0.0, 0, 0)]
    [TestCase(0.3, 250, 350)]
    [TestCase(1.0, Frames, Frames)]
    public void APartIsLost(double loss, int least, int most) =>
        Fates(new LossyLink(N1, loss)).Count(copies => copies.Length == 0).Should().BeInRange(least, most);

    [TestCase(0.3)]
    [TestCase(1.0)]
    public void NoMoreOfAConnectionIsLostInARow(double loss)
    {
        var lane = Lane(new LossyLink(N1, loss) { InARow = 2 });
        var rows = new Dictionary<byte, List<bool>>();
        for (var at = 0; at < Frames; at++)
        {
            var client = (byte)(at * 7 % 3);
            var arrives = lane.Arrivals(Segment(client), now: 0).Length == 1;
            rows.TryAdd(client, []);
            rows[client].Add(arrives);
        }

        rows.Should().HaveCount(3).And.AllSatisfy(
            row => LongestRunOf(row.Value, arrives: false).Should().Be(2, $"connection {row.Key}"));
    }

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

    /// <summary>Of TCP over IPv4, from one port of a client.</summary>
    private static byte[] Segment(byte port)
    {
        var segment = new byte[64];
        (segment[12], segment[14], segment[23], segment[35]) = (0x08, 0x45, 6, port);
        return segment;
    }

    private static int LongestRunOf(IEnumerable<bool> row, bool arrives)
    {
        var (longest, run) = (0, 0);
        foreach (var one in row)
        {
            run = one == arrives ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    private static List<long[]> Fates(LinkFault fault)
    {
        var lane = Lane(fault);
        return [.. Enumerable.Range(0, Frames).Select(_ => lane.Arrivals(Frame, now: 0))];
    }
}
