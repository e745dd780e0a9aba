using System.CommandLine;
using System.CommandLine.Parsing;
using Torture.Captures;
using Torture.Cli.Run;
using Torture.Cli.Setup;
using Torture.Harness.Clusters;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.Cli.Bench;

/// <summary><c>torture bench failover</c>: how long until clients are served again.</summary>
internal static class FailoverBench
{
    private static readonly string[] KnownFaults = ["kill", "pause", "stop", "disable", "ban", "move"];

    private static readonly Option<int> Repeat = BenchCommand.Count("--repeat", 20, "Outages.");
    private static readonly Option<string> Fault = new("--fault")
    {
        Description = "What happens to the owner of the client's address; move: the address goes elsewhere.",
        DefaultValueFactory = _ => "kill",
    };

    private static readonly Option<string?> Targets = new("--targets")
    {
        Description = "Several targets one after the other, apart by commas, each a name, NAME:SETTING=VALUE or a "
            + "target file; one page compares them with the first.",
    };

    private static readonly Option<string> Faults = new("--faults")
    {
        Description = "With --targets: what happens, apart by commas.",
        DefaultValueFactory = _ => string.Join(',', KnownFaults),
    };

    public static Command Create()
    {
        Fault.AcceptOnlyFromAmong(KnownFaults);
        Faults.Validators.Add(RefuseUnknownFaults);
        var command = new Command(
            "failover",
            "The case TheClientFollows of the suite failover over and over: minimum, median, 95th percentile and "
            + "maximum of the outage that the client's workload saw, and of each milestone since the fault, from the "
            + "capture. With --targets several targets side by side, fault by fault, on one page.")
        {
            Repeat, Fault, Faults, Targets, TargetOptionsOf.Target, TargetOptionsOf.Nodes, TargetOptionsOf.Set,
            TargetOptionsOf.Out,
        };
        command.SetAction(async (parsed, stop) =>
        {
            var verdict = ExitCode.Conforms;
            var code = await BenchCommand.MeasureAsync(
                parsed, "failover", async figures => verdict = parsed.GetValue(Targets) is { } targets
                    ? await CompareAsync(parsed, targets, figures, stop)
                    : await MeasureAsync(parsed, figures, stop));
            return code == ExitCode.Conforms ? verdict : code;
        });
        return command;
    }

    /// <summary>Tells how long it took, by the packets of a run.</summary>
    public static void Tell(Figures figures, IEnumerable<FailoverResult> failovers)
    {
        var all = failovers.ToArray();
        // A repeat without an end in the packets is no short outage: the distribution is of the others only.
        var seen = all.Count(failover => failover.Outage is not null);
        figures.Add("repeats", all.Length, "");
        figures.Add("repeats whose outage the packets show", seen, "", Goal.AtLeast(all.Length));
        Tell(figures, "outage", all.Select(failover => failover.Outage));
        foreach (var milestones in all.SelectMany(failover => failover.Milestones)
            .GroupBy(milestone => $"{milestone.Name} {milestone.Event}").OrderBy(group => group.Key))
        {
            Tell(figures, milestones.Key, milestones.Select(milestone => milestone.After));
        }
    }

    public static string CaseOf(string fault) => fault == "move"
        ? "failover.MovedAddress.TheClientFollows"
        : $"failover.OwnerLost.TheClientFollows_{fault}";

    /// <summary>The case whose client is registered: it shows when the notification comes.</summary>
    public static string ToldCaseOf(string fault) => fault == "move"
        ? "failover.MovedAddress.TheClientIsToldBothChanges"
        : $"failover.OwnerLost.TheClientIsToldBothChanges_{fault}";

    public static void Tell(Figures figures, string name, IEnumerable<TimeSpan?> measured)
    {
        if (LatencyDistribution.Of(measured) is not { } latencies)
        {
            return;
        }

        figures.Add($"{name} count", latencies.Count, "");
        figures.Add($"{name} min", latencies.Minimum.TotalMilliseconds, "ms");
        figures.Add($"{name} median", latencies.Median.TotalMilliseconds, "ms");
        figures.Add($"{name} p95", latencies.Percentile95.TotalMilliseconds, "ms");
        figures.Add($"{name} max", latencies.Maximum.TotalMilliseconds, "ms");
    }

    private static void RefuseUnknownFaults(OptionResult result)
    {
        foreach (var word in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!KnownFaults.Contains(word))
            {
                result.AddError($"--faults: '{word}' is none of {string.Join(", ", KnownFaults)}");
            }
        }
    }

    private static Task<int> CompareAsync(
        ParseResult parsed, string targets, Figures figures, CancellationToken stop)
    {
        var options = TargetOptionsOf.Read(parsed) with { Repeat = parsed.GetValue(Repeat) };
        string[] faults = [.. parsed.GetValue(Faults)!.Split(',').Distinct()];
        return new FailoverComparison(options, TargetWish.Parse(targets), faults, figures).MeasureAsync(stop);
    }

    private static async Task<int> MeasureAsync(ParseResult parsed, Figures figures, CancellationToken stop)
    {
        if (!new Prerequisites(Console.Error).EnsureForRun())
        {
            throw new TargetUnusableException("nothing was measured");
        }

        var runner = new SuiteRunner();
        var wanted = CaseOf(parsed.GetValue(Fault)!);
        var cases = runner.Select(wanted);
        if (cases.Count == 0)
        {
            throw new TargetUnusableException($"there is no case {wanted}");
        }

        var options = TargetOptionsOf.Read(parsed) with
        {
            Repeat = parsed.GetValue(Repeat),
            Arguments = $"{cases[0].Id} --repeat {parsed.GetValue(Repeat)}",
            Log = line => Console.Error.WriteLine($"torture bench: {line}"),
        };
        var results = await runner.RunAsync(options, cases, cancellationToken: stop);
        Tell(figures, results.Cases.SelectMany(result => result.Failovers));
        foreach (var result in results.Cases.Where(result => result.Verdict != Verdict.Passed))
        {
            Console.Error.WriteLine($"torture bench: {result.Id} {result.Verdict}: {result.Reason ?? result.Message}");
        }

        return Verdicts.ExitCodeOf(results);
    }
}
