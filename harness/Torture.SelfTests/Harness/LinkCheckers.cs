using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.Harness.Faults;
using Torture.Harness.Histories;
using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.Requirements;
using Torture.SelfTests.Captures;
using static Torture.SelfTests.Harness.LinkCapture;
using static Torture.SelfTests.Harness.Tale;

namespace Torture.SelfTests.Harness;

/// <summary>The checkers of the link, with captures that they must let pass and captures that they must not.</summary>
public sealed class LinkCheckers
{
    private static readonly IPAddress Address6 = IPAddress.Parse("fd00::101");

    /// <summary>n1 dies at 5 s and n2 takes its address at 6 s.</summary>
    private static Tale Dies => OfOwner(N1).Fault(5, new KillNode(N1)).Takes(6, N2);

    /// <summary>A client that has been there for a second and longer.</summary>
    private static LinkCapture Old => new LinkCapture(A.Address).Connects(1, M1);

    [Test]
    public void ATakeoverAsItOughtToBe() =>
        Found(Whole(Old), Dies).Should().BeEquivalentTo(
            "NeighboursTold Held", "AnnouncedByOwner Held", "AnnouncedThreeTimes Held",
            "NothingAnsweredByOldOwner Held", "OwnerServesAddress Held", "ClientsTickled Held",
            "TickledClientsReset Held", "OldConnectionsEnd Held");

    [Test]
    public void WithoutLinkAddressesNothingIsLookedAt()
    {
        var history = Dies.History;
        var wire = new Conversation(IPAddress.Parse("10.0.1.50"), A.Address);
        wire.Connect(1000, at: 1);
        wire.Connect(1001, at: 20);
        new WireView(new KeyRing()).Read(wire.Packets, history);

        Found(history, asked: true).Should().BeEmpty();
    }

    [Test]
    public void WhatDoesNotMoveIsNotLookedAt() =>
        Found(Old.Announces(2, M1).Announces(3.1, M1).Ends(30), OfOwner(N1), asked: true).Should().BeEmpty();

    [Test]
    public void LateRoundsOfAMoveBeforeTheCaseAreNoMove() =>
        Found(new LinkCapture(A.Address).Announces(0.3, M1).Ends(30), OfOwner(N1), asked: true).Should().BeEmpty();

    [Test]
    public void NeverAnnounced() =>
        Found(Old.Tickles(6.1, M2).AnswersTickle(6.11, M2).Resets(6.12, M2).Ends(20), Dies)
            .Should().Contain("NeighboursTold Broken").And.Contain("ClientsTickled Held");

    [Test]
    public void WhatALossyLinkMayHaveLostIsNotMissed()
    {
        var lossy = Dies.Fault(5.5, new LossyLink(N2, 0.5));

        Found(Old.Announces(6, M2).Ends(20), lossy).Should()
            .Contain("NeighboursTold Held").And.NotContain(finding => finding.Contains("Broken")
                && !finding.StartsWith("OldConnectionsEnd", StringComparison.Ordinal));
        Found(Old.Announces(6, M2).Ends(20), Dies.Fault(5.5, new LossyLink(N2, 0.5, NodeLink.Private))).Should()
            .Contain("AnnouncedThreeTimes Broken").And.Contain("ClientsTickled Broken");
        Found(Old.Announces(6, M2).Ends(20), Dies.Fault(5.5, new LossyLink(N1, 0.5))).Should()
            .Contain("AnnouncedThreeTimes Broken").And.Contain("ClientsTickled Broken");
    }

    [TestCase(4.5, true)]
    [TestCase(1.5, false)]
    public void TheFirstRoundMayComeAsLateAsTheTargetSays(double limit, bool isHeard)
    {
        var history = Dies.History;
        var wire = new LinkCapture(A.Address).Connects(1, M1).AnnouncesThrice(9, M2).Ends(20);
        new WireView(new KeyRing(), TimeSpan.FromSeconds(limit)).Read(wire.Packets, history);

        var found = Found(history, asked: false);

        if (isHeard)
        {
            found.Should().Contain("NeighboursTold Held").And.Contain("AnnouncedThreeTimes Held");
        }
        else
        {
            found.Should().Contain("NeighboursTold Broken");
        }
    }

