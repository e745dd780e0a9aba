using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.SelfTests.Witness;
using Torture.Targets.Loopback;
using Torture.Targets.Reference;

namespace Torture.SelfTests.Loopback;

/// <summary>Takes and releases of several nodes, told in one order whatever order they come in.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OwnershipInOrder
{
    private static readonly IPAddress Address = IPAddress.Parse("127.0.0.101");
    private static readonly Torture.Harness.Clusters.Node First = new("n1", IPAddress.Parse("127.0.0.1"));
    private static readonly Torture.Harness.Clusters.Node Second = new("n2", IPAddress.Parse("127.0.0.2"));
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly List<string> _told = [];
    private readonly List<long> _released = [];

    [Test]
    public void ATakeThatComesBeforeTheReleaseIsToldAfterIt()
    {
        using var ledger = Ledger(TimeProvider.System);
        ledger.Taken(default, Address, First, 1);
        ledger.Taken(default, Address, Second, 3);
        ledger.Released(default, Address, First, 2);

        _told.Should().Equal("n1 takes", "n1 releases", "n2 takes");
    }

    [Test]
    public void ASecondReleaseIsNotToldAgain()
    {
        using var ledger = Ledger(TimeProvider.System);
        ledger.Taken(default, Address, First, 1);
        ledger.Released(default, Address, First, 2);
        ledger.Taken(default, Address, Second, 3);
        ledger.Released(default, Address, First, 9);

        _told.Should().Equal("n1 takes", "n1 releases", "n2 takes");
    }

    [Test]
    public void ANodeThatEndsReleasesAll()
    {
        using var ledger = Ledger(TimeProvider.System);
        ledger.Taken(default, Address, First, 1);
        ledger.ReleasedAll(default, First, 2);

        _told.Should().Equal("n1 takes", "n1 releases");
    }

    [Test]
    public void TwoOwnersAreToldOnceItIsNoMatterOfOrderAnyMore()
    {
        var time = new ManualTime();
        using var ledger = Ledger(time);
        ledger.Taken(default, Address, First, 1);
        ledger.Taken(default, Address, Second, 2);
        _told.Should().Equal("n1 takes");

        time.Advance(Patience);

        _told.Should().Equal("n1 takes", "n2 takes");
    }

    [Test]
    public void AReleaseThatIsHeardTooLateIsToldAllTheSame()
    {
        var time = new ManualTime();
        using var ledger = Ledger(time);
        ledger.Taken(default, Address, First, 1);
        ledger.Taken(default, Address, Second, 3);
        time.Advance(Patience);
        ledger.Released(default, Address, First, 2);
        ledger.Released(default, Address, First, 9);

        _told.Should().Equal("n1 takes", "n2 takes", "n1 releases");
    }

    /// <summary>Two owners for less than the patience would else be nobody's finding.</summary>
    [Test]
    public void ATakeThatIsOverBeforeItIsItsTurnIsToldAllTheSame()
    {
        using var ledger = Ledger(TimeProvider.System);
        ledger.Taken(default, Address, First, 5);
        ledger.Taken(default, Address, Second, 2);
        ledger.Released(default, Address, Second, 3);
        ledger.Released(default, Address, Second, 4);

        _told.Should().Equal("n1 takes", "n2 takes", "n2 releases");
    }

    /// <summary>CTDB has an address released before another node takes it; a busy node hears of that later.</summary>
    [TestCase(false, 3), TestCase(true, 2)]
    public void WhatADaemonReleasesIsReleasedByTheNextTake(bool isToldLate, long order)
    {
        using var ledger = Ledger(TimeProvider.System, isToldLate);
        ledger.Taken(default, Address, First, 1);
        ledger.Taken(default, Address, Second, 2);
        ledger.Released(default, Address, First, 3);

        _told.Should().Equal("n1 takes", "n1 releases", "n2 takes");
        _released.Should().Equal(order);
    }

    private OwnershipLedger Ledger(TimeProvider time, bool isToldLate = false) => new(Hear, time, Patience, isToldLate);

    private void Hear(ClusterEvent change)
    {
        switch (change)
        {
            case ClusterEvent.AddressTaken taken:
                _told.Add($"{taken.By} takes");
                break;
            case ClusterEvent.AddressReleased released:
                _told.Add($"{released.By} releases");
                _released.Add(released.Sequence);
                break;
        }
    }
}
