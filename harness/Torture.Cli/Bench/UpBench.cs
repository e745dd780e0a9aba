using System.CommandLine;
using System.Diagnostics;
using Torture.Captures;
using Torture.Cli.Run;
using Torture.Cli.Setup;
using Torture.Harness.Clusters;
using Torture.Harness.Running;
using Torture.Targets.Loopback;
using Torture.Targets.Reference;

namespace Torture.Cli.Bench;

/// <summary><c>torture bench up</c>: how long a cluster takes to come and to go.</summary>
internal static class UpBench
{
    private static readonly TimeSpan LoopbackGoal = TimeSpan.FromSeconds(2);

    private static readonly Option<int> Repeat = BenchCommand.Count("--repeat", 9, "Ups and downs.");

    public static Command Create()
    {
        var command = new Command(
            "up",
            "A cluster as a run has it, with capture and keys: up until it has converged, down until nothing is left, "
            + "over and over. Minimum, median and maximum, and the medians of what an up is made of.")
        {
            Repeat, TargetOptionsOf.Target, TargetOptionsOf.Nodes, TargetOptionsOf.Set,
        };
        command.SetAction((parsed, stop) => BenchCommand.MeasureAsync(
            parsed, "up",
            figures => MeasureAsync(figures, TargetOptionsOf.Read(parsed), parsed.GetValue(Repeat), stop)));
        return command;
    }

    /// <summary>Tells what was measured.</summary>
    public static void Tell(Figures figures, string name, IEnumerable<TimeSpan> measured, Goal? goal = null)
    {
        if (LatencyDistribution.Of(measured.Select(time => (TimeSpan?)time)) is { } times)
        {
            figures.Add($"{name} min", times.Minimum.TotalMilliseconds, "ms");
            figures.Add($"{name} median", times.Median.TotalMilliseconds, "ms", goal);
            figures.Add($"{name} max", times.Maximum.TotalMilliseconds, "ms");
        }
    }

    private static async Task MeasureAsync(Figures figures, RunOptions wish, int repeat, CancellationToken stop)
    {
        var isLoopback = wish.Target == "loopback";
        if (!await new Prerequisites(Console.Error).EnsureForAsync(wish.Target, stop))
        {
            throw new TargetUnusableException("nothing was measured");
        }

        var ups = new List<TimeSpan>();
        var downs = new List<TimeSpan>();
        var phases = new List<UpPhase>();
        for (var i = 0; i < repeat; i++)
        {
            var folder = Directory.CreateTempSubdirectory("torture-bench-").FullName;
            var started = Stopwatch.GetTimestamp();
            var cluster = await TargetCatalogue.Get(wish.Target).UpAsync(OptionsOf(wish, folder), stop);
            ups.Add(Stopwatch.GetElapsedTime(started));
            phases.AddRange((cluster as ReferenceCluster)?.Phases ?? []);
            started = Stopwatch.GetTimestamp();
            await cluster.DisposeAsync();
            downs.Add(Stopwatch.GetElapsedTime(started));
            Directory.Delete(folder, recursive: true);
        }

        Tell(figures, "up", ups, isLoopback ? Goal.AtMost(LoopbackGoal.TotalMilliseconds) : null);
        foreach (var phase in phases.GroupBy(phase => phase.Name))
        {
            var median = LatencyDistribution.Of(phase.Select(each => (TimeSpan?)each.Took))!.Median;
            figures.Add($"up: {phase.Key} median", median.TotalMilliseconds, "ms");
        }

        Tell(figures, "down", downs);
    }

    private static TargetOptions OptionsOf(RunOptions wish, string folder) => new()
    {
        Name = wish.Target,
        RunId = $"bench-{Environment.ProcessId}",
        Folder = folder,
        Nodes = wish.Nodes,
        Settings = wish.Settings,
    };
}
