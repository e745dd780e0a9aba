using System.Formats.Tar;
using System.Text;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Running;
using Torture.Targets.Containers.Engine;

namespace Torture.SelfTests.Containers;

/// <summary>The same against the engine of this machine.</summary>
[CancelAfter(120_000)]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
public sealed class LiveEngineTests
{
    private LiveEngine? _live;

    private LiveEngine Live => _live!;

    private DockerEngine Engine => Live.Engine;

    [OneTimeSetUp]
    public async Task ConnectAsync() => _live = await LiveEngine.RequireAsync(CancellationToken.None);

    [TearDown]
    public async Task RemoveAsync() => await Sweep.ThisRunAsync(Engine, CancellationToken.None);

    [OneTimeTearDown]
    public async Task DisconnectAsync()
    {
        if (_live is not null)
        {
            await _live.DisposeAsync();
        }
    }

    [Test]
    public async Task AContainerLivesThroughAllOfItsStates(CancellationToken cancellationToken)
    {
        async Task<ContainerState?> StateAsync() =>
            (await Engine.InspectAsync(Engine.Mark.NameOf("n"), cancellationToken))?.State;

        var id = await Engine.CreateContainerAsync(Live.Idle("n"), cancellationToken);
        (await StateAsync()).Should().Be(ContainerState.Created);
        await Engine.StartAsync(id, cancellationToken);
        await Engine.StartAsync(id, cancellationToken);
        (await StateAsync()).Should().Be(ContainerState.Running);
        var running = await Engine.InspectAsync(id, cancellationToken);
        File.Exists($"/proc/{running!.ProcessId}/stat").Should().BeTrue("it is process 1 as the host counts");
        await Engine.PauseAsync(id, cancellationToken);
        (await StateAsync()).Should().Be(ContainerState.Paused);
        await Engine.UnpauseAsync(id, cancellationToken);
        var ended = Engine.WaitForExitAsync(id, cancellationToken);
        await Engine.KillAsync(id, "SIGKILL", cancellationToken);
        (await ended).Should().Be(137);
        (await StateAsync()).Should().Be(ContainerState.Exited);
        await Engine.StartAsync(id, cancellationToken);
        await Engine.StopAsync(id, TimeSpan.Zero, cancellationToken);
        (await StateAsync()).Should().Be(ContainerState.Exited);
        await Engine.RemoveContainerAsync(id, cancellationToken);
        await Engine.RemoveContainerAsync(id, cancellationToken);
        (await StateAsync()).Should().BeNull();
    }

    [Test]
    public async Task ProgramsRunWithTheirStreams(CancellationToken cancellationToken)
    {
        var id = await Live.RunIdleAsync("n", cancellationToken);

        var echo = await Engine.RunAsync(
            id,
            new ExecSpec("/bin/sh", "-c", "cat; echo \"$WHO\" >&2; exit 7")
            {
                Environment = new Dictionary<string, string> { ["WHO"] = "me" },
            },
            "a secret", cancellationToken);
        var missing = await Engine.RunAsync(id, cancellationToken, "/no/such");
        var much = await Engine.RunAsync(
            id, cancellationToken,
            "/bin/sh", "-c", "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done");

        echo.Should().Be(new ExecResult(7, "a secret", "me\n"));
        missing.ExitCode.Should().BeOneOf(126, 127);
        much.Output.Length.Should().Be(220_000);
    }

    [Test]
    public async Task AProgramOnALeashEndsWithItsCaller(CancellationToken cancellationToken)
    {
        var id = await Live.RunIdleAsync("n", cancellationToken);
        Task<string?> CountAsync(int wanted) => UntilProcessesAsync(id, wanted, cancellationToken);

        var closed = await Engine.ExecAsync(id, ExecSpec.UntilInputEnds("/bin/sleep", "500"), cancellationToken);
        (await CountAsync(4)).Should().NotBeNull("shell, reader and program run beside process 1");
        await closed.Input.DisposeAsync();
        (await closed.WaitForExitAsync(cancellationToken)).Should().Be(143, "it got SIGTERM");
        (await CountAsync(1)).Should().NotBeNull("nothing of it is left");

        var abandoned = await Engine.ExecAsync(id, ExecSpec.UntilInputEnds("/bin/sleep", "500"), cancellationToken);
        (await CountAsync(4)).Should().NotBeNull();
        await abandoned.DisposeAsync();
        (await CountAsync(1)).Should().NotBeNull("a caller that dies closes the connection too");

        await using var ended = await Engine.ExecAsync(
            id, ExecSpec.UntilInputEnds("/bin/sh", "-c", "exit 5"), cancellationToken);
        (await ended.WaitForExitAsync(cancellationToken)).Should().Be(5, "a program may end before its caller");
        (await CountAsync(1)).Should().NotBeNull();
    }

