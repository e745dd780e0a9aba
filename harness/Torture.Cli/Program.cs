using System.CommandLine;
using Torture.Cli.Clusters;
using Torture.Cli.Run;
using Torture.Cli.Setup;

namespace Torture.Cli;

internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("Conformance and torture of SMB3 witness failover, the smbtorture of [MS-SWN].")
        {
            RunCommand.Create(),
            ListCommand.Create(),
            ReportCommand.Create(),
            ServeCommand.Create(),
            SetupCommand.Create(),
            TotalsCommand.Create(),
        };
        return root.Parse(arguments).InvokeAsync();
    }
}
