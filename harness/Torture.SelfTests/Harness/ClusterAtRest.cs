using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using static Torture.SelfTests.Harness.Tale;

namespace Torture.SelfTests.Harness;

using Node = Torture.Harness.Clusters.Node;

/// <summary>When a healed cluster counts as what it was.</summary>
public sealed class ClusterAtRest
{
    private static readonly Limits Limits = new() { Rest = TimeSpan.FromSeconds(2) };
    private static readonly ClusterObservation Baseline = Seen(0, (N1, [A]), (N2, [B]));

    [Test]
    public void WhatEqualsTheBaselineIsAtRestAtOnce() =>
        new Rest(Baseline, ownersMayDiffer: true, Limits).IsReached(Seen(1, (N1, [A]), (N2, [B]))).Should().BeTrue();

    [Test]
    public void WhereAddressesMoveAfterAWhileTheBaselineMustStayToo()
    {
        var rest = new Rest(Baseline, ownersMayDiffer: false, Limits with { Settle = TimeSpan.FromSeconds(1) });

        rest.IsReached(Seen(1, (N1, [A]), (N2, [B]))).Should().BeFalse("a takeover run may be about to begin");
        rest.IsReached(Seen(1.5, (N1, []), (N2, [B]))).Should().BeFalse();
        rest.IsReached(Seen(2, (N1, [A]), (N2, [B]))).Should().BeFalse();
        rest.IsReached(Seen(3, (N1, [A]), (N2, [B]))).Should().BeTrue();
    }

    [Test]
    public void WhereNodesSayDifferentThingsThereIsNoRest() =>
        new Rest(Baseline, ownersMayDiffer: false, Limits)
            .IsReached(Seen(1, (N1, [A]), (N2, [B])) with { Disagreement = "n1: A is n2's" }).Should().BeFalse();

    [Test]
    public void WhileANodeHearsThatAddressesMoveThereIsNoRest()
    {
        var rest = new Rest(Baseline, ownersMayDiffer: true, Limits);
        var seen = Seen(1, (N1, [A]), (N2, [B]));

        rest.IsReached(seen with { Nodes = [seen.Nodes[0] with { Reallocating = true }, .. seen.Nodes.Skip(1)] })
            .Should().BeFalse();
        rest.WhyNot.Should().Be("n1 has heard that addresses move");
        rest.IsReached(seen).Should().BeTrue();
    }

    [Test]
    public void OtherOwnersMustStay()
    {
        var rest = new Rest(Baseline, ownersMayDiffer: true, Limits);

        rest.IsReached(Seen(1, (N1, []), (N2, [A, B]))).Should().BeFalse("it may be going home yet");
        rest.IsReached(Seen(2.9, (N1, []), (N2, [A, B]))).Should().BeFalse();
        rest.IsReached(Seen(3, (N1, []), (N2, [A, B]))).Should().BeTrue();
    }

    [Test]
    public void WhoeverMovesMeanwhileBeginsAnew()
    {
        var rest = new Rest(Baseline, ownersMayDiffer: true, Limits);

        rest.IsReached(Seen(1, (N1, []), (N2, [A, B]))).Should().BeFalse();
        rest.IsReached(Seen(2.5, (N1, [A, B]), (N2, []))).Should().BeFalse();
        rest.IsReached(Seen(3.5, (N1, [A, B]), (N2, []))).Should().BeFalse();
        rest.IsReached(Seen(4.5, (N1, [A, B]), (N2, []))).Should().BeTrue();
    }

    [Test]
    public void AnAddressThatNobodyOwnsIsNoRest()
    {
        var rest = new Rest(Baseline, ownersMayDiffer: true, Limits);

        rest.IsReached(Seen(1, (N1, []), (N2, [B]))).Should().BeFalse();
        rest.IsReached(Seen(9, (N1, []), (N2, [B]))).Should().BeFalse();
    }

    [Test]
    public void WhereOwnersComeBackTheyMustBeBack() =>
        new Rest(Baseline, ownersMayDiffer: false, Limits)
            .IsReached(Seen(99, (N1, []), (N2, [A, B]))).Should().BeFalse();

    [Test]
    public void WhatIsSoBeforeAFaultShowsNothing()
    {
        Effects.IsSoAlready(new MoveAddress(A, N1), Baseline).Should().Be("n1 owns 10.0.1.1");
        Effects.IsSoAlready(new MoveAddress(A, N2), Baseline).Should().BeNull();
        Effects.IsSoAlready(new DisableNode(N1), Baseline).Should().BeNull();
        Effects.IsSoAlready(new MoveClient("client", IPAddress.Loopback), Baseline).Should().BeNull();
    }

    private static ClusterObservation Seen(double at, params (Node Node, PublicAddress[] Owned)[] nodes) => new(
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(at),
        [.. nodes.Select(node => new NodeObservation(node.Node, Reachable: true, NodeState.Ok)
        {
            Owned = node.Owned,
        })]);
}
