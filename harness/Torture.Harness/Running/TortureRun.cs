using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using Torture.Harness.Clusters;
using Torture.Harness.Results;

namespace Torture.Harness.Running;

/// <summary>
/// One run: a folder, clusters that come up when the first case needs them, and a verdict for every planned case.
/// A loaded tree of tests is in one run at a time; a process has as many as it has trees.
/// </summary>
public sealed class TortureRun : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<ITest, RunLane> Lanes = [];
    private static int _begun;

    private readonly List<RunLane> _lanes;
    private readonly CancellationTokenSource _stopping = new();
    private bool _described;
    private bool _ended;

    private TortureRun(RunOptions options, IReadOnlyList<PlannedCase> plan, IReadOnlyList<ITest> trees)
    {
        Worlds = options.Up is null ? TargetCatalogue.Find(options.Target) as IWorldTarget : null;
        Folder = RunFolder.Make(options, options.Time.GetUtcNow());
        // A run that can be replayed to the byte has neither time nor process of its own.
        Time = Worlds?.NewWorld(options.Seed).Time ?? options.Time;
        var started = Time.GetUtcNow();
        RunId = Worlds is not null ? $"{options.Target}-{options.Seed}"
            : started.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)
                + $"-{Environment.ProcessId}-{Interlocked.Increment(ref _begun)}";
        Outset = Begun(RunId, options, started) with { IsReplayable = Worlds is not null };
        Record = new RunRecord(Folder, Outset, plan, Worlds is null ? Time : null);
        _lanes = [.. trees.Index().Select(tree => new RunLane(this, options, tree.Item, tree.Index + 1))];
    }

    /// <summary>A case begins; from any thread.</summary>
    public event Action<PlannedCase>? CaseStarted;

    /// <summary>A case has a verdict; from any thread.</summary>
    public event Action<CaseResult>? CaseEnded;

    public string RunId { get; }

    /// <summary>Holds results.json and the cases' evidence.</summary>
    public string Folder { get; }

    public RunResults Results => Record.Results;

    internal RunRecord Record { get; }

    /// <summary>What is known of the run before its first case.</summary>
    internal RunResults Outset { get; }

    internal TimeProvider Time { get; }

    /// <summary>Not null: each case has a world of its own.</summary>
    internal IWorldTarget? Worlds { get; }

    internal CancellationToken Stopping => _stopping.Token;

    /// <param name="trees">
    /// The loaded tests, whose cases will find this run: the same ones several times for as many clusters.
    /// </param>
    /// <exception cref="InvalidOperationException">Another run of the same tests goes on.</exception>
    internal static TortureRun Begin(
        RunOptions options, IReadOnlyList<PlannedCase> plan, params IReadOnlyList<ITest> trees)
    {
        if (trees.FirstOrDefault(Lanes.ContainsKey) is { } busy)
        {
            throw new InvalidOperationException($"a run of {busy.Name} goes on in this process");
        }

        var run = new TortureRun(options, plan, trees);
        foreach (var lane in run._lanes)
        {
            Lanes[lane.Tree] = lane;
        }

        return run;
    }

    /// <summary>Where a test runs.</summary>
    internal static RunLane LaneOf(ITest test) => Lanes.GetValueOrDefault(RootOf(test))
        ?? throw new InvalidOperationException(
            $"no run for {test.FullName}: call TortureRun.BeginUnderTestPlatform in a [SetUpFixture]");

    /// <summary>
    /// For the [SetUpFixture] of a test assembly: begins a run as the environment says, unless the command did so
    /// before. The plan grows as cases begin, since the test platform does not tell its filter.
    /// </summary>
    public static void BeginUnderTestPlatform()
    {
        var tree = RootOf(TestExecutionContext.CurrentContext.CurrentTest);
        if (!Lanes.ContainsKey(tree))
        {
            Begin(RunOptions.FromEnvironment() with { Arguments = "dotnet test" }, [], tree).IsOfTestPlatform = true;
        }
    }

    /// <summary>For the [SetUpFixture]: ends what <see cref="BeginUnderTestPlatform"/> began.</summary>
    public static async Task EndUnderTestPlatformAsync()
    {
        var tree = RootOf(TestExecutionContext.CurrentContext.CurrentTest);
        if (Lanes.GetValueOrDefault(tree)?.Run is { IsOfTestPlatform: true } run)
        {
            await run.DisposeAsync();
        }
    }

    /// <summary>No further case begins to use the cluster; those that run are at their deadline.</summary>
    public void Stop(string reason)
    {
        Record.Stop(reason);
        _stopping.Cancel();
    }

    /// <summary>Ends the run: the clusters go down, results.json is finished.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        try
        {
            await Task.WhenAll(_lanes.Select(lane => lane.DisposeAsync().AsTask()));
        }
        finally
        {
            Record.Finish();
            _stopping.Dispose();
            foreach (var lane in _lanes)
            {
                Lanes.TryRemove(lane.Tree, out _);
            }
        }
    }

    private bool IsOfTestPlatform { get; set; }

    internal void Begins(PlannedCase planned) => CaseStarted?.Invoke(planned);

    internal void Ended(CaseResult result)
    {
        Record.Put(result);
        CaseEnded?.Invoke(result);
    }

    /// <summary>The first cluster that is up stands for all.</summary>
    internal void Describe(ICluster cluster)
    {
        if (!Interlocked.Exchange(ref _described, true))
        {
            Record.Describe(cluster);
        }
    }

    private static ITest RootOf(ITest test)
    {
        while (test.Parent is { } parent)
        {
            test = parent;
        }

        return test;
    }

    private static RunResults Begun(string runId, RunOptions options, DateTimeOffset started) => new()
    {
        RunId = runId,
        Target = options.Target,
        Started = started,
        Strict = options.Strict,
        Mutant = options.Mutant,
        Arguments = options.Arguments,
        Seed = options.Seed,
        Versions = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["torture"] = typeof(TortureRun).Assembly.GetName().Version!.ToString(3),
            [".NET"] = Environment.Version.ToString(),
            ["os"] = RuntimeInformation.OSDescription,
        },
    };
}
