using Torture.Harness.Clusters;
using Torture.Targets.Loopback;
using Torture.Targets.Reference;

namespace Torture.SelfTests.Loopback;

/// <summary>A process of its own that has a cluster and is there to be killed: the entry of this assembly.</summary>
internal static class ClusterHolder
{
    public const string Verb = "hold-cluster";

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is not [Verb, var folder])
        {
            Console.Error.WriteLine("these are tests: dotnet test harness/Torture.SelfTests");
            return 64;
        }

        var options = new TargetOptions { Name = "loopback", RunId = "held", Folder = folder };
        var cluster = (ReferenceCluster)await new LoopbackTarget().UpAsync(options, CancellationToken.None);
        Console.Out.WriteLine(cluster.Configuration.ControlFolder);
        Console.Out.WriteLine(string.Join(' ', cluster.Configuration.Routes));
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        return 0;
    }
}
