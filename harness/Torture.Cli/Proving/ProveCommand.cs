using System.CommandLine;
using System.Diagnostics;
using Torture.Cli.Run;
using Torture.Cli.Setup;
using Torture.Harness.Proving;
using Torture.Harness.Reports;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.Cli.Proving;

/// <summary><c>torture prove</c>: each mutant against the cases that must notice it.</summary>
internal static class ProveCommand
{
    private static readonly Argument<string[]> Patterns = new("mutants")
    {
        Description = "Mutants by a part of their name, or a requirement's id or name. All without.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string[]> Cases = new("--cases")
    {
        Description = "Only cases, fixtures or suites that begin so.",
        Arity = ArgumentArity.ZeroOrMore,
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> Bystanders = new("--bystanders")
    {
        Description = "So many cases that verify nothing that a mutant violates must stay green.",
        DefaultValueFactory = _ => 8,
    };

    private static readonly Option<int> AtOnce = new("--at-once")
    {
        Description = "So many mutants at the same time.",
        DefaultValueFactory = _ => 1,
    };

    public static Command Create()
    {
        var command = new Command(
            "prove",
            "Run deliberately defective servers against the cases that verify what they violate: one must turn red. "
            + "Survivors, cases never seen red and cases that turn red for something else are printed; 1 if there is "
            + "one.")
        {
            Patterns, Cases, Bystanders, AtOnce, TargetOptionsOf.Target, TargetOptionsOf.Nodes, TargetOptionsOf.Seed,
            TargetOptionsOf.Set, TargetOptionsOf.Out,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var patterns = parsed.GetValue(Patterns)!;
        var mutants = MutantList.Select(patterns);
        if (mutants.Count == 0)
        {
            Console.Error.WriteLine($"torture: no mutant is called {string.Join(" or ", patterns)}");
            return ExitCode.NoCaseMatched;
        }

        var wish = TargetOptionsOf.Read(parsed) with
        {
            Arguments = "prove " + string.Join(' ', patterns), Evidence = false, Strict = true,
        };
        var cases = Concerned(parsed.GetValue(Cases)!);
        if (cases.Count == 0)
        {
            Console.Error.WriteLine("torture: no case that needs a cluster begins so: `torture list` shows all");
            return ExitCode.NoCaseMatched;
        }

        return await new Prerequisites(Console.Error).EnsureForAsync(wish.Target, cancellationToken)
            ? await ProveAsync(parsed, wish, mutants, cases, cancellationToken)
            : ExitCode.Unusable;
    }

    private static async Task<int> ProveAsync(
        ParseResult parsed, RunOptions wish, IReadOnlyList<MutantResult> mutants, IReadOnlyList<PlannedCase> cases,
        CancellationToken cancellationToken)
    {
        using var interruption = new Interruption(cancellationToken);

        // The engine of the cases takes the console's writers away while it runs.
        var lines = new ProveLines(Console.Out, Console.Error);
        var began = Stopwatch.GetTimestamp();
        string? folder = null;
        using var proof = new Proof(new ProofOptions
        {
            Run = wish,
            Mutants = mutants,
            Bystanders = parsed.GetValue(Bystanders),
            AtOnce = parsed.GetValue(AtOnce),
            Tried = lines.Tell,
        });
        try
        {
            var results = await proof.RunAsync(cases, run => folder = run.Folder, interruption.Token);
            ResultsFile.Write(folder!, results);
            var report = ReportWriter.WriteAll(folder!, results);
            var whole = mutants.Count == MutantList.All.Count && parsed.GetValue(Cases)!.Length == 0;
            return lines.End(new ProofSummary(results), whole, Stopwatch.GetElapsedTime(began), report);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            lines.Interrupted();
            return ExitCode.Incomplete;
        }
    }

    /// <summary>All cases that need a cluster.</summary>
    private static IReadOnlyList<PlannedCase> Concerned(string[] prefixes) =>
        [.. new SuiteRunner().Select(prefixes).Where(planned => !planned.IsLocal)];
}
