using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Reports;
using Torture.Harness.Reports.Drawing;

namespace Torture.SelfTests.Reports;

public sealed class DrawingTests
{
    [TestCase(1, 8)]
    [TestCase(0.02, 8)]
    [TestCase(95, 8)]
    public void TicksAreRoundAndFew(double seconds, int about)
    {
        var ticks = new Axis(TimeSpan.Zero, TimeSpan.FromSeconds(seconds), 0, 1000).Ticks().ToList();

        ticks.Should().HaveCountGreaterThan(about / 2).And.HaveCountLessThan(about * 2).And.BeInAscendingOrder();
        ticks[0].Should().Be(TimeSpan.Zero);
    }

    [Test]
    public void TimesOutsideLieOnTheEdge()
    {
        var axis = new Axis(TimeSpan.Zero, TimeSpan.FromSeconds(10), 100, 200);

        axis.At(TimeSpan.FromSeconds(-5)).Should().Be(100);
        axis.At(TimeSpan.FromSeconds(5)).Should().Be(150);
        axis.At(TimeSpan.FromSeconds(50)).Should().Be(200);
    }

    [Test]
    public void QuantilesAreMeasuredValues()
    {
        var seconds = Enumerable.Range(1, 20).Select(second => TimeSpan.FromSeconds(second));
        var row = new DistributionRow("KillNode", [.. seconds]);

        row.Min.Should().Be(TimeSpan.FromSeconds(1));
        row.Median.Should().Be(TimeSpan.FromSeconds(10));
        row.P95.Should().Be(TimeSpan.FromSeconds(19));
        row.Max.Should().Be(TimeSpan.FromSeconds(20));
    }

    [Test]
    public void OneSampleIsADistribution() =>
        DistributionSvg.Draw("one", [new DistributionRow("KillNode", [TimeSpan.FromSeconds(1)])], null)
            .Text.Should().Contain("<circle");

    [Test]
    public void OwnersFollowEachOther()
    {
        var run = SampleRun.Whole();
        var failover = run.Cases[^1].Failovers[0];
        var facts = SampleRun.Facts(new FailoverView(run.Cases[^1], failover, 0));
        var view = TimelineBuilder.Build(SampleRun.Kill, failover, run.Nodes, facts);
        var bars = view.Lanes.First(lane => lane.Name == "127.9.1.101").Bars;

        bars.Select(bar => bar.Node).Should().Equal("n1", null, "n2");
        bars.Zip(bars.Skip(1), (one, next) => next.From - one.To).Should().AllBeEquivalentTo(TimeSpan.Zero);
        view.Lanes.Select(lane => lane.Name).Should().Equal(
            "127.9.1.101", "127.9.1.102", "127.9.1.103", "n1", "n2", "n3", "client");
        view.Lanes.Single(lane => lane.IsFaulty).Name.Should().Be("n1");
    }

    [Test]
    public void FailoverWithoutMilestonesIsDrawn()
    {
        var run = SampleRun.Whole();
        var failover = run.Cases[^1].Failovers[0] with { Milestones = [], Healed = null, Recovered = null };

        TimelineSvg.Draw(TimelineBuilder.Build("a", failover, run.Nodes, TimelineFacts.None))
            .Text.Should().Contain("</svg>");
    }
}
