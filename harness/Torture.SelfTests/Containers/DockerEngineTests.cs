using System.Net;
using System.Text;
using FluentAssertions;
using NUnit.Framework;
using Torture.Targets.Containers.Engine;

namespace Torture.SelfTests.Containers;

/// <summary>What is asked of an engine, and how its answers are read: against written answers.</summary>
[CancelAfter(30_000)]
public sealed class DockerEngineTests
{
    private static readonly AddressRange Range = new(0x1f);

    [Test]
    public async Task TheEnginesOwnVersionIsSpoken()
    {
        await using var fake = new FakeEngine();
        fake.Answers("GET /v1.41/networks", 200, "[]");
        using var engine = await fake.ConnectAsync();

        await engine.ListNetworksAsync(null, default);

        engine.Version.Should().Be(new EngineVersion("Docker", "20.10.24", "1.41", "amd64"));
        fake.Requests.Select(request => request.Line).Should().Equal("GET /version", "GET /v1.41/networks");
    }

    [Test]
    public async Task PodmanIsKnownByItsParts()
    {
        await using var fake = new FakeEngine();
        fake.Answers(
            "GET /version", 200,
            """{"Components":[{"Name":"Podman Engine"}],"Version":"4.3.1","ApiVersion":"1.41","Arch":"arm64"}""");

        using var engine = await fake.ConnectAsync();

        engine.Version.ToString().Should().Be("podman 4.3.1 (API 1.41)");
    }

    [Test]
    public async Task NetworksAreInternalAndMarked()
    {
        await using var fake = new FakeEngine();
        fake.Answers("POST /v1.41/networks/create", 201, """{"Id":"0123456789abcdef"}""");
        using var engine = await fake.ConnectAsync();

        var made = await engine.CreateNetworkAsync(
            new NetworkSpec("a", Range.Subnet) { Subnet6 = Range.Subnet6, Bridge = Range.Bridge }, default);

        fake.Requests[^1].Body.Should().Contain("\"Internal\":true").And.Contain("\"EnableIPv6\":true")
            .And.Contain("""{"Subnet":"172.31.31.0/24"},{"Subnet":"fd77:c0de:1f::/64"}""")
            .And.Contain("\"com.docker.network.bridge.name\":\"torture31\"")
            .And.Contain($"\"torture.run\":\"selftest.{fake.Mark.Key}\"").And.Contain("torture.owner");
        (made.Id, made.Bridge).Should().Be(("0123456789abcdef", "torture31"));
    }

    [Test]
    public async Task AContainerGetsAllOfItsNetworksBeforeItStarts()
    {
        await using var fake = new FakeEngine();
        fake.Answers("POST /v1.41/containers/create", 201, """{"Id":"c1"}""");
        fake.Answers("POST /v1.41/networks/b/connect", 200, "");
        using var engine = await fake.ConnectAsync();

        var id = await engine.CreateContainerAsync(Node(), default);

        id.Should().Be("c1");
        fake.Requests[1].Line.Should().Be("POST /v1.41/containers/create?name=n1");
        fake.Requests[1].Body.Should().Contain("\"NetworkMode\":\"a\"")
            .And.Contain("""{"a":{"IPAMConfig":{"IPv4Address":"172.31.31.11","IPv6Address":"fd77:c0de:1f::b"}}}""")
            .And.Contain("\"CapAdd\":[\"NET_ADMIN\"]").And.Contain("\"Tmpfs\":{\"/run\":\"\"}")
            .And.Contain("\"Binds\":[\"lock:/clusterlock\"]").And.Contain("\"Sysctls\":{\"net.a\":\"1\"}")
            .And.Contain("\"Env\":[\"A=b\"]").And.Contain("\"ExtraHosts\":[\"cluster:172.31.31.201\"]")
            .And.Contain("torture.owner").And.Contain("\"role\":\"node\"");
        fake.Requests[2].Body.Should().Be(
            """{"Container":"c1","EndpointConfig":{"IPAMConfig":{"IPv4Address":"172.31.31.12"}}}""");
    }

