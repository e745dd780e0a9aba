using System.CommandLine;
using System.Net;
using Torture.Cli.Run;
using Torture.Harness.Clusters;
using Torture.Harness.Running;
using Torture.Targets.Hooks;

namespace Torture.Cli.Targets;

/// <summary><c>torture doctor</c>: what a witness client needs, a line each.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("target")
        {
            Description = "Name of a target, or path of a target file.",
            DefaultValueFactory = _ => RunOptions.FromEnvironment().Target,
        };
        var command = new Command(
            "doctor",
            "Look whether a witness client can get in: names, ports, clock, authentication, interface lists, capture,"
            + " hooks. Breaks nothing. 0 all is well, 2 with doubts, 3 it cannot.")
        {
            target, TargetOptionsOf.Nodes, TargetOptionsOf.Set, TargetOptionsOf.Out,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var wish = RunOptions.FromEnvironment();
            var folder = Directory.CreateDirectory(
                Path.Combine(parsed.GetValue(TargetOptionsOf.Out) ?? wish.Out, "doctor")).FullName;
            var name = parsed.GetValue(target)!;
            await using var cluster = await TargetCatalogue.Get(name).UpAsync(
                new TargetOptions
                {
                    Name = name,
                    RunId = $"doctor-{Environment.ProcessId}",
                    Folder = folder,
                    Nodes = parsed.GetValue(TargetOptionsOf.Nodes),
                    Settings = TargetOptionsOf.SettingsOf(parsed.GetValue(TargetOptionsOf.Set) ?? []),
                    Log = Console.Error.WriteLine,
                },
                cancellationToken);
            var worst = await new Doctor(CheckLines.Print, name => Dns.GetHostAddressesAsync(name))
                .VisitAsync(cluster, cancellationToken);
            return CheckLines.ExitCodeOf(worst, failed: ExitCode.Unusable);
        });
        return command;
    }
}
