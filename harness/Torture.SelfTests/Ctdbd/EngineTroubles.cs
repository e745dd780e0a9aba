using System.Net;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.SelfTests.Ctdbd;

using static EngineWorld;

/// <summary>Starts that cannot be, daemons that hang, and what administrators do.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(60_000)]
public sealed class EngineTroubles
{
    [Test]
    public async Task AFrozenDaemonEndsThePermission()
    {
        await using var world = new EngineWorld(new FailoverProfile { KeepAliveInterval = 0.05, KeepAliveLimit = 20 });
        var node = await world.StartAsync("n1");
        await world.UntilAsync(() => node.Serves(A), "n1 has A");

        world.Ctdb.Admits = (_, _) => false;

        await world.UntilAsync(() => !node.Serves(A) && node.Seen.Held.Count == 0, "n1 lets go");
        node.Seen.State.Should().Be(MemberState.Disconnected);
        node.Lines.Should().Contain(line => line.Contains("ctdbd has not answered for the keep-alive time"));
        world.Ctdb.Thaw();
        await world.UntilAsync(() => node.Serves(A) && node.Seen.State == MemberState.Ok, "n1 is back");
    }

    [Test]
    public async Task NobodyListens()
    {
        await using var world = new EngineWorld();
        world.Configuration.Engine.StartTimeout = 0.3;
        world.Ctdb.Close(0);

        (await world.Invoking(w => w.StartAsync("n1")).Should().ThrowAsync<ConfigurationException>())
            .WithMessage("engine ctdb: /fake/n1: nobody listens there (waited 0.3 s): start ctdbd, or set*");
    }

    [Test]
    public async Task TheDaemonMayComeLater()
    {
        await using var world = new EngineWorld();
        world.Configuration.Engine.StartTimeout = 30;
        world.Ctdb.Close(0);
        var starting = world.StartAsync("n1");

        world.Ctdb.Open(0);

        var node = await starting;
        await world.UntilAsync(() => node.Serves(A), "n1 has A");
    }

    [Test]
    public async Task TheDaemonOfAnotherNodeIsRefused()
    {
        await using var world = new EngineWorld();
        world.Configuration.Engine.Socket = "/fake/n2";

        (await world.Invoking(w => w.StartAsync("n1")).Should().ThrowAsync<ConfigurationException>()).WithMessage(
            "engine ctdb: /fake/n2 is the daemon of CTDB's node 1 at 10.1.0.2, and n1 has the private address 10.1.0*");
    }

    [Test]
    public async Task ADaemonThatDoesNotAnswerIsNotWaitedForForEver()
    {
        await using var world = new EngineWorld();
        world.Ctdb.Admits = (_, request) => request.Control != CtdbControl.GET_NODEMAP;
        world.Configuration.Engine.StartTimeout = 0.2;

        (await world.Invoking(w => w.StartAsync("n1")).Should().ThrowAsync<ConfigurationException>())
            .WithMessage("engine ctdb: /fake/n1: it takes too long*");
    }

    [Test]
    public async Task ClientsAreToldToTheDaemon()
    {
        await using var world = new EngineWorld();
        var node = await world.StartAsync("n1");
        await world.UntilAsync(() => node.Serves(A), "n1 has A");
        var (own, others) = (new Client(A, 1), new Client(B, 2));

        node.Engine.ConnectionOpened(own);
        node.Engine.ConnectionOpened(others);
        node.Engine.ConnectionClosed(own);

        await world.UntilAsync(() => others.IsAborted, "the connection of an address that is not here ends");
        own.IsAborted.Should().BeFalse();
        await UntilSaidAsync(world, "0 TCP_CLIENT_DISCONNECTED at home");
        Said(world, "TCP_CLIENT").Should().Equal(
            "0 TCP_CLIENT at home", "0 TCP_CLIENT at home", "0 TCP_CLIENT_DISCONNECTED at home");
    }

    [TestCase(ControlVerb.Disable, "0 DISABLE_NODE at home")]
    [TestCase(ControlVerb.Enable, "0 ENABLE_NODE at home")]
    [TestCase(ControlVerb.Stop, "0 STOP_NODE at home")]
    [TestCase(ControlVerb.Continue, "0 CONTINUE_NODE at home")]
    [TestCase(ControlVerb.Ban, "0 SET_BAN_STATE at 0")]
    [TestCase(ControlVerb.Unban, "0 SET_BAN_STATE at 0")]
    public async Task VerbsAreControls(string verb, string control)
    {
        await using var world = new EngineWorld();
        var node = await world.StartAsync("n1");

        var done = await node.Engine.AdministerAsync(new ControlRequest(verb));

        done.Ok.Should().BeTrue(done.Error);
        await UntilSaidAsync(world, control);
        await UntilSaidAsync(world, "0 TAKEOVER_RUN");
    }

