using System.Net;
using System.Text;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Running;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;
using Torture.ReferenceServer.Takeover;

namespace Torture.SelfTests.Hostile;

/// <summary>
/// Somebody at the address of a dead node speaks to a living one: what is no line of a link ends the link, and the
/// node goes on serving. (Who speaks the lines well is believed: the links are for the cluster's own network.)
/// </summary>
[CancelAfter(120_000)]
public sealed class LinkLines
{
    private const int Megabyte = 1 << 20;
    private const int Seeds = 300;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private LonelyNode _node = null!;

    private ClusterConfiguration Configuration => _node.Cluster.Configuration;

    private LinkMessage Hello => new() { Hello = new LinkHello(Configuration.Name, "n2") };

    [OneTimeSetUp]
    public async Task Up()
    {
        _node = await LonelyNode.UpAsync(nodes: 2);
        await _node.Cluster.ApplyAsync(new KillNode(_node.Cluster.Nodes[1]), CancellationToken.None);
    }

    /// <summary>In the end the real node comes back, and everything is as it was.</summary>
    [OneTimeTearDown]
    public async Task Down()
    {
        await _node.Cluster.HealAsync(new KillNode(_node.Cluster.Nodes[1]), CancellationToken.None);
        var seen = await Poll.UntilAsync(
            async () => await _node.Cluster.ObserveAsync(CancellationToken.None) is var all
                && all.Nodes.All(node => node is { State: NodeState.Ok, Owned.Count: > 0 }) ? all : null,
            Limit, TimeProvider.System, CancellationToken.None);
        await _node.DisposeAsync();
        seen.Should().NotBeNull("the cluster is whole again");
    }

    [TestCase("hello\n")]
    [TestCase("\n")]
    [TestCase("null\n")]
    [TestCase("{}\n")]
    [TestCase("{\"hello\":null}\n")]
    [TestCase("{\"hello\":{}}\n")]
    [TestCase("{\"hello\":{\"cluster\":null,\"node\":null}}\n")]
    [TestCase("{\"hello\":{\"cluster\":\"another\",\"node\":\"n2\"}}\n")]
    [TestCase("{\"beat\":{\"number\":1}}\n")]
    [TestCase("[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]\n")]
    public async Task WhoDoesNotSayWhoItIsIsLeft(string text, CancellationToken cancellationToken)
    {
        await using var link = await ConnectAsync(cancellationToken);
        await link.Stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);

