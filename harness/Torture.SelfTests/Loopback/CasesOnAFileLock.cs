using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.SelfTests.Loopback;

/// <summary>With a lock on a file, as CTDB's, the loopback cluster can be stalled, and its cases pass.</summary>
public sealed class CasesOnAFileLock
{
    [Test, CancelAfter(180_000)]
    public async Task TheyPass(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var runner = new SuiteRunner();
        var options = new RunOptions
        {
            Out = folder.Path, Settings = new Dictionary<string, string> { ["lock"] = "file" },
        };

        var results = await runner.RunAsync(
            options, runner.Select(["failover.StalledLock", "failover.LostLock"]), _ => { })
            .WaitAsync(cancellationToken);

        results.Cases.Should().HaveCount(5);
        results.Cases.Should().OnlyContain(
            result => result.Verdict == Verdict.Passed,
            string.Join("; ", results.Cases.Select(result => $"{result.Id} {result.Verdict}: {result.Message}")));
    }
}
