using System.Diagnostics;
using System.Net;
using System.Runtime.Versioning;
using FluentAssertions;
using NUnit.Framework;
using Torture.Node.Keep;
using Torture.ReferenceServer.Control;
using Torture.SelfTests.Loopback;
using Torture.SelfTests.Takeover;

namespace Torture.SelfTests.Ctdbd;

/// <summary>The helper that holds CTDB's lock says what CTDB reads.</summary>
[CancelAfter(60_000)]
[SupportedOSPlatform("linux")]
public sealed class HoldLockTests
{
    private const string First = "127.0.0.11";
    private const string Second = "127.0.0.12";

    [Test]
    public async Task OneHasItUntilItEndsOrStandsStill(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        using var spawner = new NodeSpawner();
        var file = Write(folder.Path);
        using var holder = Start(spawner, file, First);
        (await SaidAsync(holder, cancellationToken)).Should().Be('0');
        using var late = Start(spawner, file, Second);
        (await SaidAsync(late, cancellationToken)).Should().Be('1');

        Native.Signal(holder.Id, Native.SIGSTOP);
        using var next = Start(spawner, file, Second);
        (await SaidAsync(next, cancellationToken)).Should().Be('0', "a lease ends that nobody renews");
        Native.Signal(holder.Id, Native.SIGCONT);
        await holder.WaitForExitAsync(cancellationToken);

        next.Kill();
        using var last = Start(spawner, file, First);
        (await SaidAsync(last, cancellationToken)).Should().Be('0', "the end of a holder ends its lease");
        last.Kill();
    }

    [Test]
    public async Task ALockThatCannotBeHadIsSaidToBeSo(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        using var spawner = new NodeSpawner();
        var file = Write(folder.Path);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "lock"), "no folder", cancellationToken);

        using var refused = Start(spawner, file, First);

        (await SaidAsync(refused, cancellationToken)).Should().Be('3');
        (await refused.StandardError.ReadToEndAsync(cancellationToken))
            .Should().StartWith("torture-node: cluster lock: ");
    }

    private static Process Start(NodeSpawner spawner, string file, string address) =>
        spawner.Start(["env", $"NODE_ADDRESS={address}"], ["hold-lock", "--cluster", file]);

    private static async Task<char> SaidAsync(Process helper, CancellationToken cancellationToken)
    {
        var said = new char[1];
        await helper.StandardOutput.ReadAsync(said, cancellationToken);
        return said[0];
    }

    private static string Write(string folder)
    {
        var file = Path.Combine(folder, "cluster.json");
        File.WriteAllText(file, ClusterFile.Write(new ClusterConfiguration
        {
            Name = "c",
            NetName = "C",
            Nodes =
            [
                new NodeEntry("n1", IPAddress.Parse(First), IPAddress.Loopback),
                new NodeEntry("n2", IPAddress.Parse(Second), IPAddress.Parse("127.0.0.2")),
            ],
            PublicAddresses = [IPAddress.Parse("127.0.0.101")],
            Lock = new LockSettings(LockKind.Lease, Path.Combine(folder, "lock")),
            ControlFolder = folder,
            LogFolder = folder,
        }));
        return file;
    }
}