        await MustEndAsync(link, cancellationToken);
        await MustServeAsync(cancellationToken);
    }

    [TestCase("n1"), TestCase("n9"), TestCase("")]
    public async Task WhoSaysThatItIsSomebodyElseIsLeft(string name, CancellationToken cancellationToken)
    {
        await using var link = await ConnectAsync(cancellationToken);
        await SendAsync(link, new() { Hello = new LinkHello(Configuration.Name, name) }, cancellationToken);

        await MustEndAsync(link, cancellationToken);
        await MustServeAsync(cancellationToken);
    }

    [Test]
    public async Task AStrangersWordsAreNotHeard(CancellationToken cancellationToken)
    {
        using var stranger = _node.Cluster.ClaimClient("stranger");
        await using var link = await ConnectAsync(cancellationToken, stranger.Address);

        await MustEndAsync(link, cancellationToken);
        await MustServeAsync(cancellationToken);
    }

    [TestCase(false), TestCase(true)]
    public async Task ALineThatNeverEndsIsCutOff(bool afterHello, CancellationToken cancellationToken)
    {
        await using var link = afterHello
            ? await LinkedAsync(cancellationToken) : await ConnectAsync(cancellationToken);
        var chunk = new byte[64 * 1024];
        Array.Fill(chunk, (byte)' ');
        var sent = 0L;
        try
        {
            while (sent < 256 * Megabyte)
            {
                await link.Stream.WriteAsync(chunk, cancellationToken);
                sent += chunk.Length;
            }
        }
        catch (IOException)
        {
        }

        // What the two kernels buffer comes on top of what is read.
        sent.Should().BeLessThan(32 * Megabyte);
        await MustServeAsync(cancellationToken);
    }

    [TestCase("hello")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{\"what\":1}")]
    [TestCase("{\"beat\":{}}")]
    [TestCase("{\"beat\":{\"number\":1,\"echo\":1,\"state\":\"Ok\",\"term\":1,\"leading\":false,"
        + "\"epoch\":0,\"command\":0,\"held\":[null],\"wanted\":[],\"tableTerm\":0,\"tableVersion\":0}}")]
    [TestCase("{\"hold\":{\"term\":1,\"epoch\":0,\"number\":1,\"addresses\":[null]}}")]
    [TestCase("{\"hold\":{\"term\":1e99,\"epoch\":0,\"number\":1,\"addresses\":[]}}")]
    [TestCase("{\"table\":{\"term\":1}}")]
    [TestCase("{\"request\":{\"id\":1,\"request\":null}}")]
    [TestCase("{\"request\":{\"id\":1,\"request\":{\"verb\":null}}}")]
    [TestCase("{\"response\":{\"id\":1,\"response\":null}}")]
    public async Task WhatIsNoLineOfALinkEndsIt(string line, CancellationToken cancellationToken)
    {
        await using var link = await LinkedAsync(cancellationToken);
        await link.Stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);

        await MustEndAsync(link, cancellationToken);
        await MustServeAsync(cancellationToken);
    }

    [Test]
    public async Task UnknownRequestsAreRefused(CancellationToken cancellationToken)
    {
        await using var link = await LinkedAsync(cancellationToken);
        var request = new RoutedRequest(7, new ControlRequest("no-such-verb"));
        await SendAsync(link, new() { Request = request }, cancellationToken);

        RoutedResponse? response = null;
        while (response is null)
        {
            var heard = await link.Lines.ReadAsync(ControlJson.Default.LinkMessage, cancellationToken);
            response = heard!.Response;
        }

        response.Id.Should().Be(7);
        response.Response.Ok.Should().BeFalse();
        await MustServeAsync(cancellationToken);
    }

    [Test]
    public async Task RandomLinesEndNothingButTheirLink(CancellationToken cancellationToken)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            await using var link = await LinkedAsync(cancellationToken);
            try
            {
                for (var i = random.Next(1, 6); i > 0; i--)
                {
                    var good = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                        Any(random), ControlJson.Default.LinkMessage);
                    await link.Stream.WriteAsync(
                        (byte[])[.. HostileText.Mutate(good, random), (byte)'\n'], cancellationToken);
                }
            }
            catch (IOException)
            {
                // The first line was enough.
            }
        }

        await MustServeAsync(cancellationToken);
    }

    [Test]
    public async Task WhoSendsFasterThanCanBeHeardIsReadNoFaster(CancellationToken cancellationToken)
    {
        await using var link = await LinkedAsync(cancellationToken);
        var before = _node.Memory();
        var beats = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(
            System.Text.Json.JsonSerializer.Serialize(
                new LinkMessage { Beat = Beat(1) }, ControlJson.Default.LinkMessage) + "\n", 1000)));
        var reading = DrainAsync(link, cancellationToken);
        try
        {
            for (var i = 0; i < 200; i++)
            {
                await link.Stream.WriteAsync(beats, cancellationToken);
            }
        }
        catch (IOException)
        {
            // Whoever answers to none of its heartbeats is taken for deaf and left.
        }

        (_node.Memory() - before).Should().BeLessThan(64 * Megabyte);
        await MustServeAsync(cancellationToken);
        await link.DisposeAsync();
        await reading;
    }

    [Test]
    public async Task ManyThatSayNothingTakeABoundedNumberOfFiles(CancellationToken cancellationToken)
    {
        var before = _node.OpenFiles();
        var many = new List<Link>();
        for (var i = 0; i < 500; i++)
        {
            many.Add(await ConnectAsync(cancellationToken));
        }

        (_node.OpenFiles() - before).Should().BeLessThan(150);
        await MustServeAsync(cancellationToken);
        foreach (var link in many)
        {
            await link.DisposeAsync();
        }
    }

    private static LinkMessage Any(Random random) => random.Next(5) switch
    {
        0 => new() { Beat = Beat(random.Next(5)) },
        1 => new() { Hold = new HoldCommand(1, 0, 1, 1, [IPAddress.Loopback]) },
        2 => new()
        {
            Table = ClusterTable.Empty with
            {
                Term = 1, Leader = "n2", Addresses = [new AddressOwner(IPAddress.Loopback, "n2")],
                Members = [new MemberStatus("n2", MemberState.Ok, true)], Shares = [new ShareOwner("failover", "n2")],
            },
        },
        3 => new() { Connections = Line(), MissedConnections = true },
        _ => new() { Request = new RoutedRequest(1, new ControlRequest(ControlVerb.MoveClient) { Client = "c" }) },
    };

    private static ConnectionLine Line() => new(1, true,
    [
        new ConnectionNews(IPAddress.Loopback, 1, new HoldingNews(
            "n2", 2, 1, Whole: true, [new ClientConnection(445, new IPEndPoint(IPAddress.Loopback, 1))], [])),
    ]);

    private static Heartbeat Beat(long number) => new(
        number, 1, MemberState.Ok, 0, Leading: false, 0, 0, 0, [], [IPAddress.Parse("127.0.0.1")], 0, 0);

    private async Task<Link> ConnectAsync(CancellationToken cancellationToken, IPAddress? from = null)
    {
        var to = new IPEndPoint(Configuration.Nodes[0].Private, Configuration.Ports.Link);
        var connection = await _node.Cluster.ConnectAsync(
            from ?? Configuration.Nodes[1].Private, to, cancellationToken);
        return new Link(connection.Stream, new LineStream(connection.Stream));
    }

    /// <summary>A link whose two ends know each other.</summary>
    private async Task<Link> LinkedAsync(CancellationToken cancellationToken)
    {
        var link = await ConnectAsync(cancellationToken);
        await SendAsync(link, Hello, cancellationToken);
        var heard = await link.Lines.ReadAsync(ControlJson.Default.LinkMessage, cancellationToken);
        heard!.Hello!.Node.Should().Be("n1");
        return link;
    }

    private static ValueTask SendAsync(Link link, LinkMessage message, CancellationToken cancellationToken) =>
        link.Lines.WriteAsync(message, ControlJson.Default.LinkMessage, cancellationToken);

    private static async Task MustEndAsync(Link link, CancellationToken cancellationToken)
    {
        try
        {
            while (await link.Lines.ReadAsync(ControlJson.Default.LinkMessage, cancellationToken) is not null)
            {
            }
        }
        catch (IOException)
        {
        }
    }

    private static async Task DrainAsync(Link link, CancellationToken cancellationToken)
    {
        try
        {
            await MustEndAsync(link, cancellationToken);
        }
        catch (ObjectDisposedException)
        {
        }
    }

    /// <summary>Alone again, the node holds every address.</summary>
    private async Task MustServeAsync(CancellationToken cancellationToken)
    {
        await _node.MustServeAsync(cancellationToken);
        var whole = await Poll.UntilAsync(
            async () => await _node.ObserveAsync(cancellationToken) is { Permitted: true } status
                && status.Held.Count == Configuration.PublicAddresses.Count ? status : null,
            Limit, TimeProvider.System, cancellationToken);
        whole.Should().NotBeNull("it serves every address");
    }

    private sealed record Link(Stream Stream, LineStream Lines) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Stream.DisposeAsync();
    }
}
