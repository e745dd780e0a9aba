using System.Text;
using FluentAssertions;
using NUnit.Framework;
using Torture.ReferenceServer.Control;

namespace Torture.SelfTests.Ctdbd;

/// <summary>What a cluster file says of its engine, and what is told where that makes no sense.</summary>
public sealed class EngineSettingsTests
{
    private const string Nodes =
        """ "nodes": [{ "name": "n1", "private": "10.0.0.1", "address": "10.0.1.1" }], "controlFolder": "/run/x" """;

    [Test]
    public void CtdbNeedsNoLock()
    {
        var cluster = Parse(""" "engine": { "kind": "Ctdb", "socket": "/srv/{node}/ctdbd.socket" } """);

        cluster.Engine.SocketOf("n1").Should().Be("/srv/n1/ctdbd.socket");
        cluster.Engine.StartTimeout.Should().Be(10);
        Parse(""" "engine": { "kind": "Ctdb" } """).Engine.Socket.Should().Be("/var/run/ctdb/ctdbd.socket");
        Parse(""" "lock": { "kind": "Lease", "path": "/x" } """).Engine.Kind.Should().Be(EngineKind.Embedded);
    }

    [TestCase(""" "engine": { } """, "c.json: lock.path must be given for engine embedded")]
    [TestCase(""" "engine": { "kind": "Pacemaker" } """, "c.json: line 1, $.engine.kind: *")]
    [TestCase(
        """ "engine": { "kind": "Ctdb", "socket": "ctdbd.socket" } """,
        "c.json: engine.socket \"ctdbd.socket\": the absolute path of ctdbd's socket")]
    [TestCase(
        """ "engine": { "kind": "Ctdb", "socket": "" } """,
        "c.json: engine.socket \"\": the absolute path of ctdbd's socket")]
    [TestCase(
        """ "engine": { "kind": "Ctdb", "startTimeout": -1 } """, "c.json: engine.startTimeout -1: 0 to 3600 seconds")]
    [TestCase(""" "engine": { "kind": "Ctdb", "sockets": "/x" } """, "c.json: line 1*sockets*")]
    public void IsOneLine(string engine, string why) =>
        FluentActions.Invoking(() => Parse(engine)).Should().Throw<ConfigurationException>().WithMessage(why)
            .Which.Message.Should().NotContain("\n");

    [TestCase(""" "daemon": { "program": "ctdbd" } """, "c.json: engine.daemon.program \"ctdbd\": an absolute path")]
    [TestCase(
        """ "daemon": { "tunables": ["KeepaliveInterval=1", "x y"] } """,
        "c.json: engine.daemon.tunables \"x y\": NAME=NUMBER, as KeepaliveInterval=1")]
    [TestCase(
        """ "daemon": { "leaderTimeout": 0 } """, "c.json: engine.daemon.leaderTimeout 0: 1 to 3600 seconds")]
    [TestCase(""" "daemon": { } """, "c.json: lock.path must be given for engine.daemon: CTDB's cluster lock, *")]
    public void ADaemonThatCannotBeIsOneLine(string daemon, string why) => FluentActions
        .Invoking(() => Parse($$""" "network": { }, "engine": { "kind": "Ctdb", {{daemon}} } """))
        .Should().Throw<ConfigurationException>().WithMessage(why);

    [Test]
    public void ADaemonNeedsANetworkStackOfItsOwn() => FluentActions
        .Invoking(() => Parse(""" "engine": { "kind": "Ctdb", "daemon": { } } """))
        .Should().Throw<ConfigurationException>().WithMessage("c.json: engine.daemon: * network must be given");

    [Test]
    public void PathsOfSocketsAreShort()
    {
        var path = "/" + new string('x', 120);

        FluentActions.Invoking(() => Parse($$""" "engine": { "kind": "Ctdb", "socket": "{{path}}" } """))
            .Should().Throw<ConfigurationException>().WithMessage("*longer than the 107 bytes*");
    }

    private static ClusterConfiguration Parse(string more) => ClusterFile.Parse(
        Encoding.UTF8.GetBytes($$"""{ "name": "c", "netName": "C", {{Nodes}}, {{more}} }"""), "c.json");
}
