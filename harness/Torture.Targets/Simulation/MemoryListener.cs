using System.Net;
using Torture.ReferenceServer.Failover;

namespace Torture.Targets.Simulation;

/// <summary>A port that a party listens on: its kernel takes connections also while the party stands still.</summary>
internal sealed class MemoryListener(MemoryNetwork network, Party owner, NetworkStack stack, IPEndPoint local)
    : IListener
{
    private readonly Queue<MemorySocket> _arrived = [];
    private TaskCompletionSource? _changed;
    private bool _isClosed;

    public Party Owner => owner;

    public NetworkStack Stack => stack;

    public IPEndPoint Local => local;

    public bool IsAccepting => _changed is { Task.IsCompleted: false };

    public async ValueTask<NodeConnection> AcceptAsync(CancellationToken cancellationToken)
    {
        while (_arrived.Count == 0)
        {
            if (_isClosed)
            {
                throw new OperationCanceledException($"nobody listens at {local} any more");
            }

            _changed = new TaskCompletionSource();
            await _changed.Task.WaitAsync(cancellationToken);
        }

        return new MemoryConnection(_arrived.Dequeue());
    }

    public void Arrived(MemorySocket socket)
    {
        if (_isClosed)
        {
            socket.Abort();
            return;
        }

        _arrived.Enqueue(socket);
        _changed?.TrySetResult();
    }

    public void End()
    {
        _isClosed = true;
        network.Remove(this);
        while (_arrived.TryDequeue(out var socket))
        {
            socket.Abort();
        }

        _changed?.TrySetResult();
    }

    public ValueTask DisposeAsync()
    {
        End();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A connection of a node.</summary>
internal sealed class MemoryConnection(MemorySocket socket)
    : NodeConnection(socket, socket.Local, socket.Remote)
{
    /// <summary>With RST.</summary>
    public override void Abort() => socket.Abort();
}

/// <summary>The network as one party has it.</summary>
internal sealed class MemoryPort(MemoryNetwork network, Party party) : IConnector, IListenerFactory
{
    public IListener Listen(IPEndPoint endPoint) => network.Listen(party, endPoint);

    public async ValueTask<NodeConnection> ConnectAsync(
        IPAddress from, IPEndPoint to, CancellationToken cancellationToken) =>
        new MemoryConnection(await network.ConnectAsync(party, from, to, cancellationToken));
}
