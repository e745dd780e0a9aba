using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Running;
using Torture.Protocol.Rpc;

namespace Torture.Harness.Faults;

/// <summary>Asks a node whether it lives: a bind at its endpoint mapper.</summary>
internal static class Probe
{
    /// <returns>Whether it answered, and from which end it was asked; null where no connection came about.</returns>
    public static async Task<(bool Answered, IPEndPoint? Local)> TryAsync(CaseRun run, Node node, TimeSpan limit)
    {
        var to = new IPEndPoint(node.Address, run.Cluster.Ports.EndpointMapper);
        using var clock = new CancellationTokenSource(limit, run.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, run.Deadline);
        Connection connection;
        try
        {
            connection = await run.Cluster.ConnectAsync(run.Client.For(to.Address), to, either.Token);
        }
        catch (Exception refused) when (refused is IOException || clock.IsCancellationRequested)
        {
            return (false, null);
        }

        try
        {
            var options = new RpcClientOptions { Interface = SyntaxId.EndpointMapper, TimeProvider = run.Time };
            await using var client = await RpcClient.BindAsync(
                connection.Stream, connection.Local, connection.Remote, options, either.Token);
            return (true, connection.Local);
        }
        catch (Exception lost) when (lost is IOException or RpcConnectionClosedException or RpcBindException
            || clock.IsCancellationRequested)
        {
            return (false, connection.Local);
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }
}
