using System.CommandLine;

namespace Torture.Cli.Setup;

/// <summary><c>torture setup</c>: install what is missing.</summary>
internal static class SetupCommand
{
    public static Command Create()
    {
        var foreign = new Option<bool>("--foreign")
        {
            Description = "Also what the self-tests look through: tshark, and Samba's rpcclient and smbtorture, ctdbd.",
        };
        var containers = new Option<bool>("--containers")
        {
            Description = "Also what clusters in containers need: an engine that runs, and mmdebstrap.",
        };
        var command = new Command("setup", "Install what a run needs: libpcap, iproute2.") { foreign, containers };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var prerequisites = new Prerequisites(Console.Error);
            var ready = prerequisites.EnsureForRun()
                && (!parsed.GetValue(foreign) || prerequisites.EnsureForeignEyes())
                && (!parsed.GetValue(containers) || await prerequisites.EnsureContainersAsync(cancellationToken));
            return ready ? ExitCode.Conforms : ExitCode.Unusable;
        });
        return command;
    }
}
