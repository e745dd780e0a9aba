using System.Reflection;
using NUnit.Framework.Api;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using Torture.Harness.Results;

namespace Torture.Harness.Running;

/// <summary>
/// Runs cases in this process with NUnit's own engine. An assembly is loaded once and run any number of times, one run
/// after the other; for runs side by side take several of these.
/// </summary>
public sealed class SuiteRunner
{
    private const int Workers = 16;

    private readonly Assembly _suites;
    private readonly NUnitTestAssemblyRunner _runner = new(new DefaultTestAssemblyBuilder());
    private readonly ITest _tree;

    /// <summary>Loads the assembly of the suites.</summary>
    /// <param name="suites">Null: Torture.Suites, which lies beside the program.</param>
    /// <exception cref="InvalidOperationException">NUnit cannot run it: the reasons.</exception>
    public SuiteRunner(Assembly? suites = null)
    {
        var settings = new Dictionary<string, object> { ["NumberOfTestWorkers"] = Workers };
        _suites = suites ?? Assembly.Load("Torture.Suites");
        _tree = _runner.Load(_suites, settings);
        Cases = PlannedCase.AllOf(_tree);
        var broken = NotRunnable(_tree).ToList();
        if (broken.Count > 0)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, broken));
        }
    }

    /// <summary>Every case, in order of its id.</summary>
    public IReadOnlyList<PlannedCase> Cases { get; }

    /// <summary>
    /// Cases under any of the prefixes (<c>rpc.witness</c>, in any letter case); all without a prefix.
    /// </summary>
    public IReadOnlyList<PlannedCase> Select(params IReadOnlyList<string> prefixes) =>
        prefixes.Count == 0 ? Cases : [.. Cases.Where(planned => prefixes.Any(planned.IsUnder))];

    /// <summary>Runs the cases and waits for the last one.</summary>
    /// <param name="begun">Gets the run before its first case: to follow its events, to stop it.</param>
    public async Task<RunResults> RunAsync(
        RunOptions options, IReadOnlyList<PlannedCase> cases, Action<TortureRun>? begun = null,
        CancellationToken cancellationToken = default)
    {
        List<SuiteRunner> runners =
            [this, .. Enumerable.Range(1, options.Clusters - 1).Select(_ => new SuiteRunner(_suites))];
        await using var run = TortureRun.Begin(options, cases, [.. runners.Select(runner => runner._tree)]);
        begun?.Invoke(run);
        await using var stopping = cancellationToken.Register(() =>
        {
            run.Stop("interrupted");
            runners.ForEach(runner => runner._runner.StopRun());
        });

        var shares = new CaseShares(cases, runners.Count);
        await Task.WhenAll(runners.Index().Select(async lane =>
        {
            while (run.Results.Stopped is null && shares.Take(lane.Index) is { } share)
            {
                await lane.Item.RunAsync(share);
            }
        }));
        await run.DisposeAsync();
        return run.Results;
    }

    private async Task RunAsync(IReadOnlyList<PlannedCase> cases)
    {
        var names = cases.Select(planned => planned.FullName).ToHashSet(StringComparer.Ordinal);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _runner.RunAsync(new Listener(ended), new FullNames(names));
        await ended.Task;

        // The engine tidies up a moment after the last result.
        _runner.WaitForCompletion(Timeout.Infinite);
    }

    private static IEnumerable<string> NotRunnable(ITest test)
    {
        if (test.RunState == RunState.NotRunnable)
        {
            yield return $"{test.FullName}: {test.Properties.Get(PropertyNames.SkipReason)}";
        }

        foreach (var reason in test.Tests.SelectMany(NotRunnable))
        {
            yield return reason;
        }
    }

    private sealed class FullNames(HashSet<string> names) : TestFilter
    {
        public override bool Match(ITest test) => !test.IsSuite && names.Contains(test.FullName);

        public override TNode AddToXml(TNode parentNode, bool recursive) => parentNode.AddElement("cases");
    }

    /// <summary>The end of the run is the end of the outermost suite.</summary>
    private sealed class Listener(TaskCompletionSource ended) : ITestListener
    {
        public void TestStarted(ITest test)
        {
        }

        public void TestFinished(ITestResult result)
        {
            if (result.Test.Parent is null)
            {
                ended.TrySetResult();
            }
        }

        public void TestOutput(TestOutput output)
        {
        }

        public void SendMessage(TestMessage message)
        {
        }
    }
}
