using System.Diagnostics;
using Torture.ReferenceServer.Failover;

namespace Torture.SelfTests.Failover.Locks;

/// <summary>A process of its own that holds a cluster lock and is there to be killed.</summary>
internal static class LockHolder
{
    public const string Verb = "hold-lock";
    public const string Lease = "lease";
    public const string File = "file";

    /// <summary>Takes the lock and says its term.</summary>
    public static async Task HoldAsync(string kind, string path)
    {
        var clock = new MonotonicClock(TimeProvider.System);
        IClusterLock held = kind == Lease
            ? new LeaseLock(path, TimeSpan.FromHours(1), clock)
            : new FileLock(path, TimeSpan.FromHours(1), clock);
        var term = await held.TryAcquireAsync("victim", CancellationToken.None);
        Console.Out.WriteLine($"term {term?.Term}");
    }

    /// <summary>Returns once it has said that it holds the lock.</summary>
    public static async Task<Process> StartAsync(string kind, string path, CancellationToken cancellationToken)
    {
        var holder = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(LockHolder).Assembly.Location, Verb, kind, path])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        var said = await holder.StandardOutput.ReadLineAsync(cancellationToken);
        return said == "term 1" ? holder : throw new InvalidOperationException($"the holder said {said}");
    }
}
