using System.Collections.Concurrent;
using System.Net;
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

    /// <summary>
    /// A daemon that lets go of an address ends the connections of this node, without a word to their clients, before
    /// it says whose the address is now: the next owner must still know whom to tickle.
    /// </summary>
    private static readonly TimeSpan ReleaseTime = TimeSpan.FromSeconds(5);

    private readonly Channel<NodeConnection> _opened =
        Channel.CreateUnbounded<NodeConnection>(new UnboundedChannelOptions { SingleReader = true });

    private readonly ConcurrentDictionary<CtdbConnection, byte> _open = [];
    private readonly SemaphoreSlim _underWay = new(MaximumUnderWay);

    /// <inheritdoc/>
    public void ConnectionOpened(NodeConnection connection)
    {
        _open[At(connection)] = 0;
        _opened.Writer.TryWrite(connection);
    }

    /// <inheritdoc/>
    public void ConnectionClosed(NodeConnection connection)
    {
        _open.TryRemove(At(connection), out _);
        _ = ForgetAsync(At(connection));
    }

    private static CtdbConnection At(NodeConnection connection) => new(connection.Remote, connection.Local);

    private async Task TellConnectionsAsync()
    {
        try
        {
            while (await _opened.Reader.WaitToReadAsync(_stopping.Token))
            {
                while (_opened.Reader.TryRead(out var connection))
                {
                    await _underWay.WaitAsync(_stopping.Token);
                    _ = TellAsync(connection);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task TellAsync(NodeConnection connection)
    {
        try
        {
            if (Volatile.Read(ref _client) is { } client
                && !await client.AddConnectionAsync(At(connection), _stopping.Token))
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

    /// <summary>Where the address is still this node's, and the client has not connected again from there.</summary>
    private async Task ForgetAsync(CtdbConnection ended)
    {
        try
        {
            await Task.Delay(ReleaseTime, _parts.Clock.Provider, _stopping.Token);
            await _underWay.WaitAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            if (Volatile.Read(ref _client) is { } client && !_open.ContainsKey(ended)
                && await HasAsync(client, ended.Server.Address))
            {
                await client.RemoveConnectionAsync(ended, _stopping.Token);
            }
        }
        catch (Exception trouble) when (IsTrouble(trouble))
        {
            // Its next owner tickles a connection that has ended, which harms nobody.
        }
        finally
        {
            _underWay.Release();
        }
    }

    private async Task<bool> HasAsync(CtdbClient client, IPAddress address)
    {
        var self = await client.GetNumberAsync(_stopping.Token);
        var known = await client.GetPublicAddressesAsync(_stopping.Token);
        return known.Any(entry => entry.Address.Equals(address) && entry.Owner == self);
    }
}
