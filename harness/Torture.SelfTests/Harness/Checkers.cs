using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Histories;
using Torture.Harness.Results;
using Torture.Protocol.Witness;
using Torture.Requirements;
using static Torture.SelfTests.Harness.Tale;

namespace Torture.SelfTests.Harness;

/// <summary>Each checker with histories that it must let pass and histories that it must not.</summary>
public sealed class Checkers
{
    private static readonly AsyncNotifyResponse BothChanges = WitnessBlobs.ResourceChange(
        new ResourceChange(ChangeType.RESOURCE_STATE_UNAVAILABLE, "n1"),
        new ResourceChange(ChangeType.RESOURCE_STATE_AVAILABLE, "n2"));

    private static readonly Share Failover = new("failover", ShareKind.Failover);
    private static readonly AsyncNotifyResponse Going = WitnessBlobs.ShareMove(AddressInfo.Online(A.Address));

    [Test]
    public void AnAddressMayMove() =>
        Wrong(new OneOwnerPerAddress(), OfOwner(N1).Releases(1, N1).Takes(1.1, N2)).Should().BeEmpty();

    [Test]
    public void TwoOwnersAreFound() =>
        Wrong(new OneOwnerPerAddress(), OfOwner(N1).Takes(1, N2).Releases(2, N1))
            .Should().Equal("still held by n1");

    [Test]
    public void NewsFromBeforeTheCaseMayComeLate() =>
        Wrong(new OneOwnerPerAddress(), OfOwner(N3).Releases(-0.1, N3).Takes(0.1, N1)).Should().BeEmpty();

    [Test]
    public void TheDeadHoldNothing() =>
        Wrong(new OneOwnerPerAddress(), OfOwner(N1).Fault(1, new KillNode(N1)).Takes(2, N2)).Should().BeEmpty();

    [Test]
    public void WhoWasOvertakenHoldsItStillWhenTheOtherLetsGo() =>
        Wrong(new OneOwnerPerAddress(), OfOwner(N1).Takes(1, N2).Releases(2, N2).Takes(3, N3)).Should().HaveCount(2);

    [Test]
    public void ANotificationThatCameIsNotLost() =>
        All(OfOwner(N1).Registers(5).Polls(5.1, 6.02, BothChanges).Releases(6, N1).Takes(6.01, N2).Ends(20))
            .Should().BeEmpty();

    [Test]
    public void ANotificationThatNeverCameIsLost() =>
        Wrong(new NoNotificationLost(), OfOwner(N1).Registers(5).Polls(5.1).Releases(6, N1).Ends(20))
            .Should().Equal("nothing");

    [Test]
    public void APollThatEndsEmptyLosesWhatWasPending() =>
        Wrong(
            new NoNotificationLost(),
            OfOwner(N1).Registers(5).Releases(6, N1).Polls(7, 17).Ends(20)).Should().Equal("nothing");

    [Test]
    public void NothingIsLostWhereNobodyPolls() =>
        All(OfOwner(N1).Registers(5).Releases(6, N1).Takes(6.1, N2).Ends(20)).Should().BeEmpty();

    [Test]
    public void AChangeThatWasSkippedIsLost() =>
        Wrong(
            new NoNotificationLost(),
            OfOwner(N1).Registers(5).Polls(5.1, 6.02, Up("n2")).Releases(6, N1).Takes(6.01, N2).Ends(7))
            .Should().Equal("n2 AVAILABLE");

    [Test]
    public void ACauselessNotificationIsInvented() =>
        Wrong(new NoneInvented(), OfOwner(N1).Registers(5).Polls(5.1, 6, Down("n1")).Ends(7))
            .Should().ContainSingle();

    [Test]
    public void AMoveOfOneClientIsNotForAnother()
    {
        var tale = OfOwner(N1).Registers(5, "alice").Registers(5.1, "bob", port: 2000)
            .Polls(5.2, 6.1, MovedTo(B)).Polls(5.2, 6.1, MovedTo(B), port: 2000)
            .Fault(6, new MoveClient("alice", N2)).Ends(7);

        Wrong(new NotToTheWrongClient(), tale).Should().ContainSingle();
        Wrong(new NoneInvented(), tale).Should().BeEmpty("it has a cause, of another client");
    }

    [Test]
    public void AChangeOfOneAddressIsNotForAnother() =>
        Wrong(
            new NotToTheWrongClient(),
            OfOwner(N1).Registers(5, address: B).Polls(5.1, 6.1, Down("n1")).Releases(6, N1).Ends(7))
            .Should().ContainSingle();

