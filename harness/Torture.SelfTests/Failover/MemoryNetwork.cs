using System.Net;
using Torture.ReferenceServer.Failover;

namespace Torture.SelfTests.Failover;

/// <summary>
/// Connections between simulated nodes. What the process of a dead node had open is closed by its kernel.
/// </summary>
internal sealed class MemoryNetwork
{
    private readonly Dictionary<IPEndPoint, Listener> _listeners = [];
    private readonly List<(SimulatedNode Node, MemoryEnd End)> _ends = [];
    private int _port = 30_000;

    public Port Of(SimulatedNode node) => new(this, node);

    /// <summary>As the kernel does when a process ends.</summary>
    public void CloseAllOf(SimulatedNode node)
    {
        foreach (var (local, _) in _listeners.Where(entry => entry.Value.Owner == node).ToArray())
        {
            _listeners.Remove(local);
        }

        foreach (var (_, end) in _ends.Where(entry => entry.Node == node).ToArray())
        {
            end.Dispose();
        }

        _ends.RemoveAll(entry => entry.Node == node);
    }

    /// <summary>The network as one node has it.</summary>
    internal sealed class Port(MemoryNetwork network, SimulatedNode node) : IConnector, IListenerFactory
    {
        public IListener Listen(IPEndPoint endPoint) => network._listeners[endPoint] = new Listener(node, endPoint);

        public ValueTask<NodeConnection> ConnectAsync(
            IPAddress from, IPEndPoint to, CancellationToken cancellationToken)
        {
            if (!network._listeners.TryGetValue(to, out var listener))
            {
                return ValueTask.FromException<NodeConnection>(new IOException("refused"));
            }

            var local = new IPEndPoint(from, ++network._port);
            var (here, there) = MemoryEnd.Pair();
            network._ends.Add((node, here));
            network._ends.Add((listener.Owner, there));
            listener.Arrived(new NodeConnection(there, to, local));
            return ValueTask.FromResult(new NodeConnection(here, local, to));
        }
    }

    private sealed class Listener(SimulatedNode owner, IPEndPoint local) : IListener
    {
        private readonly Queue<NodeConnection> _backlog = [];
        private TaskCompletionSource? _arrived;

        public SimulatedNode Owner => owner;

        public IPEndPoint Local => local;

        public void Arrived(NodeConnection connection)
        {
            _backlog.Enqueue(connection);
            _arrived?.TrySetResult();
        }

        public async ValueTask<NodeConnection> AcceptAsync(CancellationToken cancellationToken)
        {
            while (_backlog.Count == 0)
            {
                _arrived = new TaskCompletionSource();
                await _arrived.Task.WaitAsync(cancellationToken);
            }

            return _backlog.Dequeue();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>One end of a connection in memory.</summary>
internal sealed class MemoryEnd : Stream
{
    private readonly Queue<byte[]> _incoming = [];
    private MemoryEnd? _peer;
    private TaskCompletionSource? _changed;
    private bool _peerIsClosed;
    private bool _isClosed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static (MemoryEnd Here, MemoryEnd There) Pair()
    {
        var (here, there) = (new MemoryEnd(), new MemoryEnd());
        (here._peer, there._peer) = (there, here);
        return (here, there);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_incoming.Count == 0)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_peerIsClosed)
            {
                return 0;
            }

            _changed = new TaskCompletionSource();
            await _changed.Task.WaitAsync(cancellationToken);
        }

        var chunk = _incoming.Dequeue();
        chunk.CopyTo(buffer);
        return chunk.Length <= buffer.Length ? chunk.Length : throw new IOException("chunk too long for the reader");
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isClosed || _peerIsClosed)
        {
            return ValueTask.FromException(new IOException("closed"));
        }

        foreach (var chunk in buffer.ToArray().Chunk(1024))
        {
            _peer!._incoming.Enqueue(chunk);
        }

        _peer!._changed?.TrySetResult();
        return ValueTask.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _isClosed = true;
        _changed?.TrySetResult();
        if (_peer is not null)
        {
            _peer._peerIsClosed = true;
            _peer._changed?.TrySetResult();
        }
    }
}