    [Test]
    public async Task AContainerThatCannotBePluggedInIsNotLeft()
    {
        await using var fake = new FakeEngine();
        fake.Answers("POST /v1.41/containers/create", 201, """{"Id":"c1"}""");
        fake.Answers("POST /v1.41/networks/b/connect", 403, """{"message":"Address already in use"}""");
        fake.Answers("GET /v1.41/containers/c1/json", 200, """{"Id":"c1","Name":"/n1","State":{"Status":"created"}}""");
        using var engine = await fake.ConnectAsync();

        var create = () => engine.CreateContainerAsync(Node(), default);

        (await create.Should().ThrowAsync<EngineException>()).Which.Trouble.Should().Be(EngineTrouble.AddressTaken);
        fake.Requests[^1].Line.Should().Be("DELETE /v1.41/containers/c1?force=1&v=1");
    }

    [TestCase(7, true)]
    [TestCase(8, false)]
    public async Task WhatGetsAwayFromTheFreezerIsFrozenAgain(int failures, bool isFrozen)
    {
        await using var fake = new FakeEngine();
        var attempts = 0;
        fake.Does("POST /v1.41/containers/n1/pause", (_, to) => attempts++ < failures
            ? FakeEngine.AnswerAsync(
                to, 500, """{"message":"OCI runtime pause failed: unable to freeze: unknown"}""")
            : FakeEngine.AnswerAsync(to, 204, ""));
        using var engine = await fake.ConnectAsync();

        var pausing = engine.Awaiting(one => one.PauseAsync("n1", default));

        if (isFrozen)
        {
            await pausing.Should().NotThrowAsync();
        }
        else
        {
            await pausing.Should().ThrowAsync<EngineException>().WithMessage("*unable to freeze*");
        }
    }

    [Test]
    public async Task ARefusalToFreezeIsTold()
    {
        await using var fake = new FakeEngine();
        fake.Answers("POST /v1.41/containers/n1/pause", 409, """{"message":"container n1 is not running"}""");
        using var engine = await fake.ConnectAsync();

        await engine.Awaiting(one => one.PauseAsync("n1", default)).Should().ThrowAsync<EngineException>();
        fake.Requests.Count(request => request.Line.EndsWith("/pause", StringComparison.Ordinal)).Should().Be(1);
    }

    [Test]
    public async Task AnInspectionIsRead()
    {
        await using var fake = new FakeEngine();
        fake.Answers("GET /v1.41/containers/n1/json", 200, """
            {"Id":"c1","Name":"/n1","State":{"Status":"paused","Running":true,"Paused":true,"Pid":4711,"ExitCode":0,
             "Error":""},"Config":{"Labels":{"a":"b"}},"NetworkSettings":{"SandboxKey":"/var/run/docker/netns/12ab",
             "Networks":{
              "pub":{"IPAddress":"172.31.9.11","GlobalIPv6Address":"fd77::b","MacAddress":"02:42:ac:1f:09:0b"},
              "priv":{"IPAddress":"","GlobalIPv6Address":"","MacAddress":""}}}}
            """);
        using var engine = await fake.ConnectAsync();

        var seen = await engine.InspectAsync("n1", default);

        seen.Should().BeEquivalentTo(new
        {
            Id = "c1", Name = "n1", State = ContainerState.Paused, ProcessId = 4711, ExitCode = 0, Problem = "",
            Sandbox = "/var/run/docker/netns/12ab",
        });
        seen!.Addresses["pub"].Should().Be(new AttachedAddress(
            IPAddress.Parse("172.31.9.11"), IPAddress.Parse("fd77::b"), "02:42:ac:1f:09:0b"));
        seen.Addresses["priv"].Should().Be(new AttachedAddress(null, null, ""));
        (await engine.InspectAsync("n2", default)).Should().BeNull("404 is an answer");
    }

