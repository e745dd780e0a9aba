using System.Net;
using System.Runtime.Versioning;
using FluentAssertions;
using NUnit.Framework;
using Torture.Node.Ctdbd;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Ctdbd;

namespace Torture.SelfTests.Ctdbd;

/// <summary>A node starts its daemon, and sees it end; the daemon is a script.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(60_000)]
[SupportedOSPlatform("linux")]
public sealed class CtdbDaemonTests : ILocalConnector
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ctdb-daemon-");
    private readonly List<string> _lines = [];
    private readonly SemaphoreSlim _more = new(0);
    private int _removed;

    private string LogFile => Path.Combine(_folder.FullName, "n1.ctdb.log");

    [TearDown]
    public void Remove() => _folder.Delete(recursive: true);

    [Test]
    public async Task ItIsToldWhatTheClusterFileSays(CancellationToken cancellationToken)
    {
        using var daemon = Daemon(
            "echo \"$NODE_ADDRESS of $NODE_ADDRESSES on $OWN_ADDRESS: $PUBLIC_ADDRESSES\"\n"
            + "echo \"$CLUSTER_LOCK $LEADER_TIMEOUT $TUNABLES\" >&2",
            new DaemonSettings { LeaderTimeout = 3, Tunables = ["KeepaliveLimit=2"] });

        daemon.Start();

        await UntilToldAsync("ctdbd has ended with exit code 0", cancellationToken);
        var said = await File.ReadAllTextAsync(LogFile, cancellationToken);
        said.Should().Contain("127.0.0.11 of 127.0.0.11 127.0.0.12 on 127.0.0.1: 127.0.0.101/8 fd00::65/64")
            .And.Contain("/lock 3 KeepaliveLimit=2 NoIPFailback=0");
    }

    [Test]
    public async Task WhenItIsKilledItsAddressesGoAndTheNextOneCanCome(CancellationToken cancellationToken)
    {
        using var daemon = Daemon("echo up\nexec sleep 600", new DaemonSettings());
        daemon.Start();
        (await daemon.ConnectAsync("/x", cancellationToken)).Should().BeSameAs(Stream.Null);

        daemon.Kill();

        await UntilToldAsync("ctdbd was killed", cancellationToken);
        Volatile.Read(ref _removed).Should().Be(1);
        daemon.Invoking(d => d.Kill()).Should().Throw<ConfigurationException>().WithMessage("ctdbd does not run");
        await daemon.Awaiting(d => d.ConnectAsync("/x", cancellationToken)).Should()
            .ThrowAsync<ConfigurationException>().WithMessage("ctdbd was killed; the last that it said was: *");
        daemon.Start();
        (await daemon.ConnectAsync("/x", cancellationToken)).Should().BeSameAs(Stream.Null);
    }

    [Test]
    public async Task OneThatASignalHasEndedIsStartedAgain(CancellationToken cancellationToken)
    {
        var mark = Path.Combine(_folder.FullName, "mark");
        using var daemon = Daemon(
            $"if [ -e {mark} ]; then exec sleep 600; fi\ntouch {mark}\nkill -KILL $$", new DaemonSettings());

        daemon.Start();

        await UntilToldAsync("ctdbd was killed", cancellationToken);
        await UntilToldAsync("ctdbd: started", cancellationToken, times: 2);
        Volatile.Read(ref _removed).Should().Be(1);
    }

    [Test]
    public async Task ItsEndIsSeenAlthoughAChildOfItLives(CancellationToken cancellationToken)
    {
        using var daemon = Daemon("sleep 30 &\necho no lock >&2\nexit 9", new DaemonSettings());

        daemon.Start();

        await UntilToldAsync("ctdbd has ended with exit code 9", cancellationToken);
        Volatile.Read(ref _removed).Should().Be(1);
    }

    [Test]
    public void WithoutTheProgramItIsOneLine()
    {
        using var daemon = Daemon("", new DaemonSettings());
        File.Delete(Path.Combine(_folder.FullName, "ctdbd"));

        daemon.Invoking(d => d.Start()).Should().Throw<ConfigurationException>()
            .WithMessage("engine.daemon.program /*/ctdbd: *No such file or directory*: use an image with ctdb");
    }

    ValueTask<Stream> ILocalConnector.ConnectAsync(string path, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Stream.Null);

    private CtdbDaemon Daemon(string script, DaemonSettings settings)
    {
        var program = Path.Combine(_folder.FullName, "ctdbd");
        File.WriteAllText(program, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        settings.Program = program;
        var cluster = new ClusterConfiguration
        {
            Name = "c",
            NetName = "C",
            Nodes =
            [
                new NodeEntry("n1", IPAddress.Parse("127.0.0.11"), IPAddress.Loopback),
                new NodeEntry("n2", IPAddress.Parse("127.0.0.12"), IPAddress.Parse("127.0.0.2")),
            ],
            PublicAddresses = [IPAddress.Parse("127.0.0.101"), IPAddress.Parse("fd00::65")],
            Network = new NetworkSettings { PrefixLength6 = 64 },
            Lock = new LockSettings(LockKind.File, Path.Combine(_folder.FullName, "lock")),
            ControlFolder = _folder.FullName,
            LogFolder = _folder.FullName,
        };
        return new CtdbDaemon(
            cluster, cluster.Nodes[0], settings, this, () => Interlocked.Increment(ref _removed),
            Tell);
    }

    private void Tell(string line)
    {
        lock (_lines)
        {
            _lines.Add(line);
        }

        _more.Release();
    }

    private async Task UntilToldAsync(string start, CancellationToken cancellationToken, int times = 1)
    {
        while (!IsTold())
        {
            await _more.WaitAsync(cancellationToken);
        }

        bool IsTold()
        {
            lock (_lines)
            {
                return _lines.Count(line => line.StartsWith(start, StringComparison.Ordinal)) >= times;
            }
        }
    }
}
