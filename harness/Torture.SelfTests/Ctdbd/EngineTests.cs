using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Control;

namespace Torture.SelfTests.Ctdbd;

using static EngineWorld;

/// <summary>The ctdb engine does what daemons say, whatever they say.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(60_000)]
public sealed class EngineTests : IAsyncDisposable
{
    private readonly EngineWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Test]
    public async Task ServesWhatItsDaemonHas()
    {
        await _world.StartAllAsync();
        _world.Ctdb.TellAll(CtdbSrvid.LEADER, CtdbCodec.EncodeNumber(2));
        await _world.UntilAsync(() => _world.Nodes.All(node => node.Seen.Leader == "n3"), "n3 leads");

        var seen = _world["n1"].Seen;
        seen.Permitted.Should().BeTrue();
        seen.State.Should().Be(MemberState.Ok);
        seen.Held.Select(held => held.Address).Should().Equal(A);
        seen.Members.Should().OnlyContain(member => member.State == MemberState.Ok && member.LinkUp);
        seen.Table.OwnerOf("failover").Should().Be("n1");
        (seen.Term, seen.Table.Generation).Should().Be((1, 1));
    }

    [Test]
    public async Task FollowsAMoveOnEveryNode()
    {
        await _world.StartAllAsync();

        _world.Ctdb.Move(A, owner: 1);

        await _world.UntilAsync(() => _world.AllSay(A, "n2") && _world["n2"].Serves(A), "n2 has A");
        _world["n1"].Serves(A).Should().BeFalse();
        _world["n1"].Steps.Should().Equal($"takes {A}", $"releases {A}");
        _world["n2"].Events.Where(e => e.Kind == NodeEventKind.Taken).Select(e => e.Address).Should().Equal(B, A);
    }

    [Test]
    public async Task TellsThatAnotherNodeIsAtATakeoverRun()
    {
        await _world.StartAllAsync();
        var node = _world["n1"];

        _world.Ctdb.Tell(0, CtdbSrvid.DISABLE_TAKEOVER_RUNS, CtdbCodec.EncodeDisable(new CtdbDisable(2, 0, 60)));
        await _world.UntilAsync(() => node.Seen.IsReallocating, "n1 hears that n3 begins");
        _world["n2"].Seen.IsReallocating.Should().BeFalse();
        _world.Ctdb.Tell(0, CtdbSrvid.DISABLE_TAKEOVER_RUNS, CtdbCodec.EncodeDisable(new CtdbDisable(2, 0, 0)));
        await _world.UntilAsync(() => !node.Seen.IsReallocating, "n1 hears that n3 is done");
        _world.Ctdb.Tell(0, CtdbSrvid.DISABLE_TAKEOVER_RUNS, CtdbCodec.EncodeDisable(new CtdbDisable(2, 0, 1)));
        await _world.UntilAsync(() => node.Seen.IsReallocating, "n1 hears that n3 begins");
        await _world.UntilAsync(() => !node.Seen.IsReallocating, "n3 is gone, and its time is over");
    }

    [Test]
    public async Task AnAddressIsReleasedWhenTheDaemonSaysSoHoweverLongItsPortsTake()
    {
        await _world.StartAllAsync();
        var closed = new TaskCompletionSource();
        _world["n1"].Closes = _ => closed.Task;

        _world.Ctdb.Move(A, owner: 1);
        await _world.UntilAsync(() => _world["n2"].Serves(A), "n2 has A");
        closed.SetResult();

        await _world.UntilAsync(() => _world["n1"].Seen.Held.Count == 0, "n1 has let go");
        _world["n1"].OrderOf(NodeEventKind.Released, A).Should()
            .BeLessThan(_world["n2"].OrderOf(NodeEventKind.Taken, A));
    }

    [Test]
    public async Task WhoAloneHasLostAPeerFindsItAgain()
    {
        await _world.StartAllAsync();
        await _world.UntilAsync(() => _world["n1"].Seen.Members[1].LinkUp, "n1 hears n2");

        // Published at each tick: between two of them it is lost and may be found.
        _world.Ctdb.TellLost(node: 0, lost: 1);
        _world.Ctdb.TellAll(CtdbSrvid.LEADER, CtdbCodec.EncodeNumber(2));
        await _world.UntilAsync(() => _world["n1"].Seen.Leader == "n3", "n1 has heard what came after it");

        await _world.UntilAsync(() => _world["n1"].Seen.Members[1].LinkUp, "n1 hears n2 again");
        _world["n2"].Seen.Members[0].LinkUp.Should().BeTrue();
    }

    [Test]
    public async Task SeesWithoutAWordWhatTheOwnDaemonHas()
    {
        await _world.StartAllAsync();

        _world.Ctdb.SetOwner(A, CtdbNodeNumber.Unknown);

        await _world.UntilAsync(() => !_world["n1"].Serves(A), "n1 lets go");
        await _world.UntilAsync(() => _world["n1"].Seen.Table.OwnerOf(A) is null, "nobody has A");
        _world["n1"].Seen.Table.LastOwnerOf(A).Should().Be("n1");
    }

    [TestCase(CtdbNodeFlags.PERMANENTLY_DISABLED, MemberState.Disabled, true)]
    [TestCase(CtdbNodeFlags.UNHEALTHY, MemberState.Unhealthy, true)]
    [TestCase(CtdbNodeFlags.STOPPED, MemberState.Stopped, false)]
    [TestCase(CtdbNodeFlags.BANNED | CtdbNodeFlags.UNHEALTHY, MemberState.Banned, false)]
    [TestCase(CtdbNodeFlags.DISCONNECTED | CtdbNodeFlags.UNHEALTHY, MemberState.Disconnected, false)]
    public async Task FlagsAreStates(CtdbNodeFlags flags, MemberState state, bool serves)
    {
        await _world.StartAllAsync();

        _world.Ctdb.SetFlags(1, flags);

        await _world.UntilAsync(
            () => _world.Nodes.All(node => node.Seen.Members[1].State == state)
                && _world["n2"].Serves(B) == serves && _world.AllSay(B, serves ? "n2" : null),
            $"n2 is {state}");
        _world["n1"].Events.Should().Contain(e => e.Node == "n2" && e.State == state);
        _world.Ctdb.SetFlags(1, CtdbNodeFlags.None);
        await _world.UntilAsync(() => _world["n2"].Serves(B) && _world.AllSay(B, "n2"), "n2 is back");
    }

    [Test]
    public async Task WithoutItsDaemonItServesNothingAndComesBack()
    {
        await _world.StartAllAsync();

        _world.Ctdb.Close(0);

        await _world.UntilAsync(
            () => !_world["n1"].Serves(A) && _world["n1"].Seen is { State: MemberState.Disconnected, Held.Count: 0 },
            "n1 lets go");
        _world["n1"].Seen.Permitted.Should().BeFalse();
        _world["n1"].Seen.Table.OwnerOf(A).Should().BeNull();
        _world["n1"].Seen.Table.OwnerOf(B).Should().Be("n2", "nobody said that this has changed");
        (await _world["n1"].Engine.AdministerAsync(new ControlRequest(ControlVerb.Disable)))
            .Error.Should().Be("not attached to ctdbd at /fake/n1");
        const string inVain = "failover: cannot attach to /fake/n1: nobody listens there";
        await _world.UntilAsync(() => _world["n1"].Lines.Contains(inVain), "it tries in vain");
        _world.Ctdb.Open(0);
        await _world.UntilAsync(() => _world["n1"].Serves(A) && _world.AllSay(A, "n1"), "n1 is back");
        _world["n1"].Seen.Table.OwnerOf(B).Should().Be("n2");
        _world["n1"].Lines.Should().ContainSingle(line => line == "failover: ctdbd has closed its socket")
            .And.ContainSingle(line => line == inVain);
    }

    [Test]
    public async Task AnAddressIsNeverLostForOthersByAttachingAgain()
    {
        await _world.StartAllAsync();
        var owners = new List<string?>();
        _world["n1"].Engine.TableChanged += (_, now) => owners.Add(now.OwnerOf(B));

        _world.Ctdb.Close(0);
        await _world.UntilAsync(() => !_world["n1"].Serves(A), "n1 lets go");
        _world.Ctdb.Open(0);
        await _world.UntilAsync(() => _world["n1"].Serves(A) && _world.AllSay(A, "n1"), "n1 is back");

        owners.Should().NotBeEmpty().And.OnlyContain(owner => owner == "n2");
    }

    [Test]
    public async Task NonsenseIsOneLineAndTheNextAttachment()
    {
        await _world.StartAllAsync();

        _world.Ctdb.Babble(0, "this is no packet of any daemon that I know"u8.ToArray());

        await _world.UntilAsync(() => _world["n1"].Steps.Contains($"releases {A}"), "n1 lets go");
        await _world.UntilAsync(() => _world["n1"].Serves(A), "n1 is back");
        _world["n1"].Lines.Should()
            .ContainSingle(line => line.Contains("does not keep to the protocol: packet header: magic"));
    }

    [Test]
    public async Task AMessageWithoutSenseIsOneLineAndNothingElse()
    {
        await _world.StartAllAsync();

        _world.Ctdb.Tell(0, CtdbSrvid.RELEASE_IP, "nowhere\0"u8.ToArray());
        _world.Ctdb.Tell(0, CtdbSrvid.LEADER, [1, 2]);
        _world.Ctdb.TellAll(CtdbSrvid.LEADER, CtdbCodec.EncodeNumber(1));

        await _world.UntilAsync(() => _world["n1"].Seen.Leader == "n2", "n2 leads");
        _world["n1"].Lines.Should().Contain(line =>
            line.StartsWith("failover: ctdbd sent a message 0xF300000000000000 that makes no sense: address as text"));
        _world["n1"].Steps.Should().Equal($"takes {A}");
    }

    [Test]
    public async Task AnAnswerFromBeforeTheReleaseTakesNothingBack()
    {
        await _world.StartAllAsync();
        var held = new List<CtdbRequest>();
        _world.Ctdb.Admits = (node, request) =>
        {
            lock (held)
            {
                var holds = node == 0 && request.Control == CtdbControl.GET_PUBLIC_IPS && held.Count == 0;
                held.AddRange(holds ? [request] : []);
                return !holds;
            }
        };
        await _world.UntilAsync(() => held.Count > 0, "a question is under way");

        // The daemon's answer was that it has the address; it leaves before the release, and arrives after it.
        _world.Ctdb.Tell(0, CtdbSrvid.RELEASE_IP, CtdbCodec.EncodeAddressText(A));
        await _world.UntilAsync(() => !_world["n1"].Serves(A), "n1 lets go");
        var asked = Count("0 GET_PUBLIC_IPS at home");
        _world.Ctdb.SetOwner(A, 1);
        _world.Ctdb.AnswerLate(0, held[0], new CtdbPublicAddress(0, A));
        await _world.UntilAsync(() => Count("0 GET_PUBLIC_IPS at home") > asked + 1, "it asks again");

        _world["n1"].Steps.Should().Equal($"takes {A}", $"releases {A}");
    }

    [Test]
    public async Task WhatItsDaemonIsOnlyAboutToTakeIsNotServed()
    {
        await _world.StartAllAsync();
        var asked = Count("1 GET_PUBLIC_IPS at home");

        _world.Ctdb.SetOwner(A, 1);
        await _world.UntilAsync(() => Count("1 GET_PUBLIC_IPS at home") > asked + 2, "n2 has heard of it");
        _world["n2"].Serves(A).Should().BeFalse();
        _world.Ctdb.Tell(1, CtdbSrvid.TAKE_IP, CtdbCodec.EncodeAddressText(A));

        await _world.UntilAsync(() => _world["n2"].Serves(A), "n2 has A");
    }

    [Test]
    public async Task AnAddressThatIsNotThereYetIsTakenLater()
    {
        var missing = true;
        var n1 = await _world.StartAsync("n1");
        n1.Refuses = address => Volatile.Read(ref missing) && address.Equals(B) ? "no address of this host" : null;
        await _world.UntilAsync(() => n1.Serves(A), "n1 has A");

        _world.Ctdb.Move(B, owner: 0);
        await _world.UntilAsync(() => n1.Lines.Any(line => line.Contains("cannot take")), "the host refuses");
        Volatile.Write(ref missing, false);

        await _world.UntilAsync(() => n1.Serves(B), "n1 has B");
        n1.Lines.Should().ContainSingle(line => line == $"failover: cannot take {B}: no address of this host");
    }

    [Test]
    public async Task AnAddressThatTheClusterFileDoesNotNameIsToldOnce()
    {
        var strange = IPAddress.Parse("10.9.0.77");
        await _world.StartAllAsync();

        for (var i = 0; i < 3; i++)
        {
            _world.Ctdb.Tell(0, CtdbSrvid.TAKE_IP, CtdbCodec.EncodeAddressText(strange));
        }

        _world.Ctdb.Move(A, owner: 1);
        await _world.UntilAsync(() => _world.AllSay(A, "n2"), "n2 has A");
        _world["n1"].Lines.Should().ContainSingle(line => line.Contains("10.9.0.77"))
            .Which.Should().EndWith("not served");
    }

    private int Count(string said)
    {
        lock (_world.Ctdb.Said)
        {
            return _world.Ctdb.Said.Count(line => line == said);
        }
    }
}
