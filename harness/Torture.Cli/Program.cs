using System.CommandLine;
using Torture.Cli.Bench;
using Torture.Cli.Clusters;
using Torture.Cli.Exploring;
using Torture.Cli.Inspect;
using Torture.Cli.Proving;
using Torture.Cli.Run;
using Torture.Cli.Setup;
using Torture.Cli.Targets;
using Torture.Harness.Clusters;

namespace Torture.Cli;

internal static class Program
{
    /// <summary>Whoever interrupts a command waits so long until it has taken down what it had made.</summary>
    private static readonly TimeSpan TakenDown = TimeSpan.FromMinutes(2);

    private static async Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("Conformance and torture of SMB3 witness failover, the smbtorture of [MS-SWN].")
        {
            RunCommand.Create(),
            ListCommand.Create(),
            ReportCommand.Create(),
            RecheckCommand.Create(),
            ProveCommand.Create(),
            ExploreCommand.Create(),
            RequirementsCommand.Create(),
            InspectVerb.Create(),
            ClusterCommand.Create(),
            TargetCommand.Create(),
            DoctorCommand.Create(),
            ServeCommand.Create(),
            BenchCommand.Create(),
            SetupCommand.Create(),
            TotalsCommand.Create(),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"torture: {parsed.Errors[0].Message}");
            Console.Error.WriteLine("`torture --help` lists the commands, `torture COMMAND --help` what one can do.");
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TakenDown,
            });
        }
        catch (TargetUnusableException unusable)
        {
            Console.Error.WriteLine($"torture: {unusable.Message}");
            return ExitCode.Unusable;
        }
        catch (Exception unexpected) when (unexpected is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"torture: {unexpected.Message}");
            return ExitCode.Unusable;
        }
    }
}
