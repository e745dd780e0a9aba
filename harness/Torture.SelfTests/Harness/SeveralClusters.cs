using System.Collections.Concurrent;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness.Clusters;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.SelfTests.Harness;

/// <summary>A run on several clusters: each case runs once, on one of them, and the record is one.</summary>
public sealed class SeveralClusters
{
    [Test]
    public async Task EachHasANumberAndAFolderAndTheRecordIsTheSame()
    {
        using var run = new TinyRun();
        var alone = await run.RunAsync(null, "tiny");
        var up = new ConcurrentDictionary<int, TargetOptions>();

        var results = await run.RunAsync(
            options => options with
            {
                Clusters = 3,
                Up = (wish, _) =>
                {
                    up.TryAdd(wish.Number, wish).Should().BeTrue("each comes up once");
                    return Task.FromResult<ICluster>(new FakeCluster());
                },
            }, "tiny");

        Of(results).Should().Equal(Of(alone));
        up.Keys.Order().Should().Equal(1, 2, 3);
        up.Values.Select(wish => wish.RunId).Should().OnlyHaveUniqueItems();
        up.Values.Select(wish => wish.Folder).Should().OnlyHaveUniqueItems().And.OnlyContain(
            folder => folder.StartsWith(run.Folder));
    }

    [Test]
    public async Task OneThatDoesNotComeUpEndsTheRun()
    {
        using var run = new TinyRun();

        var results = await run.RunAsync(
            options => options with
            {
                Clusters = 2,
                Up = (wish, _) => wish.Number == 1
                    ? Task.FromResult<ICluster>(new FakeCluster())
                    : throw new TargetUnusableException("no room for two"),
            }, "tiny");

        results.Stopped.Should().Be("target fake cannot be used: no room for two");
        results.Cases.Where(result => result.Reason == "no room for two").Should().NotBeEmpty().And.OnlyContain(
            result => result.Verdict == Verdict.Inconclusive);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    public void EachCaseIsInOneShare(int clusters)
    {
        var cases = new SuiteRunner().Cases;
        var shares = new CaseShares(cases, clusters);

        var taken = Enumerable.Range(0, clusters).SelectMany(cluster => All(() => shares.Take(cluster))).ToList();

        taken.SelectMany(share => share).Should().BeEquivalentTo(cases);
        if (clusters > 1)
        {
            taken.Where(share => share.Any(planned => planned.Breaks)).Should().OnlyContain(share => share.Count == 1);
            taken.Count(share => share.Any(planned => !planned.Breaks)).Should().Be(clusters);
        }
    }

    private static IEnumerable<IReadOnlyList<PlannedCase>> All(Func<IReadOnlyList<PlannedCase>?> take)
    {
        while (take() is { } share)
        {
            yield return share;
        }
    }

    private static List<(string Id, Verdict Verdict)> Of(RunResults results) =>
        [.. results.Cases.Select(result => (result.Id, result.Verdict))];
}
