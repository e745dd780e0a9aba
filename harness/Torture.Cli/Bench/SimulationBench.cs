using System.CommandLine;
using System.Diagnostics;
using Torture.Harness.Clusters;
using Torture.Targets.Simulation;

namespace Torture.Cli.Bench;

/// <summary><c>torture bench simulation</c>: how much simulated time goes into real time, on one core.</summary>
internal static class SimulationBench
{
    private const int GoalSeeds = 200;

    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(5);

    private static readonly Option<int> Seeds = BenchCommand.Count("--seeds", GoalSeeds, "Worlds, from seed 1 on.");
    private static readonly Option<int> Nodes = BenchCommand.Count("--nodes", 5, "Of each cluster.");
    private static readonly Option<int> Minutes = BenchCommand.Count("--minutes", 2, "Of simulated time for each.");

    public static Command Create()
    {
        var command = new Command(
            "simulation",
            "Clusters of the target simulation, one after the other on one core: up until it has converged, some "
            + "simulated minutes, down. With CTDB's own intervals, and with those that cases run with.")
        {
            Seeds, Nodes, Minutes,
        };
        command.SetAction((parsed, stop) => BenchCommand.MeasureAsync(parsed, "simulation", figures =>
        {
            var (seeds, nodes) = (parsed.GetValue(Seeds), parsed.GetValue(Nodes));
            var time = TimeSpan.FromMinutes(parsed.GetValue(Minutes));
            var isGoal = (seeds, nodes, time) == (GoalSeeds, 5, TimeSpan.FromMinutes(2));
            Live(1, nodes, time, "ctdb", stop);
            Tell(figures, "ctdb", seeds, nodes, time, isGoal ? Bench.Goal.AtMost(Goal.TotalSeconds) : null, stop);
            Tell(figures, "fast", Math.Max(1, seeds / 20), nodes, time, null, stop);
            return Task.CompletedTask;
        }));
        return command;
    }

    private static void Tell(
        Figures figures, string profile, int seeds, int nodes, TimeSpan time, Goal? goal, CancellationToken stop)
    {
        var up = TimeSpan.Zero;
        var clock = Stopwatch.StartNew();
        for (var seed = 1; seed <= seeds; seed++)
        {
            up += Live(seed, nodes, time, profile, stop);
        }

        figures.Add($"{profile} {seeds} clusters", clock.Elapsed.TotalSeconds, "s", goal);
        figures.Add($"{profile} up", up.TotalMilliseconds / seeds, "ms");
        var rest = (clock.Elapsed - up).TotalMilliseconds / seeds / time.TotalMinutes;
        figures.Add($"{profile} a minute of one", rest, "ms");
    }

    /// <returns>What it took, in real time, until the cluster was up.</returns>
    private static TimeSpan Live(int seed, int nodes, TimeSpan time, string profile, CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        var target = new SimulationTarget();
        var world = target.NewWorld(seed);
        return world.Run(async () =>
        {
            await using var cluster = await target.UpAsync(
                new TargetOptions
                {
                    Name = "simulation",
                    RunId = "bench",
                    Folder = "",
                    World = world,
                    Time = world.Time,
                    Seed = seed,
                    Nodes = nodes,
                    Settings = new Dictionary<string, string> { ["profile"] = profile },
                },
                stop);
            var up = Stopwatch.GetElapsedTime(began);
            await Task.Delay(time, world.Time, stop);
            return up;
        });
    }
}