    [Test]
    public async Task NetworksHaveBothFamiliesAndFixedAddresses(CancellationToken cancellationToken)
    {
        var a = await RunNetwork.CreateAsync(Engine, "a", cancellationToken);
        var b = await RunNetwork.CreateAsync(Engine, "b", cancellationToken);
        Attachment In(RunNetwork network) =>
            new(network.Network.Name, network.Address(11), network.Address6(11));

        var id = await Engine.CreateContainerAsync(Live.Idle("n", In(a), In(b)), cancellationToken);
        await Engine.StartAsync(id, cancellationToken);
        var plugged = await Engine.InspectAsync(id, cancellationToken);
        await Engine.DisconnectAsync(id, b.Network.Name, cancellationToken);
        await Engine.DisconnectAsync(id, b.Network.Name, cancellationToken);
        var unplugged = await Engine.InspectAsync(id, cancellationToken);
        await Engine.ConnectAsync(id, In(b), cancellationToken);

        a.Range.Should().NotBe(b.Range);
        Directory.Exists($"/sys/class/net/{b.Network.Bridge}").Should().BeTrue("the host captures there");
        plugged!.Addresses[b.Network.Name].Address.Should().Be(b.Address(11));
        plugged.Addresses[a.Network.Name].Address6.Should().Be(a.Address6(11));
        unplugged!.Addresses.Keys.Should().Equal(a.Network.Name);
        (await Engine.RunAsync(id, cancellationToken, "/bin/cat", "/proc/net/if_inet6")).Output.Should().Contain(
            Convert.ToHexStringLower(b.Address6(11).GetAddressBytes()), "IPv6 is on, and the address back");
    }

    [Test]
    public async Task RunsSideBySideGetRangesOfTheirOwn(CancellationToken cancellationToken)
    {
        var networks = await Task.WhenAll(Enumerable.Range(0, 6)
            .Select(i => RunNetwork.CreateAsync(Engine, $"w{i}", cancellationToken)));

        networks.Select(network => network.Range).Should().OnlyHaveUniqueItems();
    }

    [Test]
    public async Task FilesGoInAndLogsComeOut(CancellationToken cancellationToken)
    {
        var id = await Engine.CreateContainerAsync(
            Live.Idle("n") with { Command = ["/bin/sh", "-c", "cat /data/x/f; echo end >&2; exit 4"] },
            cancellationToken);
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            var entry = new PaxTarEntry(TarEntryType.RegularFile, "x/f")
            {
                DataStream = new MemoryStream("one\ntwo\n"u8.ToArray()),
            };
            await writer.WriteEntryAsync(entry, cancellationToken);
        }

        tar.Position = 0;
        await Engine.CopyInAsync(id, "/data", tar, cancellationToken);
        await Engine.StartAsync(id, cancellationToken);
        var code = await Engine.WaitForExitAsync(id, cancellationToken);