    [Test]
    public async Task AProgramIsAttachedBothWays()
    {
        await using var fake = new FakeEngine();
        fake.Answers("POST /v1.41/containers/n1/exec", 201, """{"Id":"e1"}""");
        fake.Does("POST /v1.41/exec/e1/start", async (_, stream) =>
        {
            await stream.WriteAsync("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"u8.ToArray());
            // Only the end of the input brings the answer: a half-closed connection must go on.
            using var reader = new StreamReader(stream, leaveOpen: true);
            var said = Encoding.UTF8.GetBytes((await reader.ReadToEndAsync()).ToUpperInvariant());
            await stream.WriteAsync(
                (byte[])[2, 0, 0, 0, 0, 0, 0, 1, (byte)'!', 1, 0, 0, 0, 0, 0, 0, (byte)said.Length, .. said]);
        });
        var asked = 0;
        fake.Does("GET /v1.41/exec/e1/json", (_, stream) => FakeEngine.AnswerAsync(
            stream, 200,
            asked++ == 0 ? """{"Running":true,"ExitCode":null}""" : """{"Running":false,"ExitCode":3}"""));
        using var engine = await fake.ConnectAsync();

        var result = await engine.RunAsync("n1", new ExecSpec("cat", "-"), "secret", default);

        result.Should().Be(new ExecResult(3, "SECRET", "!"));
        fake.Requests[1].Body.Should().Contain("\"AttachStdin\":true").And.Contain("\"Cmd\":[\"cat\",\"-\"]");
    }

    [TestCase("", nameof(EngineTrouble.WentAway))]
    [TestCase("\u0001\0\0\0\0\0\0\u0005abc", nameof(EngineTrouble.WentAway))]
    [TestCase("garbage from somewhere", nameof(EngineTrouble.Garbled))]
    public async Task AnAttachedStreamThatBreaksIsAnError(string raw, string trouble)
    {
        await using var fake = new FakeEngine();
        fake.Answers("POST /v1.41/containers/n1/exec", 201, """{"Id":"e1"}""");
        fake.Says(
            "POST /v1.41/exec/e1/start",
            $"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n{raw}");
        fake.Says("GET /v1.41/exec/e1/json", "");
        using var engine = await fake.ConnectAsync();

        var run = () => engine.RunAsync("n1", default, "cat");

        (await run.Should().ThrowAsync<EngineException>()).Which.Trouble.ToString().Should().Be(trouble);
    }

    [Test]
    public async Task AProgramThatCannotBeAttachedIsARefusal()
    {
        await using var fake = new FakeEngine();
        fake.Answers("POST /v1.41/containers/n1/exec", 201, """{"Id":"e1"}""");
        fake.Answers("POST /v1.41/exec/e1/start", 409, """{"message":"Container n1 is paused, unpause it first"}""");
        using var engine = await fake.ConnectAsync();

        var run = () => engine.RunAsync("n1", default, "cat");

        (await run.Should().ThrowAsync<EngineException>())
            .WithMessage("*refuses to run cat in container n1: Container n1 is paused*");
    }

    [Test]
    public async Task ALogIsReadThroughItsFrames()
    {
        await using var fake = new FakeEngine();
        fake.Answers(
            "GET /v1.41/containers/n1/logs?stdout=1&stderr=1&tail=5", 200,
            "\u0001\0\0\0\0\0\0\u0003one\u0002\0\0\0\0\0\0\u0003two");
        using var engine = await fake.ConnectAsync();

        (await engine.ReadLogsAsync("n1", 5, default)).Should().Be("onetwo");
    }

    private static ContainerSpec Node() => new("n1", "torture-node:1")
    {
        Networks = [new Attachment("a", Range.Address(11), Range.Address6(11)), new Attachment("b", Range.Address(12))],
        Capabilities = ["NET_ADMIN"],
        MemoryFolders = ["/run"],
        Volumes = new Dictionary<string, string> { ["/clusterlock"] = "lock" },
        Sysctls = new Dictionary<string, string> { ["net.a"] = "1" },
        Environment = new Dictionary<string, string> { ["A"] = "b" },
        Hosts = new Dictionary<string, IPAddress> { ["cluster"] = Range.Address(201) },
        Labels = new Dictionary<string, string> { ["role"] = "node" },
    };
}
