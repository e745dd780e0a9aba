using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using NUnit.Framework;
using Torture.SelfTests.Witness;
using Torture.Targets.Containers.Engine;

namespace Torture.SelfTests.Containers;

/// <summary>Whatever is wrong with an engine, people read one line that says what to do.</summary>
[CancelAfter(30_000)]
public sealed class EngineTroubleTests
{
    [TestCase(404, "No such image: torture-node:1", nameof(EngineTrouble.NoImage), "`torture cluster images`")]
    [TestCase(404, "No such container: n1", nameof(EngineTrouble.NotFound), "No such container: n1")]
    [TestCase(403, "Pool overlaps with other one on this address space",
        nameof(EngineTrouble.AddressTaken), "cluster down --all")]
    [TestCase(500, "Address already in use", nameof(EngineTrouble.AddressTaken), "docker network ls")]
    [TestCase(409, "Conflict. The container name \"/n1\" is already in use by container \"ab\". You have to remove it.",
        nameof(EngineTrouble.NameTaken), "cluster down --all")]
    [TestCase(409, "network with name a already exists", nameof(EngineTrouble.NameTaken), "cluster down --all")]
    [TestCase(500, "write /var/lib/docker/x: no space left on device",
        nameof(EngineTrouble.NoSpace), "docker system df")]
    [TestCase(500, "something\nof two lines\u001b[31m", nameof(EngineTrouble.Refused), "refuses to")]
    public async Task ARefusalBecomesOneLine(int status, string said, string trouble, string advice)
    {
        await using var fake = new FakeEngine();
        fake.Answers("POST /v1.41/containers/create", status, $"{{\"message\":{Json(said)}}}");
        using var engine = await fake.ConnectAsync();

        var create = () => engine.CreateContainerAsync(new ContainerSpec("n1", "torture-node:1"), default);

        var seen = (await create.Should().ThrowAsync<EngineException>()).Which;
        seen.Trouble.ToString().Should().Be(trouble);
        seen.Message.Should().Contain(advice).And.Contain("create container n1").And.NotContainAny("\n", "\u001b");
    }

