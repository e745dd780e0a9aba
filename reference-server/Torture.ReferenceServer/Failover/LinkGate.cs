using System.Net;

namespace Torture.ReferenceServer.Failover;

/// <summary>
/// Cuts this node's links to a peer in one direction: bytes to it are swallowed, connections to it hang, and a link
/// that is closed meanwhile does not tell the peer so.
/// </summary>
public sealed class LinkGate
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Cut> _cuts = [];

    public bool IsCut(IPAddress peer)
    {
        lock (_gate)
        {
            return _cuts.ContainsKey(peer);
        }
    }

    public void Close(IPAddress peer)
    {
        lock (_gate)
        {
            _cuts.TryAdd(peer, new Cut());
        }
    }

    public void Open(IPAddress peer)
    {
        Cut? cut;
        lock (_gate)
        {
            _cuts.Remove(peer, out cut);
        }

        cut?.End();
    }

    /// <summary>Returns once nothing is cut to the peer.</summary>
    public async Task WhenOpenAsync(IPAddress peer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task opened;
            lock (_gate)
            {
                if (!_cuts.TryGetValue(peer, out var cut))
                {
                    return;
                }

                opened = cut.Opened;
            }

            await opened.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Closes the stream, now or when the peer may hear of it.</summary>
    internal ValueTask CloseAsync(IPAddress peer, Stream stream)
    {
        lock (_gate)
        {
            if (_cuts.TryGetValue(peer, out var cut))
            {
                cut.Kept.Add(stream);
                return ValueTask.CompletedTask;
            }
        }

        return stream.DisposeAsync();
    }

    private sealed class Cut
    {
        private readonly TaskCompletionSource _opened = new();

        public Task Opened => _opened.Task;

        public List<Stream> Kept { get; } = [];

        public void End()
        {
            foreach (var stream in Kept)
            {
                stream.Dispose();
            }

            _opened.TrySetResult();
        }
    }
}

/// <summary>Connections that go through a <see cref="LinkGate"/>.</summary>
public sealed class GatedConnector(IConnector inner, LinkGate gate) : IConnector
{
    public async ValueTask<NodeConnection> ConnectAsync(
        IPAddress from, IPEndPoint to, CancellationToken cancellationToken)
    {
        await gate.WhenOpenAsync(to.Address, cancellationToken);
        var connection = await inner.ConnectAsync(from, to, cancellationToken);
        return Gated(connection, gate);
    }

    internal static NodeConnection Gated(NodeConnection connection, LinkGate gate) =>
        new(new GatedStream(connection.Stream, connection.Remote.Address, gate), connection.Local, connection.Remote);
}

/// <summary>Swallows what is written while the gate is closed.</summary>
internal sealed class GatedStream(Stream inner, IPAddress peer, LinkGate gate) : WrappedStream(inner)
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        gate.IsCut(peer) ? ValueTask.CompletedTask : Inner.WriteAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (!gate.IsCut(peer))
        {
            Inner.Write(buffer, offset, count);
        }
    }

    public override ValueTask DisposeAsync() => gate.CloseAsync(peer, Inner);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ = gate.CloseAsync(peer, Inner);
        }
    }
}
