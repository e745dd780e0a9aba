using System.Diagnostics;
using System.Net;
using System.Runtime.Versioning;
using FluentAssertions;
using NUnit.Framework;
using Torture.Fixtures;
using Torture.Node.Ctdbd;
using Torture.ReferenceServer.Control;
using Torture.SelfTests.Loopback;
using Torture.SelfTests.Witness;

namespace Torture.SelfTests.Ctdbd;

/// <summary>The helper that holds CTDB's lock says what CTDB reads, and the node holds the lease for it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase), CancelAfter(60_000)]
[SupportedOSPlatform("linux")]
public sealed class LockPortTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _used = [];
    private readonly List<string> _lines = [];
    private readonly ClusterConfiguration _cluster;

    public LockPortTests()
    {
        _cluster = new ClusterConfiguration
        {
            Name = "c",
            NetName = "C",
            Nodes =
            [
                new NodeEntry("n1", IPAddress.Parse("127.0.0.11"), IPAddress.Loopback),
                new NodeEntry("n2", IPAddress.Parse("127.0.0.12"), IPAddress.Parse("127.0.0.2")),
            ],
            PublicAddresses = [IPAddress.Parse("127.0.0.101")],
            Lock = new LockSettings(LockKind.Lease, Path.Combine(_folder.Path, "lock")),
            Profile = new FailoverProfile { Lease = 3 },
            ControlFolder = Path.Combine(_folder.Path, "control"),
        };
    }

    public void Dispose()
    {
        _used.ForEach(used => used.Dispose());
        _folder.Dispose();
    }

    [Test]
    public async Task OneHasItUntilItEndsOrStandsStill(CancellationToken cancellationToken)
    {
        var standing = Port(0, new ManualTime());
        using var frozen = Ask(standing);
        (await SaidAsync(frozen, cancellationToken)).Should().Be('0');
        var port = Port(1, TimeProvider.System);
        using var holder = Ask(port);
        (await SaidAsync(holder, cancellationToken)).Should().Be('0', "a lease ends that nobody renews");

        using var late = Ask(port);
        (await SaidAsync(late, cancellationToken)).Should().Be('1', "another attempt of the same node is another");
        await late.WaitForExitAsync(cancellationToken);
        holder.HasExited.Should().BeFalse();
        holder.Kill();

        using var last = Ask(port);
        (await SaidAsync(last, cancellationToken)).Should().Be('0', "the end of the helper ends the lease");
        last.HasExited.Should().BeFalse();
        port.EndAll();
        await last.WaitForExitAsync(cancellationToken);
        using var next = Ask(port);
        (await SaidAsync(next, cancellationToken)).Should().Be('0', "the end of the daemon ends it, too");
    }

    [Test]
    public async Task ALockThatCannotBeHadIsSaidToBeSo(CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(_cluster.Lock!.Path, "no folder", cancellationToken);

        using var refused = Ask(Port(0, TimeProvider.System));

        (await SaidAsync(refused, cancellationToken)).Should().Be('3');
        _lines.Should().ContainSingle().Which.Should().StartWith("cluster lock: ");
    }

    [Test]
    public async Task WithoutANodeTheLockCannotBeHad(CancellationToken cancellationToken)
    {
        using var refused = Ask(Path.Combine(_folder.Path, "nobody"));

        (await SaidAsync(refused, cancellationToken)).Should().Be('3');
    }

    private LockPort Port(int node, TimeProvider time)
    {
        var port = new LockPort(_cluster, _cluster.Nodes[node], time, _lines.Add);
        _used.Add(port);
        return port;
    }

    private Process Ask(LockPort port) => Ask(port.Path);

    private Process Ask(string socket)
    {
        var helper = Path.Combine(_folder.Path, "ctdb-lock");
        File.WriteAllText(helper, FixtureFiles.ReadText("images/common/ctdb-lock"));
        return Process.Start(new ProcessStartInfo("perl", [helper])
        {
            RedirectStandardOutput = true,
            Environment = { ["LOCK_SOCKET"] = socket },
        })!;
    }

    private static async Task<char> SaidAsync(Process helper, CancellationToken cancellationToken)
    {
        var said = new char[1];
        await helper.StandardOutput.ReadAsync(said, cancellationToken);
        return said[0];
    }
}
