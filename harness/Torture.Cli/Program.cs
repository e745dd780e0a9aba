using System.CommandLine;
using Torture.Cli.Setup;

namespace Torture.Cli;

internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("Conformance and torture of SMB3 witness failover, the smbtorture of [MS-SWN].")
        {
            SetupCommand.Create(),
            TotalsCommand.Create(),
        };
        return root.Parse(arguments).InvokeAsync();
    }
}
