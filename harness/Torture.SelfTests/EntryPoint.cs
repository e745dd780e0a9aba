using Torture.SelfTests.Failover.Locks;
using Torture.SelfTests.Loopback;
using Torture.SelfTests.Takeover;

namespace Torture.SelfTests;

/// <summary>The entry of this assembly: processes that have something and are there to be killed.</summary>
internal static class EntryPoint
{
    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case [ClusterHolder.Verb, var folder, var target]:
                await ClusterHolder.HoldAsync(folder, target);
                break;
            case [ClusterHolder.Sweep]:
                await ClusterHolder.SweepAsync();
                return 0;
            case [NamespaceCluster.Verb]:
                await NamespaceCluster.HoldAsync();
                break;
            case [LockHolder.Verb, var kind, var path]:
                await LockHolder.HoldAsync(kind, path);
                break;
            default:
                Console.Error.WriteLine("these are tests: dotnet test harness/Torture.SelfTests");
                return 64;
        }

        // Where nobody is left to kill it, it ends.
        await Console.In.ReadLineAsync();
        return 0;
    }
}
