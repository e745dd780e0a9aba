using System.CommandLine;
using Torture.Harness.Clusters;
using Torture.Harness.Running;

namespace Torture.Cli.Clusters;

/// <summary><c>torture cluster down</c>: ends the cluster that is up, with --all sweeps after crashes.</summary>
internal static class DownCommand
{
    public static Command Create()
    {
        var all = new Option<bool>("--all")
        {
            Description = "Also remove what runs of every target have left that ended without cleaning up. "
                + "What a living run owns stays.",
        };
        var down = new Command("down", "End the cluster that is up.") { all };
        down.SetAction((parsed, cancellationToken) => parsed.GetValue(all)
            ? DownAllAsync(cancellationToken)
            : ClusterHost.AskAsync(["down"], cancellationToken));
        return down;
    }

    private static async Task<int> DownAllAsync(CancellationToken cancellationToken)
    {
        if (await ClusterHost.IsUpAsync(cancellationToken))
        {
            await ClusterHost.AskAsync(["down"], cancellationToken);
        }

        return await SweepAsync(TargetCatalogue.All, Console.Out, Console.Error, cancellationToken);
    }

    /// <summary>A tab-separated line for each thing that was removed: target and thing.</summary>
    public static async Task<int> SweepAsync(
        IEnumerable<(string Name, ITarget Target)> targets, TextWriter output, TextWriter errors,
        CancellationToken cancellationToken)
    {
        var code = ExitCode.Conforms;
        var count = 0;
        foreach (var (name, target) in targets)
        {
            try
            {
                foreach (var removed in await target.SweepAsync(cancellationToken))
                {
                    output.WriteLine($"{name}\t{removed}");
                    count++;
                }
            }
            catch (TargetUnusableException unusable)
            {
                errors.WriteLine($"torture: {name}: {unusable.Message}");
                code = ExitCode.Unusable;
            }
        }

        if (count == 0 && code == ExitCode.Conforms)
        {
            output.WriteLine("nothing was left");
        }

        return code;
    }
}
