using System.Net;
using System.Text.Json;
using FluentAssertions;
using NUnit.Framework;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;
using Torture.ReferenceServer.Takeover;

namespace Torture.SelfTests.Failover;

/// <summary>The book of connections against everything that a peer can tell.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ConnectionBookTests
{
    private static readonly IPAddress Address = IPAddress.Parse("10.0.0.101");

    private readonly ConnectionBook _book = new("n1", [Address]);

    [Test]
    public void TheNewerTellingIsRight()
    {
        _book.Learn(News("n2", order: 5, version: 3, whole: true, Client(1), Client(2)));
        _book.Learn(News("n2", order: 5, version: 2, whole: true, Client(3)));
        _book.Learn(News("n2", order: 5, version: 3, whole: true, Client(4)));
        _book.LeftAt(Address).Should().BeEquivalentTo([Client(1), Client(2)]);

        _book.Learn(News("n2", order: 5, version: 4, whole: true, Client(3)));
        _book.LeftAt(Address).Should().Equal(Client(3));
    }

    [Test]
    public void AnAdditionToWhatIsNotKnownWaitsForTheWhole()
    {
        _book.Learn(News("n2", order: 5, version: 1, whole: false, Client(1)));
        _book.Learn(News("n2", order: 5, version: 3, whole: false, Client(3)));
        _book.Learn(News("n3", order: 6, version: 2, whole: false, Client(4)));
        _book.LeftAt(Address).Should().Equal(Client(1));

        _book.Learn(News("n2", order: 5, version: 3, whole: true, Client(2), Client(3)));
        _book.LeftAt(Address).Should().BeEquivalentTo([Client(2), Client(3)]);
    }

    [Test]
    public void WhatIsHistoryStaysHistory()
    {
        _book.Learn(News("n2", order: 5, version: 1, whole: true, Client(1)));
        _book.Learn(new ConnectionNews(Address, Settled: 6));
        _book.LeftAt(Address).Should().BeEmpty();

        _book.Learn(News("n2", order: 5, version: 9, whole: true, Client(1)));
        _book.LeftAt(Address).Should().BeEmpty("who tells that has missed something");
        _book.Count.Should().Be(0);
    }

    [Test]
    public void AnOwnHoldingIsNotChangedByOthers()
    {
        _book.Begin(Address, order: 1);
        _book.Open(Address, Client(1));
        var own = _book.TakeNews().Should().ContainSingle().Subject.Holding!;

        _book.Learn(new ConnectionNews(Address, 0, own with { Version = own.Version + 5, Opened = [Client(2)] }));
        _book.Learn(new ConnectionNews(Address, Settled: own.Order + 1));

        _book.End(Address);
        _book.LeftAt(Address).Should().Equal(Client(1));
    }

    [Test]
    public void WhatCameAndWentMeanwhileIsNoNews()
    {
        _book.Begin(Address, order: 1);
        _book.Open(Address, Client(1));
        _book.Close(Address, Client(1));

        _book.TakeNews().SelectMany(news => news.Holding!.Opened).Should().BeEmpty();
        _book.Close(Address, Client(2));
        _book.TakeNews().Should().BeEmpty();
    }

    [Test]
    public void ItIsBounded()
    {
        for (var node = 0; node < 100; node++)
        {
            var clients = Enumerable.Range(0, 10_000).Select(port => new ClientConnection(
                445, new IPEndPoint(node, port))).ToArray();
            _book.Learn(News($"n{node}", order: node, version: 1, whole: true, clients));
        }

        _book.Count.Should().Be(ConnectionBook.Maximum);
        _book.Learn(new ConnectionNews(Address, Settled: 1000));
        _book.Count.Should().Be(0);
    }

    [Test]
    public void TheOldestOfManyHoldingsGo()
    {
        for (var order = 0; order < 1000; order++)
        {
            _book.Learn(News("n2", order, version: 1, whole: true, Client(order)));
        }

        _book.LeftAt(Address).Should().HaveCount(32).And.Contain(Client(999)).And.NotContain(Client(0));
    }

    [Test]
    public void NonsenseChangesNothing()
    {
        _book.Learn(new ConnectionNews(IPAddress.Parse("10.0.0.102"), 7));
        _book.Learn(new ConnectionNews(Address, long.MaxValue));
        _book.Learn(News("n2", order: -1, version: 1, whole: true, Client(1)));
        _book.Learn(News("n2", order: long.MaxValue, version: 1, whole: true, Client(1)));
        _book.Open(Address, Client(1));
        _book.Close(Address, Client(1));
        _book.End(Address);

        _book.Settle(Address).Should().BeNull("it is nobody's here");
        _book.Count.Should().Be(0);
        _book.All().Should().BeEmpty();
    }

    [Test]
    public void TheLongestHoldingFitsALine()
    {
        var address = IPAddress.Parse("fd77:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        var clients = Enumerable.Range(0, ConnectionBook.MaximumOfHolding)
            .Select(i => new ClientConnection(49_152, new IPEndPoint(address, 50_000 + i))).ToArray();
        var line = JsonSerializer.SerializeToUtf8Bytes(
            new LinkMessage { Connections = new ConnectionLine(1, true, [News("n2", 1, 1, whole: true, clients)]) },
            ControlJson.Default.LinkMessage);

        line.Length.Should().BeLessThan(LineStream.DefaultMaximum);
        var read = JsonSerializer.Deserialize(line, ControlJson.Default.LinkMessage)!.Connections!;
        read.News.Should().ContainSingle().Which.Holding!.Opened.Should().Equal(clients);
    }

    private static ClientConnection Client(int port) => new(445, new IPEndPoint(IPAddress.Parse("10.0.0.9"), port));

    private static ConnectionNews News(
        string node, long order, long version, bool whole, params ClientConnection[] opened) =>
        new(Address, 0, new HoldingNews(node, order, version, whole, opened, []));
}
