using Torture.Node.Keep;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.Node;

/// <summary>
/// <c>torture-node hold-lock</c>: the cluster lock as CTDB asks a helper for it. Says one character, 0: it has the
/// lock, 1: another node has it, 3: it cannot be had, and keeps the lock until it is killed or loses it.
/// </summary>
internal static class HoldLockCommand
{
    private const string Held = "0";
    private const string Contention = "1";
    private const string Failed = "3";

    /// <summary>So often in the time of a lease a holder counts, and a contender looks whether it does.</summary>
    private const int StepsOfLease = 10;

    /// <summary>The environment variable that says for which node: its private address.</summary>
    public const string NodeAddress = "NODE_ADDRESS";

    /// <summary>The program that has this command.</summary>
    public static string Program => Path.Combine(AppContext.BaseDirectory, "torture-node");

    public static async Task<int> RunAsync(string clusterFile)
    {
        // Whoever has asked for the lock reads what is said here: without a reader nobody needs it.
        if (!Native.DieWithParent(Native.Parent))
        {
            return 0;
        }

        var cluster = ClusterFile.Load(clusterFile);
        var lease = TimeSpan.FromSeconds(cluster.Profile.Lease);
        await using var held = new LeaseLock(cluster.Lock!.Path, lease, new MonotonicClock(TimeProvider.System));
        string said;
        try
        {
            said = await AcquireAsync(held, NodeOf(cluster), lease) ? Held : Contention;
        }
        catch (IOException refused)
        {
            said = Failed;
            Console.Error.WriteLine($"torture-node: cluster lock: {refused.Message}");
        }

        Console.Out.Write(said);
        Console.Out.Flush();
        if (said == Held)
        {
            await KeepAsync(held, lease);
        }

        return 0;
    }

    private static string NodeOf(ClusterConfiguration cluster)
    {
        var address = Environment.GetEnvironmentVariable(NodeAddress);
        return cluster.Nodes.FirstOrDefault(node => node.Private.ToString() == address)?.Name
            ?? throw new ConfigurationException($"{NodeAddress}={address}: no node has that private address");
    }

    /// <returns>False: another node holds it, and counts.</returns>
    private static async Task<bool> AcquireAsync(LeaseLock held, string node, TimeSpan lease)
    {
        while (await held.TryAcquireAsync(node, CancellationToken.None) is null)
        {
            if (held.HolderCounts)
            {
                return false;
            }

            await Task.Delay(lease / StepsOfLease);
        }

        return true;
    }

    /// <summary>Until it is lost, or is out of reach.</summary>
    private static async Task KeepAsync(LeaseLock held, TimeSpan lease)
    {
        try
        {
            while (await held.RenewAsync(CancellationToken.None) is not null)
            {
                await Task.Delay(lease / StepsOfLease);
            }
        }
        catch (IOException lost)
        {
            Console.Error.WriteLine($"torture-node: cluster lock: {lost.Message}");
        }
    }
}
