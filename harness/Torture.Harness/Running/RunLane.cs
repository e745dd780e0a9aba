using System.Globalization;
using NUnit.Framework.Interfaces;
using Torture.Harness.Clusters;
using Torture.Harness.Results;

namespace Torture.Harness.Running;

/// <summary>
/// One of the clusters of a run, which comes up when the first case needs it, and the cases that run on it: those of
/// one loaded tree of tests.
/// </summary>
internal sealed class RunLane : IAsyncDisposable
{
    private readonly RunOptions _options;
    private readonly int _number;
    private readonly Lazy<Task<RunSession>> _session;
    private SemaphoreSlim? _places;
    private Expectations _known = Expectations.None;

    /// <param name="tree">The loaded tests, whose cases will find this lane.</param>
    /// <param name="number">From 1.</param>
    public RunLane(TortureRun run, RunOptions options, ITest tree, int number)
    {
        (Run, _options, Tree, _number) = (run, options, tree, number);
        _session = new Lazy<Task<RunSession>>(() => UpAsync(world: null, options.Seed));
    }

    public TortureRun Run { get; }

    public ITest Tree { get; }

    private string Name => _number == 1 ? Run.RunId : string.Create(
        CultureInfo.InvariantCulture, $"{Run.RunId}.{_number}");

    private string Folder => Path.Combine(Run.Folder, _number == 1 ? "target" : string.Create(
        CultureInfo.InvariantCulture, $"target.{_number}"));

    public async Task<CaseResult> ExecuteAsync(PlannedCase planned, Suite suite, Func<Task> body)
    {
        Run.Record.Plan(planned);
        using var place = planned.IsLocal || Run.Worlds is not null ? null : await TakePlaceAsync();
        Run.Begins(planned);
        var started = Run.Time.GetUtcNow();
        CaseResult? worst = null;
        for (var round = 1; round <= _options.Repeat; round++)
        {
            var result = await RoundAsync(planned, suite, body, round);
            result = planned.IsLocal ? result : _known.Judge(result);
            worst = worst is null ? result : Rounds.Join(worst, result);
        }

        var settled = worst! with { Started = started - Run.Outset.Started };
        settled = settled with { Message = FailureText.Of(settled, Run.Outset.TargetAgain) };
        Run.Ended(settled);
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
                : Run.Worlds?.NewWorld(seed) is { } world
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
            SeedOf(planned.Id, round), planned.Breaks, Run.Stopping);
        suite.Case = run;
        var result = await new CaseExecution(planned, _options, run).ExecuteAsync(body);
        if (planned.IsLocal && Run.Worlds is not null)
        {
            // It has no world, and real time is not the same the next time.
            result = result with { Elapsed = TimeSpan.Zero };
        }

        return _options.Evidence && !planned.IsLocal
            ? result with { Evidence = await Evidence.WriteAsync(Run.Folder, run, result, round, _options.Keys) }
            : result;
    }

    /// <summary>A case with a world, and so a cluster, of its own.</summary>
    private async Task<CaseResult> InWorldAsync(
        PlannedCase planned, Suite suite, Func<Task> body, IWorld world, int round)
    {
        Run.Stopping.ThrowIfCancellationRequested();
        await using var session = await UpAsync(world, SeedOf(planned.Id, round));
        Require(planned, session.Cluster);
        return await CaseAsync(planned, suite, body, session, round);
    }

    /// <summary>The cluster, whole, with all that the case needs.</summary>
    private async Task<RunSession> SessionAsync(PlannedCase planned)
    {
        Run.Stopping.ThrowIfCancellationRequested();
        var session = await _session.Value;
        Require(planned, session.Cluster);
        await session.RepairAsync(Run.Stopping);
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
        var wish = _options.ForTarget(Name, Directory.CreateDirectory(Folder).FullName, world, seed) with
        {
            Number = _number,
        };
        try
        {
            var cluster = _options.Up is { } up
                ? await up(wish, Run.Stopping)
                : await (Run.Worlds ?? TargetCatalogue.Get(_options.Target)).UpAsync(wish, Run.Stopping);
            _places = cluster.CasesAtOnce == int.MaxValue ? null : new SemaphoreSlim(cluster.CasesAtOnce);
            _known = cluster.Expectations;
            var session = new RunSession(Name, cluster, Run.Record, world);
            await session.BeginAsync(Run.Stopping);
            Run.Describe(cluster);
            return session;
        }
        catch (Exception thrown)
        {
            Run.Record.Stop($"target {_options.Target} cannot be used: {thrown.Message}");
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_session.IsValueCreated && _session.Value.IsCompletedSuccessfully)
        {
            await (await _session.Value).DisposeAsync();
        }
    }

    /// <summary>What a case says that it takes, it takes where cases have their usual time.</summary>
    private static TimeSpan LimitOf(PlannedCase planned, Limits? limits)
    {
        var usual = new Limits().Case;
        var here = limits?.Case ?? usual;
        return planned.Takes is { } takes ? takes * Math.Max(1, here / usual) : here;
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

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
