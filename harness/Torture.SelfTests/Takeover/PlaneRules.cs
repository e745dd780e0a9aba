using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Captures;
using Torture.ReferenceServer.Failover;
using Torture.ReferenceServer.Takeover;
using Torture.SelfTests.Mutants;
using Torture.SelfTests.Witness;
using Registry = Torture.Mutants.Mutants;

namespace Torture.SelfTests.Takeover;

/// <summary>What a node does with its interface when it takes an address and lets it go, in virtual time.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PlaneRules
{
    private static readonly IPAddress Address = IPAddress.Parse("10.9.0.100");
    private static readonly IPAddress Address6 = IPAddress.Parse("fd00::100");
    private static readonly ClientConnection Client = new(445, IPEndPoint.Parse("10.9.0.1:40001"));
    private static readonly ClientConnection Client6 = new(135, IPEndPoint.Parse("[fd00::1]:40002"));
    private static readonly TimeSpan Permission = TimeSpan.FromSeconds(1.2);

    private readonly ManualTime _time = new();
    private readonly Pump _pump = new();
    private readonly FakeLink _link;
    private readonly Fence _fence;
    private readonly ServingPermit _permit;
    private readonly List<IPAddress> _told = [];
    private readonly List<string> _log = [];
    private readonly Others _others = new();
    private KernelAddressPlane _plane;

    public PlaneRules()
    {
        _link = new FakeLink(_time);
        _fence = new Fence(new MonotonicClock(_time));
        _fence.Extend(TimeSpan.FromDays(1));
        _permit = new ServingPermit(_fence);
        _plane = new KernelAddressPlane(Parts);
    }

    private AddressPlaneParts Parts => new(
        _link, _others, [Address, Address6], Permission, _time, LeftAt, _told.Add, _log.Add);

    [Test]
    public void OthersAreFencedBeforeTheAddressIsAdded()
    {
        var had = new List<IPAddress>();
        _others.Fenced = _ => had.AddRange(_link.Addresses());

        Take(Address);

        _others.Of.Should().Equal(Address);
        had.Should().NotContain(Address);
    }

    [Test]
    public void AnAddressThatOthersKeepIsNotAdded()
    {
        _others.Fenced = _ => throw new IOException("it says no");

        var take = _plane.TakeAsync(Address, _permit, CancellationToken.None);

        take.IsFaulted.Should().BeTrue();
        _link.Addresses().Should().NotContain(Address);
    }

    [Test]
    public void NeighboursAndThenClientsAreToldThreeTimes()
    {
        Take(Address);
        Advance(10);

        Told().Should().Equal(
            "0 arp request", "0 arp reply", "0 tickle 445",
            "1.1 arp request", "1.1 arp reply", "1.1 tickle 445",
            "2.2 arp request", "2.2 arp reply", "2.2 tickle 445");
        _told.Should().Equal(Address);
    }

    [Test]
    public void OverIPv6Too()
    {
        Take(Address6);
        Advance(10);

        Told().Should().Equal(
            "0 advertisement", "0 tickle 135", "1.1 advertisement", "1.1 tickle 135",
            "2.2 advertisement", "2.2 tickle 135");
    }

    [Test]
    public void AnAddressIsThereBeforeAnybodyIsTold()
    {
        _pump.Run(() => _ = _plane.TakeAsync(Address, _permit, CancellationToken.None));
        _link.Done.Select(done => done.What).Should().Equal("add", "ready");
        _link.Sent.Should().BeEmpty("nobody listens there yet");
    }

    [Test]
    public void AReleaseEndsConnectionsWhileItCanStillBeSaid()
    {
        Take(Address);
        _link.Done.Clear();
        _pump.Run(() => _ = _plane.ReleaseAsync(Address));
        Advance(10);

        _link.Done.Select(done => done.What).Should().Equal("end", "remove");
        Told().Should().HaveCount(3, "nothing is announced after the release");
        _told.Should().BeEmpty();
    }

    [Test]
    public void AnAddressThatMayBeAnothersIsWithdrawnWithoutAWord()
    {
        Take(Address);
        _link.Done.Clear();
        _pump.Run(() => _plane.Withdraw(Address));

        _link.Done.Select(done => done.What).Should().Equal("remove");
        _link.Addresses().Should().BeEmpty();
    }

    [Test]
    public void WhoLostThePermissionAnnouncesNothing()
    {
        Take(Address);
        _fence.Revoke();
        Advance(10);

        Told().Should().HaveCount(3);
    }

    [Test]
    public void TheKernelKeepsAnAddressAsLongAsThePermitHoldsAndNotMuchLonger()
    {
        _pump.Run(() => _ = _plane.StartAsync(CancellationToken.None));
        Take(Address);
        for (var i = 0; i < 100; i++)
        {
            Advance(0.1);
            _link.Addresses().Should().Equal([Address], "after {0} s", i * 0.1);
        }

        _fence.Revoke();
        Advance(1);
        _link.Addresses().Should().Equal(Address);
        Advance(1.1);
        _link.Addresses().Should().BeEmpty("nobody asked the kernel to keep it");
    }

    [Test]
    public void WhatAKilledNodeHasLeftIsTakenAway()
    {
        _link.Add(Address6, null);
        _link.Add(IPAddress.Parse("10.9.0.11"), null);
        _link.Done.Clear();
        _pump.Run(() => _ = _plane.StartAsync(CancellationToken.None));

        _link.Done.Select(done => (done.What, done.Address)).Should().Equal(("end", Address6), ("remove", Address6));
        _log.Should().Equal($"network: {Address6} was left here by another process");
    }

    [Test]
    public async Task WhatTheKernelRefusesIsRefused()
    {
        _link.Refuses = "Operation not permitted";
        var take = async () => await _plane.TakeAsync(Address, _permit, CancellationToken.None);

        await take.Should().ThrowAsync<IOException>().WithMessage("Operation not permitted");
    }

    [Test]
    public void TroubleThatGoesOnIsToldOnce()
    {
        _pump.Run(() => _ = _plane.StartAsync(CancellationToken.None));
        Take(Address);
        _link.Refuses = "No such device";
        Advance(10);

        _log.Should().Equal($"network: keep {Address}: No such device");
    }

    [Test]
    public async Task TheLinkEndsWithThePlane()
    {
        await _plane.DisposeAsync();
        _link.IsDisposed.Should().BeTrue();
    }

    private static IEnumerable<TestCaseData> Defects() => Registry.All
        .Where(mutant => mutant.Part.IsSubclassOf(typeof(KernelAddressPlane)))
        .Select(mutant => new TestCaseData(mutant.Name).SetArgDisplayNames(mutant.Name));

    [TestCaseSource(nameof(Defects))]
    public void AMutantIsSeen(string name)
    {
        var good = Life();
        _link.Sent.Clear();
        _link.Done.Clear();
        _plane = Registry.Find(name)!.Create<KernelAddressPlane>(Parts)!;

        Life().Should().NotEqual(good);
    }

    [Test]
    public void TheGoodOneAlwaysDoesTheSame()
    {
        var first = Life();
        _link.Sent.Clear();
        _link.Done.Clear();

        Life().Should().Equal(first);
    }

    private IReadOnlyList<string> Life()
    {
        var start = _time.GetTimestamp();
        Take(Address);
        Take(Address6);
        Advance(5);
        _pump.Run(() => _ = _plane.ReleaseAsync(Address));
        _pump.Run(() => _ = _plane.ReleaseAsync(Address6));
        Advance(5);
        var since = start / (double)TimeSpan.TicksPerSecond;
        return
        [
            .. _link.Done.Select(done => FormattableString.Invariant(
                $"{done.What} {done.Address} {done.At - since:0.0}")),
            .. _link.Sent.Select(packet => Convert.ToHexString(packet.Data.Span)),
            string.Join(' ', _link.Addresses()),
        ];
    }

    private static IReadOnlyCollection<ClientConnection> LeftAt(IPAddress address) =>
        address.Equals(Address) ? [Client] : [Client6];

    private void Take(IPAddress address)
    {
        _pump.Run(() => _ = _plane.TakeAsync(address, _permit, CancellationToken.None));
        _pump.Run(() => _plane.Announce(address));
    }

    /// <summary>In small steps: what a timer sets going comes before the next one.</summary>
    private void Advance(double seconds)
    {
        for (var i = 0; i < seconds * 100; i++)
        {
            _pump.Run(() => _time.Advance(TimeSpan.FromMilliseconds(10)));
        }
    }

    /// <summary>What neighbours and clients hear, by our own eyes, with the time.</summary>
    private IEnumerable<string> Told()
    {
        var trace = TraceBuilder.Read(_link.Sent);
        trace.Announcements.Should().OnlyContain(announcement => announcement.Owner == FakeLink.Mac);
        return trace.Announcements
            .Select(a => (a.At, What: a.Kind != AnnouncementKind.GratuitousArp ? "advertisement"
                : a.IsReply ? "arp reply" : "arp request"))
            .Concat(trace.TcpEvents.Select(e => (e.At, What: $"tickle {e.Source.Port}")))
            .OrderBy(entry => entry.At.Frame)
            .Select(entry => FormattableString.Invariant(
                $"{entry.At.TimeNanoseconds / 1_000_000 / 1000.0:0.#} {entry.What}"));
    }

    /// <summary>A fence device.</summary>
    private sealed class Others : IAddressPlane
    {
        public List<IPAddress> Of { get; } = [];

        public Action<IPAddress> Fenced { get; set; } = _ => { };

        public ValueTask TakeAsync(IPAddress address, ServingPermit permit, CancellationToken cancellationToken)
        {
            Of.Add(address);
            Fenced(address);
            return ValueTask.CompletedTask;
        }

        public ValueTask ReleaseAsync(IPAddress address) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