    [Test]
    public async Task HealthIsNotTheEngines()
    {
        await using var world = new EngineWorld();
        var node = await world.StartAsync("n1");

        (await node.Engine.AdministerAsync(new ControlRequest(ControlVerb.Unhealthy)))
            .Error.Should().Be("unhealthy is not the engine's to do: ctdbd decides that by its own event scripts");
    }

    [TestCase(0)]
    [TestCase(2)]
    public async Task AMoveIsWhatTheToolDoes(int busy)
    {
        await using var world = new EngineWorld();
        await world.StartAllAsync();
        world.Ctdb.BusyRuns = busy;

        var done = await world["n3"].Engine.AdministerAsync(
            new ControlRequest(ControlVerb.MoveAddress) { Address = A, Node = "n2" });

        done.Ok.Should().BeTrue(done.Error);
        await world.UntilAsync(() => world.AllSay(A, "n2") && world["n2"].Serves(A), "n2 has A");
        await UntilSaidAsync(world, "2 DISABLE_TAKEOVER_RUNS 0");
        Said(world, "2 ").Where(line => line.Contains("RUNS") || line.Contains("_IP at") || line.Contains("ALLOC"))
            .Should().BeEquivalentTo(
            [
                .. Enumerable.Repeat("2 DISABLE_TAKEOVER_RUNS 20", busy + 1),
                "2 RELEASE_IP at 0", "2 RELEASE_IP at 2", "2 TAKEOVER_IP at 1",
                "2 IPREALLOCATED at 0", "2 IPREALLOCATED at 1", "2 IPREALLOCATED at 2", "2 DISABLE_TAKEOVER_RUNS 0",
            ]);
    }

    [TestCase("10.9.0.9", "n2", "no such public address")]
    [TestCase("10.9.0.1", "n7", "n7 is no node that can own something now")]
    public async Task AMoveThatCannotBeIsRefused(string address, string node, string why)
    {
        await using var world = new EngineWorld();
        await world.StartAllAsync();

        var refused = await world["n1"].Engine.AdministerAsync(
            new ControlRequest(ControlVerb.MoveAddress) { Address = IPAddress.Parse(address), Node = node });

        refused.Should().BeEquivalentTo(ControlResponse.Refused(why));
    }

    [Test]
    public async Task EveryWitnessServerIsAskedThatIsThere()
    {
        await using var world = new EngineWorld();
        await world.StartAllAsync();
        var request = new ControlRequest(ControlVerb.MoveClient) { Client = "n2" };
        var answers = Array.Empty<ControlResponse>();
        while (answers.Length < 2)
        {
            answers = await world["n1"].Engine.AskPeersAsync(request);
        }

        answers.Sum(answer => answer.Count).Should().Be(1);
        await world["n2"].Engine.DisposeAsync();
        while (answers.Length > 1)
        {
            answers = await world["n1"].Engine.AskPeersAsync(request);
        }

        answers.Should().ContainSingle().Which.Ok.Should().BeTrue();
    }

    [Test]
    public async Task AShareMovesOnEveryNodeAndStaysMoved()
    {
        await using var world = new EngineWorld();
        await world.StartAsync("n1");
        await world.StartAsync("n2");
        await world.UntilAsync(() => Owners(world).All(owner => owner == "n1"), "n1 has it");
        var move = new ControlRequest(ControlVerb.MoveShare) { Share = "failover" };
        (await world["n2"].Engine.AdministerAsync(move with { Node = "n3" })).Ok.Should().BeTrue();
        await world.UntilAsync(() => Owners(world).All(owner => owner == "n3"), "both say n3");

        await world.StartAsync("n3");
        await world.UntilAsync(() => Owners(world).Count(owner => owner == "n3") == 3, "n3 says it too");

        (await world["n3"].Engine.AdministerAsync(move)).Ok.Should().BeTrue();
        await world.UntilAsync(() => Owners(world).All(owner => owner == "n1"), "it is at home");
        (await world["n1"].Engine.AdministerAsync(move with { Share = "none" })).Ok.Should().BeFalse();
    }

    private static IEnumerable<string?> Owners(EngineWorld world) =>
        world.Nodes.Select(node => node.Seen.Table.OwnerOf("failover"));

    private static Task UntilSaidAsync(EngineWorld world, string what) =>
        world.UntilAsync(() => Said(world, what).Length > 0, what);

    private static string[] Said(EngineWorld world, string start)
    {
        lock (world.Ctdb.Said)
        {
            return [.. world.Ctdb.Said.Where(line => line.Contains(start))];
        }
    }

    private sealed class Client(IPAddress address, int port) : NodeConnection(
        Stream.Null, new IPEndPoint(address, 445), new IPEndPoint(IPAddress.Parse("10.3.0.1"), port))
    {
        private volatile bool _isAborted;

        public bool IsAborted => _isAborted;

        public override void Abort() => _isAborted = true;
    }
}
