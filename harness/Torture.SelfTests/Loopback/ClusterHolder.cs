using Torture.Harness.Clusters;
using Torture.SelfTests.Takeover;
using Torture.Targets.Loopback;

namespace Torture.SelfTests.Loopback;

/// <summary>A process of its own that has a cluster and is there to be killed: the entry of this assembly.</summary>
internal static class ClusterHolder
{
    public const string Verb = "hold-cluster";

    /// <summary>The same with network namespaces.</summary>
    public const string NamespacesVerb = "hold-namespaces";

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is [NamespacesVerb])
        {
            var namespaces = await NamespaceCluster.UpAsync([null]);
            Console.Out.WriteLine(Path.GetDirectoryName(namespaces.ClusterFilePath));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        }

        if (arguments is not [Verb, var folder])
        {
            Console.Error.WriteLine("these are tests: dotnet test harness/Torture.SelfTests");
            return 64;
        }

        var options = new TargetOptions { Name = "loopback", RunId = "held", Folder = folder };
        var cluster = (LoopbackCluster)await new LoopbackTarget().UpAsync(options, CancellationToken.None);
        Console.Out.WriteLine(cluster.Configuration.ControlFolder);
        Console.Out.WriteLine(string.Join(' ', cluster.Configuration.Routes));
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        return 0;
    }
}
