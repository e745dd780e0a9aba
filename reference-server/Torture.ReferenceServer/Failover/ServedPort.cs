namespace Torture.ReferenceServer.Failover;

/// <summary>One listener and the connections that came from it.</summary>
internal sealed class ServedPort
{
    private readonly Lock _gate = new();
    private readonly HashSet<NodeConnection> _connections = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly IListener _listener;
    private readonly Func<NodeConnection, CancellationToken, Task> _serve;
    private readonly TimeProvider _time;
    private readonly Action<string> _log;
    private bool _isClosed;

    public ServedPort(
        IListener listener, Func<NodeConnection, CancellationToken, Task> serve, TimeProvider time, Action<string> log)
    {
        (_listener, _serve, _time, _log) = (listener, serve, time, log);
        _ = AcceptAsync();
    }

    /// <summary>Connections are reset: nobody shall wait for an answer that does not come.</summary>
    public async ValueTask CloseAsync()
    {
        NodeConnection[] open;
        lock (_gate)
        {
            _isClosed = true;
            open = [.. _connections];
        }

        await _listener.DisposeAsync();
        foreach (var connection in open)
        {
            connection.Abort();
        }

        _ended.Cancel();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            NodeConnection connection;
            try
            {
                connection = await NextAsync();
            }
            catch (Exception ended) when (PeerLink.IsEnd(ended))
            {
                return;
            }

            lock (_gate)
            {
                if (_isClosed)
                {
                    connection.Abort();
                    return;
                }

                _connections.Add(connection);
            }

            _ = ServeAsync(connection);
        }
    }

    private Task<NodeConnection> NextAsync() => Shortage.OutlastAsync(
        _listener.AcceptAsync, _time, _ended.Token, why => _log($"{_listener.Local}: cannot accept: {why}"));

    private async Task ServeAsync(NodeConnection connection)
    {
        try
        {
            await _serve(connection, _ended.Token);
        }
        catch (Exception ended) when (PeerLink.IsEnd(ended))
        {
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _log($"connection of {connection.Remote}: {failure}");
        }

        lock (_gate)
        {
            _connections.Remove(connection);
        }

        await connection.DisposeAsync();
    }
}
