using System.CommandLine;
using Torture.Cli.Run;
using Torture.Harness.Clusters;
using Torture.Targets.Hooks;

namespace Torture.Cli.Targets;

/// <summary><c>torture target</c>: target files.</summary>
internal static class TargetCommand
{
    public static Command Create() => new("target", "Target files: clusters of your own, and how to break them.")
    {
        Check(),
        Example(),
    };

    private static Command Check()
    {
        var file = new Argument<string>("file") { Description = "A target file, or the name of a shipped one." };
        var command = new Command(
            "check",
            "Try a target file: each hook that is allowed once, seen to act by observation and by packets, and undone."
            + " 0 all is well, 1 something is not, 2 something is not proven.")
        {
            file, TargetOptionsOf.Set, TargetOptionsOf.Out,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = Directory.CreateDirectory(
                Path.Combine(parsed.GetValue(TargetOptionsOf.Out)!, "check")).FullName;
            var options = new TargetOptions
            {
                Name = parsed.GetValue(file)!,
                RunId = $"check-{Environment.ProcessId}",
                Folder = folder,
                Settings = TargetOptionsOf.Read(parsed).Settings,
                Log = Console.Error.WriteLine,
            };
            var worst = await new TargetCheck(CheckLines.Print).RunAsync(options, cancellationToken);
            return CheckLines.ExitCodeOf(worst, failed: ExitCode.ProductFailure);
        });
        return command;
    }

    private static Command Example()
    {
        var name = new Argument<string?>("name")
        {
            Description = "Which one; without a name they are listed.", Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("example", "Print an annotated target file to begin with.") { name };
        command.SetAction(parsed =>
        {
            var examples = TargetFileSource.Examples.ToList();
            if (parsed.GetValue(name) is not { } chosen)
            {
                examples.ForEach(Console.Out.WriteLine);
                return ExitCode.Conforms;
            }

            if (!examples.Contains(chosen))
            {
                Console.Error.WriteLine($"torture: no example '{chosen}': there are {string.Join(", ", examples)}");
                return ExitCode.Usage;
            }

            Console.Out.Write(TargetFileSource.Example(chosen));
            return ExitCode.Conforms;
        });
        return command;
    }
}
