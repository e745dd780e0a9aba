using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Faults;
using Torture.Harness.Histories;
using Torture.Harness.Results;
using static Torture.SelfTests.Harness.Tale;

namespace Torture.SelfTests.Harness;

/// <summary>Which operation ends an outage: histories in which the old owner answers on its way out.</summary>
public sealed class ServedAfterFaults
{
    [Test]
    public void TheOldOwnersLastAnswerEndsNoOutage() =>
        Outage(Served("n1", 1.001).Acts(1.2, new KillNode(N1)).Serves(2.5, "n2")).Should().Be("1.500 s");

    [Test]
    public void NorWhereServersHaveNoName() =>
        Outage(Served(null, 1.001).Acts(1.2, new KillNode(N1)).Serves(2.5, null)).Should().Be("1.500 s");

    [Test]
    public void TheNewOwnerCountsBeforeTheFaultWasSeenToAct() =>
        Outage(Served("n1", 1.001).Serves(1.6, "n2").Acts(3, new KillNode(N1)).Serves(3.1, "n2"))
            .Should().Be("0.600 s");

    [Test]
    public void AnotherServersAddressIsServedOn() =>
        Outage(Served("n3", 1.001).Acts(1.2, new KillNode(N1)).Serves(1.3, "n3").Serves(1.4, "n3"))
            .Should().Be("0.300 s");

    [Test]
    public void AnOperationThatWasUnderWayWhenTheFaultActedSaysNothing()
    {
        var move = new MoveAddress(A, N2);

        Outage(Served(null, 1.001, move).Serves(1.7, null, began: 1.1).Acts(1.2, move).Serves(1.9, null))
            .Should().Be("0.900 s");
    }

    [Test]
    public void AnOwnerThatIsCutOffMayServeUntilItLetsGo()
    {
        var cut = new Partition(N1, N2);
        var tale = Served(null, 1.001, cut).Acts(1.2, cut).Serves(1.3, null);

        IsServedAgain(tale).Should().BeFalse("it is still the old owner");
        IsServedAgain(tale.Releases(1.4, N1).Serves(1.39, null)).Should().BeFalse("it was, when it answered");
        IsServedAgain(tale.Serves(1.9, null)).Should().BeTrue();
        Outage(tale.Heals(4, cut)).Should().Be("0.900 s");
    }

    [Test]
    public void ACutThatMovesNothingInterruptsNothing()
    {
        var cut = new Partition(N1, N2);

        Outage(Served("n3", 1.001, cut).Acts(1.2, cut).Serves(1.3, "n3").Heals(2, cut)).Should().Be("0.300 s");
    }

    [Test]
    public void TheSecondCutOfAnIslandWaitsForNoSecondMove()
    {
        var (one, two) = (new Partition(N1, N2), new Partition(N1, N3));
        var tale = Served("n1", 1.001, one).Acts(1.2, one).Releases(1.3, N1).Serves(1.4, "n2")
            .Fault(2, two).Acts(2.2, two).Serves(2.3, "n2");

        IsServedAgain(tale).Should().BeTrue();
    }

    [Test]
    public void EveryFaultThatActsCounts()
    {
        var tale = Served("n1", 1.001).Acts(1.1, new KillNode(N1)).Serves(1.3, "n2")
            .Fault(2, new KillNode(N2)).Serves(2.001, "n2").Acts(2.2, new KillNode(N2));

        IsServedAgain(tale).Should().BeFalse("only before the second fault");
        IsServedAgain(tale.Serves(2.9, "n3")).Should().BeTrue();
    }

    [Test]
    public void PacketsHaveTheWordOverAClientThatStoodStill() =>
        Outage(Served("n1", 1.001).Acts(1.1, new KillNode(N1)).Serves(3.9, "n2")
            .Add(3.9, at => new OperationSeen(at.AddSeconds(-3.4), at.AddSeconds(-3.41), A, "n1"))
            .Add(3.9, at => new OperationSeen(at.AddSeconds(-2.4), at.AddSeconds(-2.41), A, "n2")))
            .Should().Be("0.500 s");

    [Test]
    public void PacketsTellServersApartThatGiveTheSameName()
    {
        var tale = Served("all", 1.001, new Partition(N1, N2)).Acts(1.1, new Partition(N1, N2)).Serves(2, "all")
            .Add(2, at => new OperationSeen(at.AddSeconds(-1.1), at.AddSeconds(-1.11), A, "02:00:00:00:00:01"))
            .Add(2, at => new OperationSeen(at, at.AddSeconds(-0.01), A, "02:00:00:00:00:02"));

        IsServedAgain(tale).Should().BeFalse("to the client it may be the one of before");
        ServedOperation.IsServedAgain(A, tale.History.Events, ServedOperation.AllOf(tale.History.Events))
            .Should().BeTrue();
    }

    [Test]
    public void AWorkloadThatBeganLaterMeasuresNothing() =>
        new FailoverWithin(TimeSpan.Zero).Check(OfOwner(N1).Fault(1, new KillNode(N1)).Acts(1.1, new KillNode(N1))
            .Serves(9, "n2").History).Should().BeEmpty();

    /// <summary>Served once before a fault at 1 s, and once more by the same server.</summary>
    private static Tale Served(string? by, double more, Fault? fault = null) =>
        OfOwner(N1).Serves(0.9, by).Fault(1, fault ?? new KillNode(N1)).Serves(more, by);

    private static bool IsServedAgain(Tale tale) => ServedOperation.IsServedAgain(
        A, tale.History.Events, ServedOperation.ByClients(tale.History.Events));

    private static string Outage(Tale tale)
    {
        var finding = new FailoverWithin(TimeSpan.Zero).Check(tale.History).Single();
        finding.Outcome.Should().Be(CheckOutcome.Broken);
        return finding.Actual;
    }
}
