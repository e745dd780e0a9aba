using System.CommandLine;

namespace Torture.Cli.Setup;

/// <summary><c>torture setup</c>: install what is missing.</summary>
internal static class SetupCommand
{
    public static Command Create()
    {
        var foreign = new Option<bool>("--foreign")
        {
            Description = "Also what the self-tests look through: tshark, and Samba's rpcclient and smbtorture.",
        };
        var command = new Command("setup", "Install what a run needs: libpcap, iproute2.") { foreign };
        command.SetAction(parsed =>
        {
            var prerequisites = new Prerequisites(Console.Error);
            var ready = prerequisites.EnsureForRun()
                && (!parsed.GetValue(foreign) || prerequisites.EnsureForeignEyes());
            return ready ? ExitCode.Conforms : ExitCode.Unusable;
        });
        return command;
    }
}