    /// <summary>News of nodes may cross: an owner for a moment is heard of after the one that followed it.</summary>
    [Test]
    public void WhenItWasCountsAndNotWhenItWasTold() =>
        Found(
            new LinkCapture(A.Address).Announces(6, M2).AnnouncesThrice(7, M1).Ends(20),
            OfOwner(N1).Takes(7, N1).Takes(6, N2))
            .Should().Contain("AnnouncedByOwner Held").And.NotContain("AnnouncedByOwner Broken");

    [Test]
    public void NobodyIsHeardOfTheNewOwner() =>
        Found(Old.Asks(7).Ends(20), Dies).Should()
            .Contain("NeighboursTold Broken").And.Contain("ClientsTickled Broken")
            .And.Contain("OldConnectionsEnd Broken");

    [TestCase(1, "AnnouncedThreeTimes Broken")]
    [TestCase(2, "AnnouncedThreeTimes Broken")]
    [TestCase(3, "AnnouncedThreeTimes Held")]
    [TestCase(4, "AnnouncedThreeTimes Held")]
    public void ItIsAnnouncedSoOften(int times, string found)
    {
        var capture = Old;
        for (var round = 0; round < times; round++)
        {
            capture.Announces(6 + (1.1 * round), M2);
        }

        Found(capture.Ends(30), Dies).Should().Contain(found).And.Contain("NeighboursTold Held");
    }

    [TestCase(0.6, "AnnouncedThreeTimes Broken")]
    [TestCase(1.01, "AnnouncedThreeTimes Held")]
    [TestCase(3.0, "AnnouncedThreeTimes Held")]
    [TestCase(3.2, "AnnouncedThreeTimes Broken")]
    public void ItIsAnnouncedAgainAfter(double seconds, string found) =>
        Found(
            Old.Announces(6, M2).Announces(6 + seconds, M2).Announces(6 + (2 * seconds), M2).Ends(30), Dies)
            .Should().Contain(found);

    [Test]
    public void AnotherSendsTheAnnouncement() =>
        Found(Old.Announces(6, M2, sender: M3).Ends(30), Dies).Should().Contain("AnnouncedByOwner Broken");

    [TestCase(true, "NeighboursTold Held")]
    [TestCase(false, "NeighboursTold Broken")]
    public void NeighboursHaveToReplaceWhatTheyKnow(bool isOverride, string found)
    {
        var tale = new Tale().Takes(0, N1, new(Address6)).Takes(6, N2, new(Address6));

        Found(new LinkCapture(Address6).Announces(6, M2, isOverride: isOverride).Ends(9), tale).Should().Contain(found);
    }

    [Test]
    public void TheOldOwnerAnnouncesAsWell() =>
        Found(Old.Announces(2, M1).AnnouncesThrice(6, M2).Announces(9.5, M1).Ends(20), Dies)
            .Should().Contain("AnnouncedByOwner Broken");

    [Test]
    public void TheOldOwnerAnswersNeighbours() =>
        Found(Old.AnnouncesThrice(6, M2).Asks(9).Answers(9.01, M1).Answers(9.02, M2).Ends(20), Dies)
            .Should().Contain("OneOwnerPerAddress Broken").And.NotContain("NothingAnsweredByOldOwner Held");

    [TestCase(7.5, false)]
    [TestCase(8.5, true)]
    public void TheKernelOfADeadNodeLetsGo(double at, bool isFound) =>
        Found(Old.AnnouncesThrice(6, M2).Asks(at).Answers(at + 0.01, M1).Ends(20), Dies)
            .Contains("OneOwnerPerAddress Broken").Should().Be(isFound);

    [Test]
    public void ALivingNodeLetsGoAtOnce()
    {
        var tale = OfOwner(N1).Fault(5, new MoveAddress(A, N2)).Releases(5.5, N1).Takes(6, N2);

        Found(Old.AnnouncesThrice(6, M2).Resets(6.2, M1).Ends(20), tale)
            .Should().Contain("NothingAnsweredByOldOwner Broken");
    }

    [Test]
    public void WhoEndsItsConnectionsAnswersNobody()
    {
        var tale = OfOwner(N1).Fault(5, new MoveAddress(A, N2)).Releases(5.5, N1).Takes(6, N2);

        Found(Old.AnnouncesThrice(6, M2).Aborts(6.2, M1).Ends(20), tale)
            .Should().Contain("NothingAnsweredByOldOwner Held");
    }

