using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;
using Torture.ReferenceServer.Takeover;

namespace Torture.SelfTests.Failover;

/// <summary>Whoever takes an address knows the clients that its owner before had, whatever became of it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ClientsAreKnown
{
    private readonly SimulatedCluster _world = new();
    private int _port = 40_000;

    private IPAddress Address => _world.Configuration.PublicAddresses[0];

    [Test]
    public void OfAnOwnerThatDied()
    {
        var owner = Ready();
        var (first, second, closed) = (Open(owner), Open(owner), Open(owner));
        _world.For(0.5);
        owner.Context.Run(() => owner.Engine.ConnectionClosed(Address, closed));
        _world.For(0.01);

        _world.Kill(owner);

        Left(NextOwner(owner)).Should().BeEquivalentTo([first, second]);
    }

    [Test]
    public void OfAMomentAgo()
    {
        var owner = Ready();
        var client = Open(owner);
        _world.For(0.005);

        _world.Kill(owner);

        Left(NextOwner(owner)).Should().Equal(client);
    }

    [Test]
    public void OfAnOwnerThatIsFrozen()
    {
        var owner = Ready();
        var client = Open(owner);
        _world.For(0.01);

        owner.IsFrozen = true;

        Left(NextOwner(owner)).Should().Equal(client);
    }

    [Test]
    public void OfAnOwnerThatLetGo()
    {
        var owner = Ready();
        var client = Open(owner);

        owner.Context.Run(() => _ = owner.Engine.SetAsync(disabled: true));

        var next = NextOwner(owner);
        Left(next).Should().Equal(client);
        Left(owner).Should().Equal([client], "it may get the address back before its clients are told");
    }

    [Test]
    public void OfTwoOwnersThatDiedOneAfterTheOther()
    {
        var owner = Ready();
        var old = Open(owner);
        _world.For(0.01);
        _world.Kill(owner);
        var next = NextOwner(owner);
        var young = Open(next);
        _world.For(0.01);
        Left(next).Should().Equal([old], "its own client is there");

        _world.Kill(next);

        Left(NextOwner(next)).Should().BeEquivalentTo([old, young]);
    }

    [Test]
    public void UntilTheyWereTold()
    {
        var owner = Ready();
        Open(owner);
        _world.For(0.01);
        _world.Kill(owner);
        var next = NextOwner(owner);
        var young = Open(next);
        next.Context.Run(() => next.Engine.ClientsTold(Address));
        _world.For(0.01);

        foreach (var node in Living)
        {
            node.Engine.Connections.Count.Should().Be(1, "{0} knows the one that is there", node.Name);
        }

        _world.Kill(next);
        Left(NextOwner(next)).Should().Equal(young);
    }

    [Test]
    public void ByANodeThatWasAwayMeanwhile()
    {
        var owner = Ready();
        var bystander = _world.Nodes.Last(node => node != owner);
        _world.Kill(bystander);
        _world.For(1);
        var client = Open(owner);
        _world.For(0.01);
        _world.Start(bystander.Name);
        _world.Until(_world.IsAtHome, "at home again");

        Left(_world[bystander.Name]).Should().Equal(client);
    }

    [Test]
    public void ByTheOwnersNextLife()
    {
        var owner = Ready();
        var client = Open(owner);
        _world.For(0.01);
        _world.Kill(owner);
        _world.Start(owner.Name);
        _world.Until(_world.IsAtHome, "at home again");

        Left(_world[owner.Name]).Should().Equal(client);
    }

    [Test]
    public void AfterACut()
    {
        var owner = Ready();
        var bystander = Living.Last(node => node != owner);
        var closed = Open(owner);
        _world.For(0.01);
        _world.Cut(owner, bystander);
        owner.Context.Run(() => owner.Engine.ConnectionClosed(Address, closed));
        var client = Open(owner);
        _world.For(0.2);
        Left(bystander).Should().Equal([closed], "bytes to it are swallowed");

        _world.Heal();
        _world.Until(_world.IsAtHome, "at home again");
        _world.For(5);

        Left(bystander).Should().Contain(client).And.NotContain(closed);
    }

    [Test]
    public void AStormOfThemDoesNotCostALink()
    {
        var owner = Ready();
        for (var i = 0; i < 3000; i++)
        {
            Open(owner);
        }

        _world.For(1);

        Living.Should().OnlyContain(node => node.Engine.Connections.Count == 3000);
        _world.Nodes.SelectMany(node => node.Log).Should().NotContain(line => line.Contains("is lost"));
    }

    /// <summary>Clients come and go, nodes die, freeze and return: nobody who was there a second is missed.</summary>
    [Test]
    public void WhateverHappens([Range(1, 100)] int seed)
    {
        var random = new Random(seed);
        Ready();
        var open = new Dictionary<ClientConnection, (IPAddress Address, SimulatedNode Owner, double Since)>();
        for (var i = 0; i < 60; i++)
        {
            foreach (var address in _world.Configuration.PublicAddresses.Where(_ => random.Next(2) == 0))
            {
                if (_world.OwnersOf(address) is [var name])
                {
                    open[Open(_world[name], address)] = (address, _world[name], Now);
                }
            }

            foreach (var client in open.Keys.Where(_ => random.Next(4) == 0).ToArray())
            {
                Close(open, client);
            }

            _world.For(random.NextDouble());
            if (random.Next(6) == 0)
            {
                Hurt(open, random);
            }
        }
    }

    private IEnumerable<SimulatedNode> Living => _world.Nodes.Where(node => !node.IsDead);

    private double Now => _world.Time.GetTimestamp() / (double)TimeSpan.TicksPerSecond;

    private void Close(
        Dictionary<ClientConnection, (IPAddress Address, SimulatedNode Owner, double Since)> open,
        ClientConnection client)
    {
        open.Remove(client, out var entry);
        if (entry.Owner.Answers.Contains(entry.Address))
        {
            entry.Owner.Context.Run(() => entry.Owner.Engine.ConnectionClosed(entry.Address, client));
        }
    }

    private void Hurt(
        Dictionary<ClientConnection, (IPAddress Address, SimulatedNode Owner, double Since)> open, Random random)
    {
        var victim = Living.ElementAt(random.Next(Living.Count()));
        var kills = random.Next(2) == 0;
        var then = Now;
        if (kills)
        {
            _world.Kill(victim);
        }
        else
        {
            victim.IsFrozen = true;
        }

        _world.Until(_world.IsServed, "served again");
        foreach (var (client, entry) in open.Where(entry => entry.Value.Owner == victim).ToArray())
        {
            var owner = _world[_world.OwnersOf(entry.Address).Single()];
            if (owner != victim && entry.Since < then - 1)
            {
                owner.Engine.Connections.LeftAt(entry.Address).Should().Contain(
                    client, "{0} has {1} from {2}\n{3}", owner.Name, entry.Address, victim.Name, _world.Log());
            }

            open.Remove(client);
        }

        victim.IsFrozen = false;
        if (kills)
        {
            _world.Start(victim.Name);
        }

        _world.Until(_world.IsAtHome, "at home again");
        foreach (var client in open.Keys.Where(client => !open[client].Owner.Answers.Contains(open[client].Address))
            .ToArray())
        {
            open.Remove(client);
        }
    }

    private SimulatedNode Ready()
    {
        _world.Until(
            () => _world.IsAtHome() && _world.Nodes.All(node => node.Engine.Snapshot.Leader is not null), "ready");
        return _world[_world.OwnersOf(Address).Single()];
    }

    private ClientConnection Open(SimulatedNode owner, IPAddress? address = null)
    {
        var client = new ClientConnection(445, new IPEndPoint(IPAddress.Parse("10.0.0.200"), ++_port));
        owner.Context.Run(() => owner.Engine.ConnectionOpened(address ?? Address, client));
        return client;
    }

    private SimulatedNode NextOwner(SimulatedNode before)
    {
        _world.Until(() => _world.OwnersOf(Address) is [var name] && name != before.Name, "taken over");
        return _world[_world.OwnersOf(Address).Single()];
    }

    private IReadOnlyCollection<ClientConnection> Left(SimulatedNode node) => node.Engine.Connections.LeftAt(Address);
}