    [Test]
    public void AShareThatGoesHomeIsToldBeforeHealingIsOver() =>
        All(OfOwner(N1).Registers(5, share: Failover.Name).Polls(5.1, 5.9, Going)
            .Heals(6, new MoveShare(Failover, N2)).Ends(20)).Should().BeEmpty();

    [Test]
    public void AShareThatNobodyMovesIsNotTold() =>
        Wrong(
            new NoneInvented(),
            OfOwner(N1).Registers(5, share: Failover.Name).Polls(5.1, 5.7, Going)
                .Heals(6, new MoveShare(Failover, N2)).Ends(20)).Should().ContainSingle();

    [Test]
    public void TheLastOfTwoMovesIsEnough() =>
        All(OfOwner(N1).Registers(5).Fault(6, new MoveClient("CLIENT", N1)).Fault(6.1, new MoveClient("client", N2))
            .Polls(7, 7.1, MovedTo(B)).Polls(7.2).Ends(20)).Should().BeEmpty();

    [Test]
    public void MovesThatFollowHardOnEachOtherAreToldApart() =>
        All(OfOwner(N1).Registers(5).Fault(6, new MoveClient("client", N1)).Polls(6.005, 6.006, MovedTo(B))
            .Fault(6.01, new MoveClient("client", N2)).Polls(6.015, 6.016, MovedTo(A)).Ends(20)).Should().BeEmpty();

    [Test]
    public void AMoveThatIsToldTwiceIsInvented() =>
        Wrong(
            new NotToTheWrongClient(),
            OfOwner(N1).Registers(5).Fault(6, new MoveClient("client", N2)).Polls(7, 7.1, MovedTo(B))
                .Polls(7.2, 7.3, MovedTo(B)).Ends(20)).Should().ContainSingle();

    [Test]
    public void ExactlyWhatWasForetold() =>
        Wrong(
            new NotificationsAsForetold(),
            OfOwner(N1).Registers(5).Polls(5.1, 6.02, Down("n1")).Polls(6.1, 6.2, Up("n2"))
                .Releases(6, N1).Takes(6.01, N2).Polls(6.3).Ends(7)).Should().BeEmpty();

    [Test]
    public void LessThanForetoldIsFound() =>
        Wrong(
            new NotificationsAsForetold(),
            OfOwner(N1).Registers(5).Polls(5.1, 6.02, Down("n1")).Releases(6, N1).Takes(6.01, N2).Ends(7))
            .Should().Equal("n1 UNAVAILABLE");

    [Test]
    public void WhoPollsNoMoreHearsNoMore() =>
        Wrong(
            new NotificationsAsForetold(),
            OfOwner(N1).Registers(5).Polls(5.1, 6.02, Down("n1")).Polls(6.1, 6.2, Up("n2"))
                .Releases(6, N1).Takes(6.01, N2).Releases(9, N2).Takes(9.1, N1).Ends(20)).Should().BeEmpty();

    [Test]
    public void ALateNotificationIsFound() =>
        Wrong(
            new NotifiedWithin(TimeSpan.FromSeconds(1)),
            OfOwner(N1).Registers(5).Polls(5.1, 8, Down("n1")).Releases(6, N1).Ends(9)).Should().Equal("2.000 s");

    [TestCase(1.5, "")]
    [TestCase(2.5, "1.500 s")]
    public void ServiceIsBackInTimeOrNot(double served, string wrong)
    {
        var tale = OfOwner(N1).Serves(0.9, "n1").Fault(1, new KillNode(N1)).Serves(served, "n2");

        string.Join(", ", Wrong(new FailoverWithin(TimeSpan.FromSeconds(1)), tale)).Should().Be(wrong);
    }

    [Test]
    public void ServiceThatNeverComesBackIsFound() =>
        Wrong(
            new FailoverWithin(TimeSpan.FromSeconds(1)),
            OfOwner(N1).Add(0.5, at => new OperationStarted(at, 1, A)).Fault(1, new KillNode(N1)))
            .Should().Equal("never served again");

    [Test]
    public void NoWorkloadSaysNothing() =>
        new FailoverWithin(TimeSpan.FromSeconds(1)).Check(OfOwner(N1).Fault(1, new KillNode(N1)).History)
            .Single().Outcome.Should().Be(CheckOutcome.CannotTell);

