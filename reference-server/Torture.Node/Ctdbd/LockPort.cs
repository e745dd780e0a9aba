using System.Runtime.Versioning;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.Node.Ctdbd;

/// <summary>
/// Where the helper of this node's ctdbd gets CTDB's cluster lock: each connection is one attempt, and holds the lease
/// for as long as it stays open. A process of its own would have to start in the midst of every recovery.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class LockPort : IDisposable
{
    private const byte Held = (byte)'0';
    private const byte Contention = (byte)'1';
    private const byte Failed = (byte)'3';

    /// <summary>So often in the time of a lease a holder counts, and a contender looks whether it does.</summary>
    private const int StepsOfLease = 10;

    private readonly string _node;
    private readonly string _folder;
    private readonly TimeSpan _lease;
    private readonly TimeProvider _time;
    private readonly Action<string> _log;
    private readonly ControlPort _port;
    private CancellationTokenSource _daemon = new();

    /// <exception cref="ConfigurationException">The socket cannot be made.</exception>
    public LockPort(ClusterConfiguration cluster, NodeEntry self, TimeProvider time, Action<string> log)
    {
        (_node, _folder, _time, _log) = (self.Name, cluster.Lock!.Path, time, log);
        _lease = TimeSpan.FromSeconds(cluster.Profile.Lease);
        Path = ControlSocket.LockOf(cluster, self.Name);
        _port = new ControlPort(Path, ServeAsync);
    }

    public string Path { get; }

    /// <summary>The daemon has ended: what its helpers held is free, also where they live on.</summary>
    public void EndAll() => Interlocked.Exchange(ref _daemon, new CancellationTokenSource()).Cancel();

    public void Dispose()
    {
        EndAll();
        _port.Dispose();
    }

    private async Task ServeAsync(Stream helper, CancellationToken cancellationToken)
    {
        await using var held = new LeaseLock(_folder, _lease, new MonotonicClock(_time));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken, Volatile.Read(ref _daemon).Token);
        var left = EndsAsync(helper, over);
        try
        {
            var said = await AcquireAsync(held, over.Token);
            await helper.WriteAsync(new[] { said }, over.Token);
            while (said == Held && await held.RenewAsync(over.Token) is not null)
            {
                await Task.Delay(_lease / StepsOfLease, _time, over.Token);
            }
        }
        catch (IOException lost)
        {
            _log($"cluster lock: {lost.Message}");
        }
        finally
        {
            await over.CancelAsync();
            await left;
        }
    }

    private async Task<byte> AcquireAsync(LeaseLock held, CancellationToken cancellationToken)
    {
        try
        {
            while (await held.TryAcquireAsync(_node, cancellationToken) is null)
            {
                if (held.HolderCounts)
                {
                    return Contention;
                }

                await Task.Delay(_lease / StepsOfLease, _time, cancellationToken);
            }

            return Held;
        }
        catch (IOException refused)
        {
            _log($"cluster lock: {refused.Message}");
            return Failed;
        }
    }

    /// <summary>CTDB lets go of the lock by ending its helper, which says nothing.</summary>
    private static async Task EndsAsync(Stream helper, CancellationTokenSource over)
    {
        try
        {
            await helper.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, over.Token);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException)
        {
        }

        await over.CancelAsync();
    }
}
