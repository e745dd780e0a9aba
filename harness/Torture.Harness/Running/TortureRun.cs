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
/// One run: a folder, a target that comes up when the first case needs it, and a verdict for every planned case.
/// A loaded tree of tests has one at a time; a process has as many as it has trees.
/// </summary>
public sealed class TortureRun : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<ITest, TortureRun> Runs = [];
    private static int _begun;

    private readonly ITest _tree;
    private readonly RunOptions _options;
    private readonly RunRecord _record;
    private readonly RunResults _outset;
    private readonly Lazy<Task<RunSession>> _session;
    private readonly IWorldTarget? _worlds;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private SemaphoreSlim? _places;
    private Expectations _known = Expectations.None;
    private bool _described;
    private bool _ended;

    private TortureRun(RunOptions options, IReadOnlyList<PlannedCase> plan, ITest tree)
    {
        (_options, _tree) = (options, tree);
        _worlds = options.Up is null ? TargetCatalogue.Find(options.Target) as IWorldTarget : null;
        Folder = RunFolder.Make(options, options.Time.GetUtcNow());
        // A run that can be replayed to the byte has neither time nor process of its own.
        _time = _worlds?.NewWorld(options.Seed).Time ?? options.Time;
        var started = _time.GetUtcNow();
        RunId = _worlds is not null ? $"{options.Target}-{options.Seed}"
            : started.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)
                + $"-{Environment.ProcessId}-{Interlocked.Increment(ref _begun)}";
        _outset = Begun(RunId, options, started) with { IsReplayable = _worlds is not null };
        _record = new RunRecord(Folder, _outset, plan, _worlds is null ? _time : null);
        _session = new Lazy<Task<RunSession>>(() => UpAsync(world: null, options.Seed));
    }

    /// <summary>A case begins; from any thread.</summary>
    public event Action<PlannedCase>? CaseStarted;

    /// <summary>A case has a verdict; from any thread.</summary>
    public event Action<CaseResult>? CaseEnded;

    public string RunId { get; }

    /// <summary>Holds results.json and the cases' evidence.</summary>
    public string Folder { get; }

    public RunResults Results => _record.Results;

    /// <param name="tree">The loaded tests, whose cases will find this run.</param>
    /// <exception cref="InvalidOperationException">Another run of the same tests goes on.</exception>
    internal static TortureRun Begin(RunOptions options, IReadOnlyList<PlannedCase> plan, ITest tree)
    {
        if (Runs.ContainsKey(tree))
        {
            throw new InvalidOperationException($"a run of {tree.Name} goes on in this process");
        }

        return Runs[tree] = new TortureRun(options, plan, tree);
    }

    /// <summary>The run that a test belongs to.</summary>
    internal static TortureRun Of(ITest test) => Runs.GetValueOrDefault(RootOf(test))
        ?? throw new InvalidOperationException(
            $"no run for {test.FullName}: call TortureRun.BeginUnderTestPlatform in a [SetUpFixture]");

    /// <summary>
    /// For the [SetUpFixture] of a test assembly: begins a run as the environment says, unless the command did so
    /// before. The plan grows as cases begin, since the test platform does not tell its filter.
    /// </summary>
    public static void BeginUnderTestPlatform()
    {
        var tree = RootOf(TestExecutionContext.CurrentContext.CurrentTest);
        if (!Runs.ContainsKey(tree))
        {
            Begin(RunOptions.FromEnvironment() with { Arguments = "dotnet test" }, [], tree).IsOfTestPlatform = true;
        }
    }

    /// <summary>For the [SetUpFixture]: ends what <see cref="BeginUnderTestPlatform"/> began.</summary>
    public static async Task EndUnderTestPlatformAsync()
    {
        var tree = RootOf(TestExecutionContext.CurrentContext.CurrentTest);
        if (Runs.GetValueOrDefault(tree) is { IsOfTestPlatform: true } run)
        {
            await run.DisposeAsync();
        }
    }

    /// <summary>No further case begins to use the cluster; those that run are at their deadline.</summary>
    public void Stop(string reason)
    {
        _record.Stop(reason);
        _stopping.Cancel();
    }

    /// <summary>Ends the run: the cluster goes down, results.json is finished.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        try
        {
            if (_session.IsValueCreated && _session.Value.IsCompletedSuccessfully)
            {
                await (await _session.Value).DisposeAsync();
            }
        }
        finally
        {
            _record.Finish();
            _stopping.Dispose();
            Runs.TryRemove(_tree, out _);
        }
    }

    private bool IsOfTestPlatform { get; set; }

    internal async Task<CaseResult> ExecuteAsync(PlannedCase planned, Suite suite, Func<Task> body)
    {
        _record.Plan(planned);
        using var place = planned.IsLocal || _worlds is not null ? null : await TakePlaceAsync();
        CaseStarted?.Invoke(planned);
        var started = _time.GetUtcNow();
        CaseResult? worst = null;
        for (var round = 1; round <= _options.Repeat; round++)
        {
            var result = await RoundAsync(planned, suite, body, round);
            result = planned.IsLocal ? result : _known.Judge(result);
            worst = worst is null ? result : Rounds.Join(worst, result);
        }

        var settled = worst! with { Started = started - _outset.Started };
        settled = settled with { Message = FailureText.Of(settled, _outset.TargetAgain) };
        _record.Put(settled);
        CaseEnded?.Invoke(settled);
        return settled;
    }

    /// <summary>Waits where the cluster cannot tell so many clients apart; disposed: the next one's turn.</summary>
    private async Task<IDisposable?> TakePlaceAsync()
    {
        try
        {
            await _session.Value;
        }
        catch (Exception)
        {
            // The case will say why there is no cluster.
        }

        if (_places is not { } places)
        {
            return null;
        }

        await places.WaitAsync();
        return new Place(places);
    }

    private async Task<CaseResult> RoundAsync(PlannedCase planned, Suite suite, Func<Task> body, int round)
    {
        var seed = SeedOf(planned.Id, round);
        try
        {
            return planned.IsLocal ? await CaseAsync(planned, suite, body, session: null, round)
                : _worlds?.NewWorld(seed) is { } world
                    ? world.Run(() => InWorldAsync(planned, suite, body, world, round))
                : await CaseAsync(planned, suite, body, await SessionAsync(planned), round);
        }
        catch (NotSupportedByTargetException missing)
        {
            return planned.NotReached with
            {
                Verdict = _options.MissingIsFailure ? Verdict.Failed : Verdict.NotSupported,
                Reason = missing.Message,
                Lacks = [missing.Capability.ToString()],
            };
        }
        catch (Exception thrown)
        {
            return planned.NotReached with { Reason = thrown.Message, Exception = thrown.ToString() };
        }
    }

    private async Task<CaseResult> CaseAsync(
        PlannedCase planned, Suite suite, Func<Task> body, RunSession? session, int round)
    {
        await using var run = new CaseRun(
            planned.Id, session, session?.Cluster.Time ?? _options.Time, LimitOf(planned, session?.Cluster.Limits),
            SeedOf(planned.Id, round), planned.Breaks, _stopping.Token);
        suite.Case = run;
        var result = await new CaseExecution(planned, _options, run).ExecuteAsync(body);
        if (planned.IsLocal && _worlds is not null)
        {
            // It has no world, and real time is not the same the next time.
            result = result with { Elapsed = TimeSpan.Zero };
        }

        return _options.Evidence && !planned.IsLocal
            ? result with { Evidence = await Evidence.WriteAsync(Folder, run, result, round, _options.Keys) }
            : result;
    }

    /// <summary>A case with a world, and so a cluster, of its own.</summary>
    private async Task<CaseResult> InWorldAsync(
        PlannedCase planned, Suite suite, Func<Task> body, IWorld world, int round)
    {
        _stopping.Token.ThrowIfCancellationRequested();
        await using var session = await UpAsync(world, SeedOf(planned.Id, round));
        Require(planned, session.Cluster);
        return await CaseAsync(planned, suite, body, session, round);
    }

    /// <summary>The cluster, whole, with all that the case needs.</summary>
    private async Task<RunSession> SessionAsync(PlannedCase planned)
    {
        _stopping.Token.ThrowIfCancellationRequested();
        var session = await _session.Value;
        Require(planned, session.Cluster);
        await session.RepairAsync(_stopping.Token);
        return session;
    }

    private static void Require(PlannedCase planned, ICluster cluster)
    {
        foreach (var need in planned.Needs)
        {
            if (cluster.Capabilities.WhyNot(need) is { } reason)
            {
                throw new NotSupportedByTargetException(need, reason);
            }
        }
    }

    private async Task<RunSession> UpAsync(IWorld? world, int seed)
    {
        var folder = Path.Combine(Folder, "target");
        Directory.CreateDirectory(folder);
        var wish = new TargetOptions
        {
            Name = _options.Target,
            RunId = RunId,
            Folder = folder,
            Time = world?.Time ?? _options.Time,
            World = world,
            Seed = seed,
            Nodes = _options.Nodes,
            Mutant = _options.Mutant,
            Keys = _options.Keys,
            Settings = _options.Settings,
            Log = _options.Log,
        };
        try
        {
            var cluster = _options.Up is { } up
                ? await up(wish, _stopping.Token)
                : await (_worlds ?? TargetCatalogue.Get(_options.Target)).UpAsync(wish, _stopping.Token);
            _places = cluster.CasesAtOnce == int.MaxValue ? null : new SemaphoreSlim(cluster.CasesAtOnce);
            _known = cluster.Expectations;
            var session = new RunSession(RunId, cluster, _record, world);
            await session.BeginAsync(_stopping.Token);
            if (Interlocked.Exchange(ref _described, true) == false)
            {
                _record.Describe(cluster);
            }

            return session;
        }
        catch (Exception thrown)
        {
            _record.Stop($"target {_options.Target} cannot be used: {thrown.Message}");
            throw;
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

    /// <summary>What a case says that it takes, it takes where cases have their usual time.</summary>
    private static TimeSpan LimitOf(PlannedCase planned, Limits? limits)
    {
        var usual = new Limits().Case;
        var here = limits?.Case ?? usual;
        return planned.Takes is { } takes ? takes * Math.Max(1, here / usual) : here;
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

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }

    /// <summary>The same case of the same run has the same seed, whatever runs beside it.</summary>
    private int SeedOf(string id, int round)
    {
        var hash = 2166136261u;
        foreach (var letter in id)
        {
            hash = (hash ^ letter) * 16777619;
        }

        return (int)(hash ^ (uint)_options.Seed ^ ((uint)round << 20));
    }
}
