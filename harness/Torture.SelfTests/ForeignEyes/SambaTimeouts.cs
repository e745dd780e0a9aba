using Torture.Harness.Faults;

namespace Torture.SelfTests.ForeignEyes;

/// <summary>
/// Samba's test of time-outs waits 0, 1, 10, 100 and 120 s, for each interface that it can use: a cluster of its own,
/// whose first node can offer it just one, and nobody who disturbs it.
/// </summary>
internal sealed class SambaTimeouts : IAsyncDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(6));

    public SambaTimeouts() => Result = RunAsync();

    public Task<(int ExitCode, string Output)> Result { get; }

    public async ValueTask DisposeAsync()
    {
        await _limit.CancelAsync();
        await ((Task)Result).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _limit.Dispose();
    }

    private async Task<(int ExitCode, string Output)> RunAsync()
    {
        await using var foreign = await ForeignCluster.UpAsync(nodes: 2);
        var cluster = foreign.Cluster;
        foreach (var address in cluster.PublicAddresses.Where(address =>
            address.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6))
        {
            await cluster.ApplyAsync(new MoveAddress(address, cluster.Nodes[0]), _limit.Token);
        }

        return await foreign.Root.RunAsync(
            _limit.Token, "smbtorture", foreign.Binding(0, "ntlm,sign"), "rpc.witness.witness.AsyncNotify_timeouts",
            $"--option=torture:net_name={cluster.NetName}");
    }
}
