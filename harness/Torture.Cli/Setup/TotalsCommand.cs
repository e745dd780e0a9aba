using System.CommandLine;

namespace Torture.Cli.Setup;

/// <summary><c>torture totals</c>: one line over all result files, for a build server.</summary>
internal static class TotalsCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("paths")
        {
            Description = "TRX files, or folders that hold them.",
            Arity = ArgumentArity.OneOrMore,
        };
        var lacks = new Option<string[]>("--lacks")
        {
            Description = "TARGET:CAPABILITY that the target cannot have: its cases may pass on any other target.",
        };
        var command = new Command("totals", "Sum TRX files into one line; failed, skipped or no tests fail.")
        {
            paths, lacks,
        };
        command.SetAction(parsed =>
        {
            var totals = TestTotals.Of(parsed.GetValue(paths)!, parsed.GetValue(lacks));
            foreach (var problem in totals.Problems)
            {
                Console.WriteLine($"totals: {problem}");
            }

            Console.WriteLine(totals);
            return totals.AreGood ? ExitCode.Conforms : ExitCode.ProductFailure;
        });
        return command;
    }
}
