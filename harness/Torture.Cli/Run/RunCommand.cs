using System.CommandLine;
using Torture.Cli.Progress;
using Torture.Cli.Setup;
using Torture.Harness.Reports;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.Cli.Run;

/// <summary><c>torture run</c>: brings the target up, runs cases, writes the report.</summary>
internal static class RunCommand
{
    private static readonly Argument<string[]> Cases = new("cases")
    {
        Description = "Cases, fixtures or suites by the beginning of their id: rpc.witness, notify.ClientMove. "
            + "All without.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> Strict = new("--strict")
    {
        Description = "A SHOULD that was answered in a tolerated way fails.",
    };

    private static readonly Option<bool> Require = new("--require")
    {
        Description = "A case that needs what the target lacks fails.",
    };

    private static readonly Option<int> Repeat = new("--repeat")
    {
        Description = "Each case so many times; the worst verdict counts, latencies are a distribution.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Clusters = new("--clusters")
    {
        Description = "So many clusters side by side, which share the cases out: most of a failover is waiting.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<bool> NoKeys = new("--no-keys")
    {
        Description = "Write no session keys beside the captures.",
    };

    public static Command Create()
    {
        var command = new Command("run", "Run cases against a target and write results and report.")
        {
            Cases, TargetOptionsOf.Target, TargetOptionsOf.Nodes, TargetOptionsOf.Seed, TargetOptionsOf.Mutant,
            TargetOptionsOf.Set, TargetOptionsOf.Out, Strict, Require, Repeat, Clusters, NoKeys,
        };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(Wish(parsed), parsed.GetValue(Cases)!, cancellationToken));
        return command;
    }

    private static RunOptions Wish(ParseResult parsed) => TargetOptionsOf.Read(parsed) with
    {
        Strict = parsed.GetValue(Strict),
        MissingIsFailure = parsed.GetValue(Require),
        Repeat = Math.Max(1, parsed.GetValue(Repeat)),
        Clusters = Math.Max(1, parsed.GetValue(Clusters)),
        Keys = !parsed.GetValue(NoKeys),
        Arguments = string.Join(' ', parsed.Tokens.Skip(1).Select(token => token.Value)),
    };

    private static async Task<int> RunAsync(RunOptions wish, string[] prefixes, CancellationToken cancellationToken)
    {
        var runner = new SuiteRunner();
        var cases = runner.Select(prefixes);
        if (cases.Count == 0)
        {
            Console.Error.WriteLine(
                $"torture: no case begins with {string.Join(" or ", prefixes)}: `torture list` shows all");
            return ExitCode.NoCaseMatched;
        }

        if (cases.Any(planned => !planned.IsLocal)
            && !await new Prerequisites(Console.Error).EnsureForAsync(wish.Target, cancellationToken))
        {
            return ExitCode.Unusable;
        }

        using var interruption = new Interruption(cancellationToken);
        using var progress = new ConsoleProgress(Console.Out, ConsoleStyle.Detect(), TimeProvider.System);
        progress.Planned(cases.Count);
        string? folder = null;
        var results = await runner.RunAsync(
            wish with { Log = progress.Say },
            cases,
            run =>
            {
                folder = run.Folder;
                run.CaseStarted += planned => progress.Started(planned.Id);
                run.CaseEnded += progress.Finished;
            },
            interruption.Token);
        var report = ReportWriter.WriteAll(folder!, results);
        progress.End(results, Path.GetRelativePath(Environment.CurrentDirectory, report));
        return Verdicts.ExitCodeOf(results);
    }
}