        code.Should().Be(4);
        (await Engine.ReadLogsAsync(id, null, cancellationToken)).Should().Contain("one\ntwo\n").And.Contain("end");
        (await Engine.ReadLogsAsync(id, 1, cancellationToken)).Split('\n').Should().HaveCount(2);
    }

    [Test]
    public async Task VolumesAndMemoryFoldersAreMounted(CancellationToken cancellationToken)
    {
        var volume = Engine.Mark.NameOf("lock");
        await Engine.CreateVolumeAsync(volume, cancellationToken);
        var id = await Engine.CreateContainerAsync(
            Live.Idle("n") with
            {
                Volumes = new Dictionary<string, string> { ["/data"] = volume },
                MemoryFolders = ["/run"],
                Capabilities = ["NET_ADMIN"],
                Sysctls = new Dictionary<string, string> { ["net.unix.max_dgram_qlen"] = "77" },
                HostName = "node1",
            },
            cancellationToken);
        await Engine.StartAsync(id, cancellationToken);

        var seen = await Engine.RunAsync(
            id, cancellationToken, "/bin/cat", "/proc/mounts", "/proc/sys/net/unix/max_dgram_qlen", "/etc/hostname");

        seen.Output.Should().MatchRegex(@"\S+ /data ").And.Contain("tmpfs /run tmpfs").And.Contain("77\nnode1\n");
        (await Engine.ListVolumesAsync(Engine.Mark.Filter, cancellationToken)).Should().ContainSingle();
    }

    [Test]
    public async Task ImagesAreBuiltFromOurOwnAndFound(CancellationToken cancellationToken)
    {
        var tag = $"torture-selftest-built:{Engine.Mark.Key}";
        var labels = new Dictionary<string, string> { ["torture.selftest"] = Engine.Mark.Key };
        using var context = Dockerfile($"FROM {Live.Image}\nRUN /bin/ls /sys/class/net > /tmp/links\n");

        await Engine.BuildImageAsync(context, new ImageBuild(tag) { Labels = labels }, cancellationToken);
        try
        {
            var found = await Engine.FindImageAsync(tag, cancellationToken);
            var listed = await Engine.ListImagesAsync(
                $"torture.selftest={Engine.Mark.Key}", cancellationToken);
            var id = await Engine.CreateContainerAsync(
                Live.Idle("n") with { Image = tag }, cancellationToken);
            await Engine.StartAsync(id, cancellationToken);

            found!.Labels.Should().Contain(labels);
            listed.Should().ContainSingle().Which.Tags.Should().Equal(tag);
            (await Engine.RunAsync(id, cancellationToken, "/bin/cat", "/tmp/links")).Output.Should().Be(
                "lo\n", "a build has no network");
            (await Engine.FindImageAsync("torture-selftest:none", cancellationToken)).Should().BeNull();
        }
        finally
        {
            await Sweep.ThisRunAsync(Engine, cancellationToken);
            await Engine.RemoveImageAsync(tag, cancellationToken);
        }
    }

    [Test]
    public async Task WhatIsWrongIsSaidInOneLine(CancellationToken cancellationToken)
    {
        var id = await Live.RunIdleAsync("n", cancellationToken);
        var network = await RunNetwork.CreateAsync(Engine, "a", cancellationToken);
        var spec = new NetworkSpec(Engine.Mark.NameOf("again"), network.Range.Subnet);
        using var broken = Dockerfile($"FROM {Live.Image}\nRUN exit 9\n");

        await ExpectAsync(Engine.CreateContainerAsync(Live.Idle("n"), cancellationToken), EngineTrouble.NameTaken);
        await ExpectAsync(Engine.CreateNetworkAsync(spec, cancellationToken), EngineTrouble.AddressTaken);
        await ExpectAsync(
            Engine.CreateContainerAsync(Live.Idle("m") with { Image = "torture-x:none" }, cancellationToken),
            EngineTrouble.NoImage);
        await ExpectAsync(Engine.StartAsync("torture-none", cancellationToken), EngineTrouble.NotFound);
        await ExpectAsync(
            Engine.BuildImageAsync(broken, new ImageBuild("torture-selftest:b"), cancellationToken),
            EngineTrouble.Refused);
        await Engine.PauseAsync(id, cancellationToken);
        await ExpectAsync(Engine.RunAsync(id, cancellationToken, "/bin/ls"), EngineTrouble.Refused);
    }

    [Test]
    public async Task AContainerThatDiesUnderAProgramEndsIt(CancellationToken cancellationToken)
    {
        var id = await Live.RunIdleAsync("n", cancellationToken);
        await using var program = await Engine.ExecAsync(
            id, new ExecSpec("/bin/sh", "-c", "echo ready; sleep 500"), cancellationToken);
        using var output = new StreamReader(program.Output);
        (await output.ReadLineAsync(cancellationToken)).Should().Be("ready");

        await Engine.KillAsync(id, "SIGKILL", cancellationToken);

        (await program.WaitForExitAsync(cancellationToken)).Should().Be(137);
        (await output.ReadLineAsync(cancellationToken)).Should().BeNull();
    }

    [Test]
    public async Task WhatACrashedRunLeftIsSwept(CancellationToken cancellationToken)
    {
        var crashed = RunMark.Begin("crashed");
        using var itsEngine = await DockerEngine.ConnectAsync(crashed, cancellationToken);
        var network = await RunNetwork.CreateAsync(itsEngine, "a", cancellationToken);
        await itsEngine.CreateVolumeAsync(crashed.NameOf("v"), cancellationToken);
        var id = await itsEngine.CreateContainerAsync(
            Live.Idle("n", new Attachment(network.Network.Name)) with { Name = crashed.NameOf("n") },
            cancellationToken);
        await itsEngine.StartAsync(id, cancellationToken);
        await itsEngine.PauseAsync(id, cancellationToken);

        var before = await Sweep.CrashedRunsAsync(Engine, cancellationToken);
        crashed.Dispose();
        var after = await Sweep.CrashedRunsAsync(Engine, cancellationToken);

        before.Removed.Should().NotContain(line => line.Contains(crashed.Key));
        after.Removed.Should().Contain(
            [$"container {crashed.NameOf("n")}", $"network {crashed.NameOf("a")}", $"volume {crashed.NameOf("v")}"]);
        (await Engine.InspectAsync(id, cancellationToken)).Should().BeNull();
    }

    private static MemoryStream Dockerfile(string text)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "Dockerfile")
            {
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
            });
        }

        tar.Position = 0;
        return tar;
    }

    /// <summary>Until so many processes, without the one that counts, are in the container; null: never.</summary>
    private Task<string?> UntilProcessesAsync(
        string container, int wanted, CancellationToken cancellationToken) => Poll.UntilAsync(
        async () =>
        {
            // The shell counts by itself: itself is one more, and it forks nothing.
            var seen = await Engine.RunAsync(
                container, cancellationToken, "/bin/sh", "-c", "set -- /proc/[0-9]*; echo $(($# - 1))");
            return seen.Output.Trim() == wanted.ToString(System.Globalization.CultureInfo.InvariantCulture)
                ? seen.Output
                : null;
        },
        TimeSpan.FromSeconds(15), TimeProvider.System, cancellationToken);

    private static async Task ExpectAsync(Task refused, EngineTrouble trouble)
    {
        var seen = (await FluentActions.Awaiting(() => refused).Should().ThrowAsync<EngineException>()).Which;
        seen.Trouble.Should().Be(trouble, "it says: {0}", seen.Message);
        seen.Message.Should().NotContain("\n");
    }
}