    [Test]
    public void AWellFormedNotificationIsCountedForEachSentence() =>
        new NotificationsAreWellFormed().Check(OfOwner(N1).Registers(5).Polls(6, 7, Down("n1")).History)
            .Where(finding => finding.Holds).Select(finding => finding.Requirement).Should().Contain(
                [Swn.ResourceChangeLayout, Swn.NotificationCounts, Swn.MessageTypes]);

    [Test]
    public void AMalformedNotificationNamesItsSentence()
    {
        var wrong = new AsyncNotifyResponse(
            NotificationKind.RESOURCE_CHANGE_NOTIFICATION, 12, 2, Down("n1").MessageBuffer);

        new NotificationsAreWellFormed().Check(OfOwner(N1).Registers(5).Polls(6, 7, wrong).History)
            .Where(finding => finding.Outcome == CheckOutcome.Broken).Select(finding => finding.Requirement)
            .Distinct().Should().Equal(Swn.NotificationCounts);
    }

    [Test]
    public void HistoriesAreReadAsTheyWereWritten()
    {
        var history = OfOwner(N1).Registers(5).Polls(6, 7, Down("n1")).Fault(8, new MoveClient("client", N2))
            .Fault(9, new Partition(N1, N2)).Polls(9, 10, new AsyncNotifyResponse(
                NotificationKind.IP_CHANGE_NOTIFICATION, 0, 0, default(ImmutableArray<byte>))).Ends(11).History;
        var path = Path.GetTempFileName();
        try
        {
            HistoryFile.Write(path, history.Events);
            File.AppendAllText(path, "{\"kind\":\"Noted\",\"at\":\"2026-01-01T0");

            HistoryFile.Read(path).Should().Equal(history.Events, "a last line that breaks off is left out");
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Its server stands still, and lives on: what is told after the thaw has its cause.</summary>
    [Test]
    public void AServerThatStoodStillGoesOn() => All(
        OfOwner(N2).Registers(5).Fault(6, new PauseNode(N3)).Heals(7, new PauseNode(N3))
            .Polls(5.1, 12.1, Down("n2")).Polls(12.2, 13.1, Up("n1")).Releases(12, N2).Takes(13, N1).Ends(30))
        .Should().BeEmpty();

    [TestCase(9.5, 0)]
    [TestCase(14, 1)]
    public void WhatHappensWhileItStandsStillMayBeMissed(double released, int lost) => Wrong(
        new NoNotificationLost(),
        OfOwner(N2).Registers(5).Polls(5.1).Fault(9, new PauseNode(N3)).Heals(10, new PauseNode(N3))
            .Releases(released, N2).Takes(released + 0.1, N1).Ends(30))
        .Should().HaveCount(2 * lost);

    [TestCase(false)]
    [TestCase(true)]
    public void NobodyCanBeSentToANodeThatHasNothing(bool has)
    {
        var tale = OfOwner(N1).Registers(5).Polls(5.1);
        tale = has ? tale.Takes(5.2, N2, new PublicAddress(IPAddress.Parse("10.0.1.9"))) : tale.Releases(5.2, N3, B);

        Wrong(new NoNotificationLost(), tale.Fault(9, new MoveClient("client", has ? N2 : N3)).Ends(30))
            .Should().HaveCount(has ? 1 : 0);
    }

    [Test]
    public void AServerThatStoodStillMayTellOfThatTimeToWhoComesJustAfterwards() => All(
        OfOwner(N2).Fault(1, new PauseNode(N3)).Releases(3, N2).Takes(3, N1).Heals(9.9, new PauseNode(N3))
            .Registers(10).Polls(10.1, 10.2, Down("n2")).Polls(10.3, 10.4, Up("n1")).Ends(20)).Should().BeEmpty();

    [Test]
    public void TheLossOfAnOwnerMayBeToldBeforeAnotherTakes() => All(
        OfOwner(N2).Registers(5).Polls(5.1, 8, Down("n2")).Polls(8.1, 12.1, Up("n1")).Fault(7, new PauseNode(N2))
            .Releases(12, N2).Takes(12, N1).Ends(20)).Should().BeEmpty();

    private static IEnumerable<string> All(Tale tale) => new IChecker[]
    {
        new OneOwnerPerAddress(), new NoNotificationLost(), new NoneInvented(), new NotToTheWrongClient(),
        new NotificationsAreWellFormed(),
    }.SelectMany(checker => Wrong(checker, tale));

    private static IEnumerable<string> Wrong(IChecker checker, Tale tale) =>
        checker.Check(tale.History).Where(finding => finding.Outcome == CheckOutcome.Broken)
            .Select(finding => finding.Actual);
}