    [TestCase("")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"Id\":")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"Id\"\r\n")]
    public async Task AnEngineThatDiesHalfWayIsNamed(string raw)
    {
        await using var fake = new FakeEngine();
        fake.Says("POST /v1.41/networks/create", raw);
        using var engine = await fake.ConnectAsync();

        var create = () => engine.CreateNetworkAsync(new NetworkSpec("a", new AddressRange(7).Subnet), default);

        await Expect(create, EngineTrouble.WentAway, "*went away while asked to create network a (172.31.7.0/24)*");
    }

    [TestCase("SSH-2.0-OpenSSH_9.2\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n{\"ApiVersion\":\"../..\"}")]
    public async Task WhatIsNoEngineIsFoundOut(string raw)
    {
        await using var fake = new FakeEngine();
        fake.Says("GET /version", raw);

        await Expect(() => fake.ConnectAsync(), EngineTrouble.Garbled, "*does not speak like a container engine*");
    }

    [Test]
    public async Task AnEngineThatIsSilentEndsTheWait()
    {
        await using var fake = new FakeEngine();
        fake.IsSilentAt("GET /v1.41/networks");
        var time = new ManualTime();
        using var engine = await fake.ConnectAsync(time);

        var listing = engine.ListNetworksAsync(null, default);
        time.Advance(TimeSpan.FromSeconds(60));

        await Expect(() => listing, EngineTrouble.Silent, "*did not list networks within 60 s*");
    }

    [Test]
    public async Task ACallerThatGivesUpIsNotToldOfTheEngine()
    {
        await using var fake = new FakeEngine();
        fake.IsSilentAt("GET /v1.41/networks");
        using var engine = await fake.ConnectAsync();
        using var impatience = new CancellationTokenSource();

        var listing = engine.ListNetworksAsync(null, impatience.Token);
        await impatience.CancelAsync();

        await FluentActions.Awaiting(() => listing).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task WhereNothingListensPeopleReadHowToStartOne()
    {
        var address = EngineAddress.Parse($"unix://{Path.GetTempPath()}/torture-no-such-engine.sock");
        using var mark = RunMark.Begin("selftest");

        await Expect(
            () => DockerEngine.ConnectAsync(address, mark, TimeProvider.System, default),
            EngineTrouble.NoEngine, $"no container engine at {address}: *`torture setup --containers`*");
    }

    [Test]
    public async Task WhereNobodyAcceptsPeopleReadTheSame()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = EngineAddress.Parse($"tcp://{listener.LocalEndpoint}");
        listener.Stop();
        using var mark = RunMark.Begin("selftest");

        await Expect(
            () => DockerEngine.ConnectAsync(address, mark, TimeProvider.System, default),
            EngineTrouble.NoEngine, $"no container engine at {address}: *DOCKER_HOST*");
    }

    // Root may write to every socket, so this one is told what a user's socket says.
    [Test]
    public void WithoutPermissionPeopleReadWhichGroupHasIt()
    {
        var denied = new HttpRequestException("", new SocketException((int)SocketError.AccessDenied));

        var seen = EngineTroubles.Of(EngineAddress.Parse("unix:///run/x.sock"), "list networks", denied);

        seen.Trouble.Should().Be(EngineTrouble.NoPermission);
        seen.Message.Should().Contain("usermod -aG docker").And.Contain("unix:///run/x.sock");
    }

    [Test]
    public async Task AnErrorAfterTheAnswerBeganIsAnError()
    {
        await using var fake = new FakeEngine();
        fake.Answers(
            "POST /v1.41/build", 200,
            """
            {"stream":"Step 1"}
            {"errorDetail":{"message":"x"},"error":"no space left on device"}
            """);
        using var engine = await fake.ConnectAsync();

        var build = () => engine.BuildImageAsync(new MemoryStream([1]), new ImageBuild("a:1"), default);

        await Expect(build, EngineTrouble.NoSpace, "cannot build image a:1: no space left on device*");
    }

    [TestCase("unix:///run/podman.sock", "unix:///run/podman.sock", true)]
    [TestCase("tcp://127.0.0.1:2376", "tcp://127.0.0.1:2376", true)]
    [TestCase("tcp://engine.test", "tcp://engine.test:2375", false)]
    [TestCase("http://[::1]:99", "tcp://::1:99", true)]
    public void DockerHostIsHonoured(string given, string expected, bool isLocal)
    {
        var address = EngineAddress.Default(name => name == "DOCKER_HOST" ? given : null);

        (address.ToString(), address.IsLocal).Should().Be((expected, isLocal));
    }

    [TestCase("ssh://me@there")]
    [TestCase("unix://")]
    [TestCase("/var/run/docker.sock")]
    [TestCase("npipe:////./pipe/docker_engine")]
    public void ADockerHostThatCannotBeUsedIsNamed(string given) =>
        FluentActions.Invoking(() => EngineAddress.Default(name => name == "DOCKER_HOST" ? given : null))
            .Should().Throw<EngineException>().WithMessage($"DOCKER_HOST={given} cannot be used: write unix://*");

    [Test]
    public void TlsIsNotPretended() =>
        FluentActions.Invoking(() => EngineAddress.Default(name => name == "DOCKER_HOST" ? "tcp://a:2376" : "1"))
            .Should().Throw<EngineException>().WithMessage("*TLS is not spoken here*");

    private static async Task Expect(Func<Task> action, EngineTrouble trouble, string message)
    {
        var seen = (await action.Should().ThrowAsync<EngineException>()).WithMessage(message).Which;
        seen.Trouble.Should().Be(trouble);
        seen.Message.Should().NotContain("\n");
    }

    private static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
