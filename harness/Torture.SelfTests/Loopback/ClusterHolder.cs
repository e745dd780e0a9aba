using System.Diagnostics;
using Torture.Harness.Clusters;
using Torture.Harness.Running;
using Torture.Targets.Loopback;
using Torture.Targets.Reference;

namespace Torture.SelfTests.Loopback;

/// <summary>A process of its own that has a cluster and is there to be killed.</summary>
internal static class ClusterHolder
{
    public const string Verb = "hold-cluster";
    public const string Sweep = "sweep";

    /// <summary>
    /// Brings it up; says where its control folder is, its routes, and what coming up had to say, a line each.
    /// </summary>
    public static async Task HoldAsync(string folder, string target)
    {
        var said = new List<string>();
        var options = new TargetOptions { Name = target, RunId = "held", Folder = folder, Log = said.Add };
        var cluster = (ReferenceCluster)await TargetCatalogue.Get(target).UpAsync(options, CancellationToken.None);
        Console.Out.WriteLine(cluster.Configuration.ControlFolder);
        Console.Out.WriteLine(string.Join(' ', cluster.Configuration.Routes));
        Console.Out.WriteLine(string.Join('\t', said));
    }

    /// <summary>Says what it removed, a line each.</summary>
    public static async Task SweepAsync()
    {
        foreach (var removed in await new LoopbackTarget().SweepAsync(CancellationToken.None))
        {
            Console.Out.WriteLine(removed);
        }
    }

    /// <summary>The process; its first lines are what <see cref="HoldAsync"/> or the other verb says.</summary>
    /// <param name="machine">A folder for temporary files: runs of another one know nothing of this one.</param>
    public static Process Start(string? machine, params string[] arguments)
    {
        // These tests may be a background job, which ignores SIGINT, as its children would.
        string[] program = ["--default-signal=INT", "dotnet", typeof(ClusterHolder).Assembly.Location, .. arguments];
        var start = new ProcessStartInfo("env", program)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        if (machine is not null)
        {
            start.Environment["TMPDIR"] = machine;
        }

        return Process.Start(start)!;
    }
}
