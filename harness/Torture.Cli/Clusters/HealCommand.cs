using System.CommandLine;
using Torture.Targets.Hooks;

namespace Torture.Cli.Clusters;

/// <summary><c>torture cluster heal</c>: of the cluster that is up, or of what a killed run has left broken.</summary>
internal static class HealCommand
{
    public static Command Create()
    {
        var fault = new Argument<string[]>("fault")
        {
            Description = "Only this one, in the words of `break`; everything without.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var target = new Option<string?>("--target")
        {
            Description = "A target file: undo what a run with it broke and could not undo, since it was killed.",
        };
        var left = new Option<bool>("--left")
        {
            Description = "Undo what any run has left broken, with whichever target file.",
        };
        var command = new Command("heal", "Undo what was broken.") { fault, target, left };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(target) is null && !parsed.GetValue(left))
            {
                return await ClusterHost.AskAsync(["heal", .. parsed.GetValue(fault)!], cancellationToken);
            }

            var whole = await LedgerVisit.HealAsync(
                parsed.GetValue(target), Console.Out.WriteLine, cancellationToken);
            return whole ? ExitCode.Conforms : ExitCode.Incomplete;
        });
        return command;
    }
}
