using FluentAssertions;
using NUnit.Framework;
using Torture.ReferenceServer.Control;

namespace Torture.SelfTests.Failover;

/// <summary>
/// The failover engine on one thread and in virtual time; the world watches that no address has two owners.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EngineTests
{
    private readonly SimulatedCluster _world = new();

    [Test]
    public void EveryAddressComesHome() =>
        _world.Until(_world.IsAtHome, "at home").Should().BeLessThan(TimeSpan.FromSeconds(1));

    [Test]
    public void ADeadFollowersAddressMovesAtOnceAndAloneMoves()
    {
        Ready();
        var (victim, bystander) = (_world.Follower, _world.Nodes.Last(node => node != _world.Leader));
        var untouched = bystander.Events.Count(Moves);

        _world.Kill(victim);

        _world.Until(_world.IsServed, "served again").Should().BeLessThan(TimeSpan.FromMilliseconds(50));
        bystander.Events.Skip(untouched).Where(change => change.Kind == NodeEventKind.Released).Should().BeEmpty();
    }

    [Test]
    public void ADeadLeadersFollowersKeepWhatTheyHave()
    {
        Ready();
        var leader = _world.Leader;
        var survivors = _world.Nodes.Where(node => node != leader).ToArray();

        _world.Kill(leader);

        _world.Until(_world.IsServed, "served again").Should().BeLessThan(TimeSpan.FromMilliseconds(300));
        survivors.SelectMany(node => node.Events).Should().NotContain(e => e.Kind == NodeEventKind.Released);
    }

    [Test]
    public void AFrozenFollowerIsReplacedAndLetsGoWhenItGoesOn()
    {
        Ready();
        var victim = _world.Follower;
        victim.IsFrozen = true;

        _world.Until(_world.IsServed, "served again").Should().BeLessThan(TimeSpan.FromSeconds(1.5));
        victim.Answers.Should().BeEmpty("its permission ended by itself");

        _world.For(10);
        victim.IsFrozen = false;
        _world.Until(_world.IsAtHome, "at home again");
    }

    /// <summary>What it said last may be the answer to an older heartbeat of the leader, or to the newest.</summary>
    [Test]
    public void AFrozenFollowerIsReplacedInTimeWhateverItSaidLast([Range(0, 95, 5)] int offset)
    {
        Ready();
        _world.Kill(_world["n1"]);
        _world.Until(_world.IsServed, "served again");
        _world.For(offset / 1000.0);
        _world.Start("n1");
        Ready();
        _world.For(1);

        _world["n1"].IsFrozen = true;

        _world.Until(_world.IsServed, "served again").Should().BeLessThan(TimeSpan.FromSeconds(1.5));
    }

    [Test]
    public void AFrozenLeadersFollowersKeepWhatTheyHave()
    {
        Ready();
        var leader = _world.Leader;
        var survivors = _world.Nodes.Where(node => node != leader).ToArray();
        leader.IsFrozen = true;

        _world.Until(_world.IsServed, "served again").Should().BeLessThan(TimeSpan.FromSeconds(1.5));
        survivors.SelectMany(node => node.Events).Should().NotContain(e => e.Kind == NodeEventKind.Released);

        leader.IsFrozen = false;
        _world.Until(_world.IsAtHome, "at home again");
    }

    [Test]
    public void AShortStopIsNoFailure()
    {
        Ready();
        var victim = _world.Follower;
        var before = victim.Events.Count(Moves);
        victim.IsFrozen = true;
        _world.For(0.5);
        victim.IsFrozen = false;
        _world.For(2);

        victim.Events.Count(Moves).Should().Be(before);
        _world.IsAtHome().Should().BeTrue();
    }

    [TestCase(true, true)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    public void WhoIsCutOffFromTheLeaderLetsGo(bool toLeader, bool fromLeader)
    {
        Ready();
        var (leader, victim) = (_world.Leader, _world.Follower);
        if (toLeader)
        {
            _world.Cut(victim, leader);
        }

        if (fromLeader)
        {
            _world.Cut(leader, victim);
        }

        _world.Until(() => !victim.Answers.Any() && _world.IsServed(), "taken over");
        victim.Engine.Snapshot.Permitted.Should().BeFalse();

        _world.Heal();
        _world.Until(_world.IsAtHome, "at home again");
    }

    [Test]
    public void TheLastNodeServesAll()
    {
        Ready();
        var last = _world.Follower;
        foreach (var node in _world.Nodes.Where(node => node != last).ToArray())
        {
            _world.Kill(node);
        }

        _world.Until(_world.IsServed, "served by one").Should().BeLessThan(TimeSpan.FromSeconds(2));
    }

    [TestCase("disable")]
    [TestCase("stop")]
    [TestCase("ban")]
    public void ANodeIsTakenOutAndComesBack(string how)
    {
        Ready();
        var victim = _world.Leader;
        Act(victim, how, on: true);
        _world.Until(() => !victim.Answers.Any() && _world.IsServed(), $"{how} acts");

        Act(victim, how, on: false);
        _world.Until(_world.IsAtHome, "at home again");
    }

    [Test]
    public void AnAddressMovesWhereItIsToldAndHomeAgain()
    {
        Ready();
        var address = _world.Configuration.PublicAddresses[0];
        var request = new ControlRequest(ControlVerb.MoveAddress) { Address = address, Node = "n3" };
        _world["n2"].Context.Run(() => _ = _world["n2"].Engine.PinAsync(request));
        _world.Until(() => _world.OwnersOf(address) is ["n3"], "moved");

        _world["n2"].Context.Run(() => _ = _world["n2"].Engine.PinAsync(request with { Node = null }));
        _world.Until(_world.IsAtHome, "at home again");
    }

    [Test]
    public void AShareFollowsItsOwner()
    {
        Ready();
        _world.Kill(_world["n1"]);
        _world.Until(
            () => _world["n2"].Engine.Snapshot.Table.OwnerOf("share") is { } owner && owner != "n1", "the share moved");
        _world.Start("n1");
        _world.Until(() => _world["n2"].Engine.Snapshot.Table.OwnerOf("share") == "n1", "it went home");
    }

    [Test]
    public void GenerationsOnlyGrow()
    {
        Ready();
        var before = _world["n2"].Engine.Snapshot.Table.Generation;
        _world.Kill(_world.Nodes.First(node => node != _world["n2"]));
        _world.Until(_world.IsServed, "served again");
        _world["n2"].Engine.Snapshot.Table.Generation.Should().BeGreaterThan(before);
    }

    private static bool Moves(NodeEvent change) => change.Kind is NodeEventKind.Taken or NodeEventKind.Released;

    private static void Act(SimulatedNode node, string how, bool on) => node.Context.Run(() => _ = how switch
    {
        "disable" => node.Engine.SetAsync(disabled: on),
        "stop" => node.Engine.SetAsync(stopped: on),
        _ => node.Engine.BanAsync(on ? TimeSpan.FromSeconds(100) : null),
    });

    private void Ready() => _world.Until(
        () => _world.IsAtHome() && _world.Nodes.All(node => node.Engine.Snapshot.Leader is not null), "ready");
}