    [Test]
    public void TheLastRoundOfAnEarlierMoveIsNotTheNextOne()
    {
        var tale = OfOwner(N1).Fault(0.5, new DisableNode(N1)).Takes(1.21, N2)
            .Heals(2, new DisableNode(N1)).Takes(2.51, N1);
        var capture = new LinkCapture(A.Address).Announces(0.3, M1).Announces(1.2, M2).AnnouncesThrice(2.5, M1);

        Found(capture.Ends(20), tale)
            .Should().NotContain("AnnouncedByOwner Broken");
    }

    [Test]
    public void ItMayMoveOnAtOnce()
    {
        var tale = OfOwner(N1).Fault(1, new MoveAddress(A, N2)).Releases(1.1, N1).Takes(1.201, N2)
            .Releases(1.25, N2).Takes(1.301, N1);
        var capture = new LinkCapture(A.Address).Announces(1.2, M2).AnnouncesThrice(1.3, M1);

        Found(capture.Ends(20), tale).Should().NotContain(found => found.Contains("Broken"));
    }

    /// <summary>Letting go takes so long that there would have been time for more.</summary>
    [TestCase(6.5, false)]
    [TestCase(9.4, true)]
    public void WhoIsToldToLetGoAnnouncesNoMore(double told, bool isMissed)
    {
        var move = new MoveAddress(A, N2);
        var tale = OfOwner(N1).Fault(5, move).Releases(5.5, N1).Takes(6, N2)
            .Add(told, at => new HealingBegun(at, move)).Releases(9.5, N2).Takes(9.6, N1);

        Found(Old.Announces(6, M2).AnnouncesThrice(9.6, M1).Ends(20), tale)
            .Contains("AnnouncedThreeTimes Broken").Should().Be(isMissed);
    }

    [Test]
    public void ASecondOwnerBeforeAnythingMoves() =>
        Found(Old.Asks(2).Answers(2.1, M1).Answers(2.2, M2).Ends(20), OfOwner(N1).Takes(3.5, N2))
            .Should().Contain("OneOwnerPerAddress Broken").And.Contain("NeighboursTold Broken");

    [Test]
    public void ItMayMoveBack()
    {
        var tale = Dies.Heals(10, new KillNode(N1)).Releases(10.1, N2).Takes(10.2, N1);

        Found(Whole(Old).AnnouncesThrice(10.2, M1).Ends(20), tale)
            .Should().NotContain(found => found.Contains("Broken"));
    }

    [Test]
    public void AskedThriceAndNeverAnswered() =>
        Found(Old.AnnouncesThrice(6, M2).Asks(9).Asks(10).Asks(11).Ends(13), Dies)
            .Should().Contain("OwnerServesAddress Broken");

    [Test]
    public void WhoIsAskedAloneMayBeTheWrongOne() =>
        Found(Old.AnnouncesThrice(6, M2).Asks(9, M1).Asks(10, M1).Asks(11, M1).Ends(13), Dies)
            .Should().NotContain("OwnerServesAddress Broken");

    [Test]
    public void NobodyIsTickled() =>
        Found(Old.AnnouncesThrice(6, M2).Ends(20), Dies).Should().Contain("ClientsTickled Broken")
            .And.Contain("OldConnectionsEnd Broken");

    [Test]
    public void ATickleWithANumberIsNone() =>
        Found(
            Old.AnnouncesThrice(6, M2).Tickles(6.1, M2, sequence: 0x1234_5678).AnswersTickle(6.11, M2)
                .Resets(6.12, M2).Ends(20),
            Dies)
            .Should().Contain("ClientsTickled Broken").And.Contain("OldConnectionsEnd Held");

    [Test]
    public void ATickleOfSomebodyElseIsNone() =>
        Found(Old.AnnouncesThrice(6, M2).Tickles(6.1, M3).Ends(20), Dies).Should().Contain("ClientsTickled Broken");

    [Test]
    public void WhoIsYoungOrHasEndedNeedsNoTickle() =>
        Found(
            new LinkCapture(A.Address).Connects(4.5, M1).Connects(1, M1, port: 1001).Resets(4, M1, port: 1001)
                .AnnouncesThrice(6, M2).Ends(20),
            Dies)
            .Should().NotContain(found => found.StartsWith("ClientsTickled"))
            .And.Contain("OldConnectionsEnd Broken", "the young one hangs");

