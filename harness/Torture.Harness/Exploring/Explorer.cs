using Torture.Harness.Clusters;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.Harness.Exploring;

/// <summary>A scenario that broke something, as small as it became.</summary>
/// <param name="Made">As chance made it.</param>
/// <param name="Smallest">The fewest acts that break the same.</param>
/// <param name="Result">Of the smallest.</param>
public sealed record Found(Scenario Made, Scenario Smallest, CaseResult Result, int Tries);

/// <summary>
/// Plays scenarios that chance makes, each in a world of its own, and makes smaller what breaks something.
/// </summary>
/// <param name="options">A target whose clusters live in worlds; the seed is the scenario's.</param>
/// <exception cref="TargetUnusableException">The target has no worlds.</exception>
public sealed class Explorer(RunOptions options)
{
    /// <summary>A scenario that takes more simulated time than this hangs.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>So much simulated time, and so many tries, go into making a scenario smaller.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(30);

    private const int MostTries = 300;

    /// <summary>In a world nothing is late but on purpose: a third of the heartbeats notices as much.</summary>
    private readonly IReadOnlyDictionary<string, string> _settings =
        options.Settings.ContainsKey("profile")
            ? options.Settings
            : new Dictionary<string, string>(options.Settings) { ["profile"] = "sparse" };

    private readonly IWorldTarget _worlds = TargetCatalogue.Get(options.Target) as IWorldTarget
        ?? throw new TargetUnusableException(
            $"target {options.Target} has no simulated time: torture explore --target simulation");

    /// <param name="shrink">False: what is found stays as chance made it.</param>
    /// <returns>Null: nothing is wrong.</returns>
    public Found? Explore(int seed, bool shrink, CancellationToken cancellationToken)
    {
        var made = ScenarioMaker.Of(seed);
        var result = Play(made, folder: null, cancellationToken);
        return result.Verdict == Verdict.Passed ? null
            : shrink ? Shrink(made, result, cancellationToken)
            : new Found(made, made, result, Tries: 0);
    }

    /// <summary>Plays it once.</summary>
    /// <param name="folder">Where its evidence goes; null: nowhere.</param>
    public CaseResult Play(Scenario scenario, string? folder, CancellationToken cancellationToken)
    {
        var planned = new PlannedCase(
            $"explore.Seed{scenario.Seed}", "explore", Requirements: [], Needs: [], Breaks: true, Longest);
        var world = _worlds.NewWorld(scenario.Seed);
        try
        {
            return world.Run(() => PlayAsync(scenario, planned, world, folder, cancellationToken));
        }
        catch (Exception thrown) when (thrown is not OperationCanceledException and not TargetUnusableException)
        {
            return planned.NotReached with { Reason = thrown.Message, Exception = thrown.ToString() };
        }
    }

    private async Task<CaseResult> PlayAsync(
        Scenario scenario, PlannedCase planned, IWorld world, string? folder, CancellationToken cancellationToken)
    {
        var wish = options.ForTarget(planned.Id, folder ?? "", world, scenario.Seed) with
        {
            Nodes = scenario.Nodes, Settings = _settings,
        };
        var cluster = await _worlds.UpAsync(wish, cancellationToken);
        await using var session = new RunSession(planned.Id, cluster, world: world);
        await session.BeginAsync(cancellationToken);
        await using var run = new CaseRun(
            planned.Id, session, world.Time, Longest, scenario.Seed, breaks: true, cancellationToken);
        var result = await new CaseExecution(planned, options, run).ExecuteAsync(
            () => new ScenarioSuite(scenario, run).PlayAsync());
        if (folder is not null)
        {
            await Evidence.WriteAsync(folder, run, result, round: 1, options.Keys);
        }

        return result with { Message = FailureText.Of(result, options.Target) };
    }

    /// <summary>Leaves acts out, with the time before them or without, then pauses, then nodes.</summary>
    private Found Shrink(Scenario made, CaseResult result, CancellationToken cancellationToken)
    {
        var (smallest, tries, time) = (made, 0, TimeSpan.Zero);
        var broken = Signature(result);
        bool again;
        do
        {
            again = false;
            foreach (var smaller in Smaller(smallest).TakeWhile(_ => tries < MostTries && time < MostTime))
            {
                tries++;
                var tried = Play(smaller, folder: null, cancellationToken);
                time += tried.Elapsed;
                if (Signature(tried) == broken)
                {
                    (smallest, result, again) = (smaller, tried, true);
                    break;
                }
            }
        }
        while (again);

        return new Found(made, smallest, result, tries);
    }

    private static IEnumerable<Scenario> Smaller(Scenario scenario)
    {
        for (var part = scenario.Acts.Count / 2; part >= 1; part /= 2)
        {
            for (var at = 0; at + part <= scenario.Acts.Count; at += part)
            {
                var rest = scenario.Acts.Skip(at + part).ToList();
                yield return With(scenario.Acts.Take(at).Concat(rest));
                if (rest is [var next, ..])
                {
                    var later = scenario.Acts.Skip(at).Take(part).Aggregate(next.After, (sum, act) => sum + act.After);
                    yield return With([.. scenario.Acts.Take(at), next with { After = later }, .. rest.Skip(1)]);
                }
            }
        }

        for (var at = 0; at < scenario.Acts.Count; at++)
        {
            if (scenario.Acts[at].After > TimeSpan.Zero)
            {
                yield return With(scenario.Acts.Index().Select(act =>
                    act.Index == at ? act.Item with { After = TimeSpan.Zero } : act.Item));
            }
        }

        if (scenario.Nodes > 2)
        {
            yield return scenario with { Nodes = scenario.Nodes - 1 };
        }

        Scenario With(IEnumerable<Act> acts) => scenario with { Acts = [.. acts] };
    }

    /// <summary>What is wrong: the verdict, and the requirements that are broken; or the reason's kind.</summary>
    private static string Signature(CaseResult result)
    {
        var broken = string.Join(' ', result.Checks.Where(check => check.Outcome == CheckOutcome.Broken)
            .Select(check => check.Requirement).Distinct().Order());
        return $"{result.Verdict} {(broken.Length > 0 ? broken : result.Reason?.Split([' ', ':'], 3)[0])}";
    }
}
