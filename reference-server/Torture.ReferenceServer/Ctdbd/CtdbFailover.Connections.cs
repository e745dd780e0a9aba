using System.Threading.Channels;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Ctdbd;

/// <summary>
/// Clients of public addresses, told to the daemon, which tells the other nodes: whoever takes the address tickles
/// them.
/// </summary>
public sealed partial class CtdbFailover
{
    private const int MaximumUnderWay = 256;

    private readonly Channel<(NodeConnection Connection, bool Opened)> _connections =
        Channel.CreateUnbounded<(NodeConnection, bool)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly SemaphoreSlim _underWay = new(MaximumUnderWay);

    /// <inheritdoc/>
    public void ConnectionOpened(NodeConnection connection) => _connections.Writer.TryWrite((connection, true));

    /// <inheritdoc/>
    public void ConnectionClosed(NodeConnection connection) => _connections.Writer.TryWrite((connection, false));

    private async Task TellConnectionsAsync()
    {
        try
        {
            while (await _connections.Reader.WaitToReadAsync(_stopping.Token))
            {
                while (_connections.Reader.TryRead(out var news))
                {
                    await _underWay.WaitAsync(_stopping.Token);

                    // In order: each is on its way to the daemon when this returns.
                    _ = TellAsync(news.Connection, news.Opened);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task TellAsync(NodeConnection connection, bool opened)
    {
        var told = new CtdbConnection(connection.Remote, connection.Local);
        try
        {
            if (Volatile.Read(ref _client) is not { } client)
            {
                return;
            }

            if (!opened)
            {
                await client.RemoveConnectionAsync(told, _stopping.Token);
            }
            else if (!await client.AddConnectionAsync(told, _stopping.Token))
            {
                _parts.Log($"failover: {connection.Local.Address} is not this node's: ends the connection of "
                    + connection.Remote);
                connection.Abort();
            }
        }
        catch (Exception trouble) when (IsTrouble(trouble))
        {
            _parts.Log($"failover: the connection of {connection.Remote} is not known to ctdbd: {trouble.Message}");
        }
        finally
        {
            _underWay.Release();
        }
    }
}
