using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.SelfTests.Harness;

/// <summary>Whenever a run is cut off, results.json has a verdict for every planned case.</summary>
public sealed class Survival
{
    [Test]
    public async Task EveryMomentHasAWholeFile()
    {
        using var run = new TinyRun();
        var planned = run.Cases.Select(one => one.Id).ToList();
        var seen = new List<RunResults>();

        await run.RunAsync(null, [], begun =>
        {
            seen.Add(ResultsFile.Read(begun.Folder));
            begun.CaseStarted += _ => Look();
            begun.CaseEnded += _ => Look();

            void Look()
            {
                lock (seen)
                {
                    seen.Add(ResultsFile.Read(begun.Folder));
                }
            }
        });

        seen.Should().OnlyContain(results => results.Cases.Count == planned.Count);
        seen[0].Cases.Should().OnlyContain(result =>
            result.Verdict == Verdict.Inconclusive && result.Reason == CaseResult.NotReached);
        seen.Should().OnlyContain(results => !results.Finished);
        ResultsFile.Read(run.Folder).Finished.Should().BeTrue();
        ResultsFile.Read(run.Folder).Cases.Should().NotContain(result => result.Reason == CaseResult.NotReached);
    }

    [Test]
    public async Task TargetThatCannotBeUsedLeavesEveryCaseInconclusive()
    {
        using var run = new TinyRun();

        var results = await run.RunAsync(
            options => options with { Up = null, Target = "nowhere" }, ["tiny.Verdicts"]);

        results.Cases.Should().OnlyContain(result => result.Verdict == Verdict.Inconclusive);
        results.Stopped.Should().StartWith("target nowhere cannot be used: no target 'nowhere'");
    }

    [Test]
    public async Task InterruptedRunEndsAndSaysSo()
    {
        using var run = new TinyRun();

        var results = await run.RunAsync(null, ["tiny.Verdicts"], begun => begun.Stop("interrupted"));

        results.Stopped.Should().Be("interrupted");
        results.Finished.Should().BeTrue();
        results.Cases.Should().OnlyContain(result => result.Verdict == Verdict.Inconclusive);
    }

    [Test]
    public async Task CaseThatWaitsIsInterruptedToo()
    {
        TortureRun? running = null;
        using var run = new TinyRun { Cluster = new FakeCluster { Connecting = WaitAsync } };

        var results = await run.RunAsync(null, ["tiny.Verdicts.Connects"], begun => running = begun);

        var result = results.Cases.Single();
        result.Verdict.Should().Be(Verdict.Inconclusive, "nobody knows what it would have come to");
        result.Reason.Should().Be("not at its end when the run was stopped");
        results.Stopped.Should().Be("interrupted");

        Task WaitAsync(CancellationToken cancellationToken)
        {
            running!.Stop("interrupted");
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
    }
}
