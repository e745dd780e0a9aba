using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Torture.Cli.Run;
using Torture.Harness.Clusters;
using Torture.Harness.Exploring;
using Torture.Harness.Results;

namespace Torture.Cli.Exploring;

/// <summary><c>torture explore</c>: scenarios that chance makes, in simulated time.</summary>
internal static class ExploreCommand
{
    private static readonly Option<int> Seeds = new("--seeds")
    {
        Description = "So many scenarios.",
        DefaultValueFactory = _ => 500,
    };

    private static readonly Option<int?> From = new("--from")
    {
        Description = "The first seed. Without: a fresh one, which is printed.",
    };

    private static readonly Option<int> AtOnce = new("--at-once")
    {
        Description = "So many at the same time.",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private static readonly Option<int> Most = new("--most")
    {
        Description = "Stops after so many findings.",
        DefaultValueFactory = _ => 5,
    };

    private static readonly Option<bool> AsMade = new("--as-made")
    {
        Description = "What is found is told at once, and not made smaller.",
    };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Where history, capture and logs of what was found go. Without: nowhere.",
    };

    public static Command Create()
    {
        var command = new Command(
            "explore",
            "Random clusters, clients and faults in simulated time, watched by the checkers of every case. What breaks "
            + "something is made as small as it gets and printed as a case; 1 if there is any.")
        {
            Seeds, From, AtOnce, Most, AsMade, TargetOptionsOf.Mutant, TargetOptionsOf.Set, Out,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => Explore(parsed, cancellationToken)));
        return command;
    }

    private static int Explore(ParseResult parsed, CancellationToken cancellationToken)
    {
        var seeds = parsed.GetValue(Seeds);
        var from = parsed.GetValue(From) ?? Random.Shared.Next(int.MaxValue - seeds);
        var folder = parsed.GetValue(Out);
        var explorer = new Explorer(new()
        {
            Target = "simulation",
            Mutant = parsed.GetValue(TargetOptionsOf.Mutant),
            Settings = TargetOptionsOf.SettingsOf(parsed.GetValue(TargetOptionsOf.Set) ?? []),
        });
        using var interruption = new Interruption(cancellationToken);
        var began = Stopwatch.GetTimestamp();
        var (played, found) = (0, 0);
        var gate = new Lock();
        Console.WriteLine($"seeds {from} to {from + seeds - 1}");
        try
        {
            Parallel.ForEach(
                Enumerable.Range(from, seeds),
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = parsed.GetValue(AtOnce), CancellationToken = interruption.Token,
                },
                (seed, loop) =>
                {
                    var finding = explorer.Explore(seed, !parsed.GetValue(AsMade), interruption.Token);
                    lock (gate)
                    {
                        played++;
                        if (finding is null)
                        {
                            return;
                        }

                        Tell(finding);
                        if (++found >= parsed.GetValue(Most))
                        {
                            loop.Stop();
                        }
                    }

                    if (folder is not null)
                    {
                        explorer.Play(finding.Smallest, folder, interruption.Token);
                    }
                });
        }
        catch (Exception) when (interruption.Token.IsCancellationRequested)
        {
            Console.Error.WriteLine("torture: interrupted");
            return ExitCode.Incomplete;
        }

        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{played} scenarios played, {found} found something, {took:0.0} s"));
        return found == 0 ? ExitCode.Conforms : ExitCode.ProductFailure;
    }

    private static void Tell(Found found)
    {
        Console.WriteLine();
        Console.WriteLine(
            $"seed {found.Made.Seed}: {found.Result.Verdict}, {found.Made.Acts.Count} acts, of which"
            + $" {found.Smallest.Acts.Count} do the same ({found.Tries} tries)");
        Console.WriteLine(found.Result.Message ?? found.Result.Reason);
        Console.WriteLine(ScenarioWriter.ToCase(found.Smallest));
    }
}
