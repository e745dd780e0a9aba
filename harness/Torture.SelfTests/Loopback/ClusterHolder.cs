using System.Diagnostics;
using Torture.Harness.Clusters;
using Torture.Targets.Loopback;

namespace Torture.SelfTests.Loopback;

/// <summary>A process of its own that has a cluster and is there to be killed.</summary>
internal static class ClusterHolder
{
    public const string Verb = "hold-cluster";

    /// <summary>Brings it up; says where its control folder is, and its routes, a line each.</summary>
    public static async Task HoldAsync(string folder)
    {
        var options = new TargetOptions { Name = "loopback", RunId = "held", Folder = folder };
        var cluster = (LoopbackCluster)await new LoopbackTarget().UpAsync(options, CancellationToken.None);
        Console.Out.WriteLine(cluster.Configuration.ControlFolder);
        Console.Out.WriteLine(string.Join(' ', cluster.Configuration.Routes));
    }

    /// <summary>The process; its first two lines are what <see cref="HoldAsync"/> says.</summary>
    public static Process Start(string folder) => Process.Start(new ProcessStartInfo(
        "dotnet", [typeof(ClusterHolder).Assembly.Location, Verb, folder])
    {
        RedirectStandardOutput = true,
        RedirectStandardInput = true,
    })!;
}
