using System.Globalization;
using System.Runtime.InteropServices;
using Torture.Captures;
using Torture.Cli.Run;
using Torture.Cli.Setup;
using Torture.Harness.Clusters;
using Torture.Harness.Reports;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.Cli.Bench;

/// <summary>Failovers of several targets, one after the other in one run, on one page.</summary>
/// <param name="options">For every target; a wish may add settings.</param>
internal sealed class FailoverComparison(
    RunOptions options, IReadOnlyList<TargetWish> targets, IReadOnlyList<string> faults, Figures figures)
{
    private const double StampLimit = 1000;
    private static readonly int[] Gravest =
        [ExitCode.Unusable, ExitCode.NoCaseMatched, ExitCode.ProductFailure, ExitCode.Incomplete];

    private readonly SuiteRunner _runner = new();

    /// <summary>As it was before any case ran: while cases run, their engine takes what is written.</summary>
    private readonly TextWriter _log = Console.Error;

    /// <returns>The gravest exit code of all targets; each of them was tried.</returns>
    public async Task<int> MeasureAsync(CancellationToken stop)
    {
        var started = TimeProvider.System.GetUtcNow();
        var folder = RunFolder.Make(options with { Target = "comparison" }, started);
        var results = Begun(started);
        var codes = new List<int>();
        foreach (var wish in targets.TakeWhile(_ => !stop.IsCancellationRequested))
        {
            Say($"measuring {wish.Word}");
            var (target, code) = await MeasureAsync(wish, folder, stop);
            codes.Add(code);
            results = results with
            {
                Targets = [.. results.Targets, target],
                Elapsed = TimeProvider.System.GetUtcNow() - started,
            };
            ComparisonWriter.Write(folder, results);
        }

        Tell(figures, results);
        Say(ComparisonWriter.Conclusion(results));
        Say($"{Path.GetRelativePath(Environment.CurrentDirectory, folder)}/{ComparisonWriter.Html}");
        return codes.Count < targets.Count ? ExitCode.Incomplete : GravestOf(codes);
    }

    /// <summary>As the page has them.</summary>
    public static void Tell(Figures figures, ComparisonResults results)
    {
        var view = new ComparisonView(results);
        foreach (var cell in view.Cells)
        {
            foreach (var (measure, name) in
                new[] { (Measure.Outage, "outage"), (Measure.Notification, "T4 told") })
            {
                var what = $"{cell.Target.Name} {cell.Fault} {name}";
                FailoverBench.Tell(figures, what, cell.Samples(measure).Select(sample => (TimeSpan?)sample));
                if (!cell.IsBase && view.Ratio(cell, measure) is { } ratio)
                {
                    figures.Add($"{what} ratio", ratio, "x");
                }
            }
        }

        foreach (var target in results.Targets)
        {
            if (target.Stamps is { } stamps)
            {
                figures.Add(
                    $"{target.Name} stamp error at most", stamps.AtMost().TotalMicroseconds, "us",
                    Goal.AtMost(StampLimit));
            }
        }
    }

    public static int GravestOf(IReadOnlyCollection<int> codes) =>
        Gravest.FirstOrDefault(codes.Contains, codes.Append(ExitCode.Conforms).Max());

    /// <summary>What a run says of each fault.</summary>
    public static IReadOnlyList<ComparedFault> FaultsOf(RunResults results, IReadOnlyList<string> faults) =>
    [
        .. faults.Select(fault => new ComparedFault
        {
            Fault = fault,
            Follows = CaseOf(results, FailoverBench.CaseOf(fault)),
            Told = CaseOf(results, FailoverBench.ToldCaseOf(fault)),
        }),
    ];

    private static ComparedCase CaseOf(RunResults results, string id)
    {
        var result = results.Cases.FirstOrDefault(one => one.Id == id);
        return new ComparedCase
        {
            Id = id,
            Verdict = result?.Verdict ?? Verdict.Inconclusive,
            Reason = result is null ? "there is no such case" : ReasonOf(result),
            Failovers = result?.Failovers ?? [],
        };
    }

    private static string? ReasonOf(CaseResult result) => result.Verdict == Verdict.Passed
        ? null
        : result.Expectation ?? result.Reason
        ?? result.Checks.FirstOrDefault(check => check.Outcome == CheckOutcome.Broken) switch
        {
            { } broken => $"{broken.Requirement}: expected {broken.Expected}, it was {broken.Actual}",
            null => result.Message?.Split('\n')[0],
        };

    private async Task<(ComparedTarget Target, int Code)> MeasureAsync(
        TargetWish wish, string folder, CancellationToken stop)
    {
        var target = new ComparedTarget { Name = wish.Word, Load = Load() };
        try
        {
            if (!await new Prerequisites(_log).EnsureForAsync(wish.Target, stop))
            {
                throw new TargetUnusableException("something that it needs is missing and cannot be installed");
            }

            return await RunAsync(target, wish, folder, stop);
        }
        catch (Exception failed) when (failed is TargetUnusableException or IOException)
        {
            return (Unusable(target, failed.Message), ExitCode.Unusable);
        }
    }

    private async Task<(ComparedTarget Target, int Code)> RunAsync(
        ComparedTarget target, TargetWish wish, string folder, CancellationToken stop)
    {
        var cases = _runner.Select(
            [.. faults.SelectMany(fault => new[] { FailoverBench.CaseOf(fault), FailoverBench.ToldCaseOf(fault) })]);
        var run = "";
        var results = await _runner.RunAsync(
            options with
            {
                Target = wish.Target,
                Settings = wish.SettingsOver(options.Settings),
                Out = folder,
                Arguments = $"{string.Join(' ', cases.Select(one => one.Id))} --repeat {options.Repeat}",
                Log = Say,
            },
            cases,
            begun =>
            {
                run = begun.Folder;
                begun.CaseEnded += result => Say($"{wish.Word}: {result.Id} {result.Verdict}");
            },
            stop);
        ReportWriter.WriteAll(run, results);
        target = target with
        {
            Run = Path.GetRelativePath(folder, run),
            Cluster = results.Cluster,
            Faults = FaultsOf(results, faults),
            Stamps = StampError.Of(PacketsOf(run)),
        };
        var code = Verdicts.ExitCodeOf(results);
        return (code == ExitCode.Unusable ? Unusable(target, ReasonOf(results, wish.Target)) : target, code);
    }

    private static string ReasonOf(RunResults results, string target) =>
        results.Stopped!.Replace($"target {target} cannot be used: ", "", StringComparison.Ordinal);

    private ComparedTarget Unusable(ComparedTarget target, string reason)
    {
        Say($"{target.Name} was not measured: {reason}");
        return target with { Unusable = reason };
    }

    private static IEnumerable<CapturedPacket> PacketsOf(string run)
    {
        var cases = Path.Combine(run, "cases");
        return Directory.Exists(cases)
            ? Directory.EnumerateFiles(cases, Evidence.CaptureFile, SearchOption.AllDirectories)
                .SelectMany(path => CaptureFile.Read(path))
            : [];
    }

    private ComparisonResults Begun(DateTimeOffset started) => new()
    {
        Started = started,
        Arguments = $"--targets {string.Join(',', targets.Select(target => target.Word))} "
            + $"--faults {string.Join(',', faults)} --repeat {options.Repeat}",
        Repeat = options.Repeat,
        Faults = faults,
        Versions = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["torture"] = typeof(FailoverComparison).Assembly.GetName().Version!.ToString(3),
            [".NET"] = Environment.Version.ToString(),
            ["os"] = RuntimeInformation.OSDescription,
            ["processors"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
        },
    };

    /// <summary>Of the last minute; null where nobody tells.</summary>
    private static double? Load() =>
        File.Exists("/proc/loadavg") && double.TryParse(
            File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture, out var load) ? load : null;

    private void Say(string line) => _log.WriteLine($"torture bench: {line}");
}