    [Test]
    public void ATickleBeforeTheAnnouncement() =>
        Found(Old.Tickles(6, M2).AnnouncesThrice(6.1, M2).Ends(20), Dies).Should().Contain("ClientsTickled Broken");

    [Test]
    public void WhoAnswersIsReset() =>
        Found(Old.AnnouncesThrice(6, M2).Tickles(6.1, M2).AnswersTickle(6.11, M2).Ends(20), Dies)
            .Should().Contain("ClientsTickled Held").And.Contain("TickledClientsReset Broken")
            .And.Contain("OldConnectionsEnd Broken");

    [Test]
    public void WhenThePacketsEndTooEarlyNobodyCanTell()
    {
        var capture = Old.Announces(6, M2).Ends(7);

        Found(capture, Dies).Should().BeEquivalentTo(
            "NeighboursTold Held", "AnnouncedByOwner Held", "NothingAnsweredByOldOwner Held");
        Found(capture, Dies, asked: true).Should()
            .Contain(["AnnouncedThreeTimes CannotTell", "ClientsTickled CannotTell", "OldConnectionsEnd CannotTell"]);
    }

    [Test]
    public void TheNextFaultEndsWhatCanBeWaitedFor() =>
        Found(Old.Announces(6, M2).Ends(20), Dies.Fault(7, new KillNode(N2)))
            .Should().NotContain(found => found.Contains("Broken"));

    /// <summary>Of a node that was killed: everything is as it ought to be.</summary>
    [Test]
    public void ATakeoverOfRealSamba() =>
        Found(OfSample("failover-kill-0"), asked: true).Should().BeEquivalentTo(
            "NeighboursTold Held", "AnnouncedByOwner Held", "AnnouncedThreeTimes Held",
            "NothingAnsweredByOldOwner Held", "ClientsTickled Held", "TickledClientsReset Held");

    /// <summary>An address that is moved in order: CTDB forgets its clients, and nobody tells them.</summary>
    [TestCase("failover-moveip-0")]
    [TestCase("failover-disable-0", "OldConnectionsEnd Held")]
    public void AMoveOfRealSambaTellsNoClient(string name, params string[] more) =>
        Found(OfSample(name)).Should().BeEquivalentTo([
            "NeighboursTold Held", "AnnouncedByOwner Held", "AnnouncedThreeTimes Held",
            "NothingAnsweredByOldOwner Held", "ClientsTickled Broken", .. more]);

    [TestCase("failover-pause-0")]
    [TestCase("moveip-registered-on-other-node")]
    [TestCase("registerex-asyncnotify-client-move-ip")]
    public void WhereNoMoveIsSeenNothingIsLookedAt(string name) =>
        Found(OfSample(name), asked: true).Should().BeEmpty();

    [Test]
    public void WhatWasReadIsWrittenAndReadAgain()
    {
        var history = Whole(Old).With(Dies);
        var path = Path.GetTempFileName();
        try
        {
            HistoryFile.Write(path, history.Events);

            HistoryFile.Read(path).Should().Equal(history.Events);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static LinkCapture Whole(LinkCapture old) => old
        .Announces(6, M2).Tickles(6.01, M2).AnswersTickle(6.02, M2).Resets(6.03, M2)
        .Asks(6.5).Answers(6.51, M2).Announces(7.1, M2).Announces(8.2, M2).Ends(9);

    private static History OfSample(string name)
    {
        var history = new History();
        new WireView(new KeyRing()).Read([.. CaptureFile.Read(Samples.Path(name))], history);
        return history;
    }

    private static List<string> Found(LinkCapture capture, Tale tale, bool asked = false) =>
        Found(capture.With(tale), asked);

    private static List<string> Found(History history, bool asked = false) =>
    [
        .. new IChecker[]
        {
            new AnnouncedToNeighbours(asked), new OneOwnerOnTheLink(), new OldClientsTickled(asked),
            new OldConnectionsEnd(asked),
        }.SelectMany(checker => checker.Check(history)).Select(finding =>
        {
            TestContext.Out.WriteLine(finding with { Event = null });
            return $"{Catalogue.Get(finding.Requirement).Name} {finding.Outcome}";
        }),
    ];
}
