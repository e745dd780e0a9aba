using System.Diagnostics;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Running;
using Torture.Node.Keep;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.Takeover;

/// <summary>A test that is killed leaves no node behind, and its namespaces for the next one to remove.</summary>
public sealed class NothingIsLeftOfNamespaces
{
    [Test, CancelAfter(120_000)]
    public async Task WhenTheTestIsKilled(CancellationToken cancellationToken)
    {
        if (NamespaceNetwork.WhyNot() is { } reason)
        {
            Assert.Ignore(reason);
        }

        using var holder = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(NamespaceCluster).Assembly.Location, NamespaceCluster.Verb])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        var folder = (await holder.StandardOutput.ReadLineAsync(cancellationToken))!;
        var prefix = NamespaceNetwork.PrefixOf(holder.Id);
        Ours(prefix).Should().NotBeEmpty();

        Native.Signal(holder.Id, Native.SIGKILL);
        await holder.WaitForExitAsync(cancellationToken);

        var ended = await Poll.UntilAsync(
            () => Task.FromResult(Leftovers.ProcessesWith(folder).Count == 0 ? "" : null),
            TimeSpan.FromSeconds(20), TimeProvider.System, cancellationToken);
        ended.Should().NotBeNull("nodes die with who started them");
        NamespaceNetwork.Sweep();
        Ours(prefix).Should().BeEmpty();
        Directory.Delete(folder, recursive: true);
    }

    private static IEnumerable<string> Ours(string prefix) =>
        NamespaceNetwork.Names().Where(name => name.StartsWith(prefix, StringComparison.Ordinal));
}
