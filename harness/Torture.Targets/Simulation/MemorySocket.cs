using System.Net;
using System.Net.Sockets;

namespace Torture.Targets.Simulation;

/// <summary>
/// One end of a TCP connection, as a kernel has it: it goes on, whatever its party does. Ends like TCP: with FIN, or
/// with RST where something is left unread.
/// </summary>
internal sealed partial class MemorySocket(
    MemoryNetwork network, Party owner, IPEndPoint local, IPEndPoint remote, uint sequence)
{
    /// <summary>What the largest packet of the loopback interface carries, bytes: a line is one packet.</summary>
    private const int MaximumSegment = 65_483;

    /// <summary>More than this, bytes, is not sent to one that does not read.</summary>
    private const int Window = 1 << 20;

    private readonly TaskCompletionSource _connected = new();
    private MemorySocket? _peer;
    private uint _next = sequence;
    private uint _expected;
    private long _lastArrival;
    private bool _hasFin;
    private bool _isReset;
    private bool _isClosed;

    public Party Owner => owner;

    public IPEndPoint Local => local;

    public IPEndPoint Remote => remote;

    /// <summary>Sends SYN.</summary>
    /// <param name="arrived">At the other kernel.</param>
    public Task Open(Action arrived)
    {
        Send(TcpFlags.Syn);
        Deliver(arrived);
        return _connected.Task;
    }

    /// <summary>Answers SYN of the other end.</summary>
    /// <param name="established">Its ACK has come.</param>
    public void Accept(MemorySocket client, Action established)
    {
        _peer = client;
        _expected = client._next;
        Send(TcpFlags.Syn | TcpFlags.Ack);
        Deliver(() => client.Established(this, established));
    }

    /// <summary>Answers SYN of this end, which nobody waits for.</summary>
    public void Refuse()
    {
        network.Capture?.Tcp(remote, local, 0, _next, TcpFlags.Rst | TcpFlags.Ack, default);
        Deliver(() =>
        {
            _isClosed = true;
            network.Remove(this);
            _connected.TrySetException(MemoryNetwork.Refused(remote));
        });
    }

    /// <summary>With FIN, or with RST where something came that was not read.</summary>
    public void Finish()
    {
        if (_unread.Count > 0)
        {
            Abort();
        }
        else if (!_isClosed)
        {
            End();
            if (_peer is { } peer && !_isReset)
            {
                Send(TcpFlags.Fin | TcpFlags.Ack);
                Deliver(peer.Finished);
            }
        }
    }

    /// <summary>With RST.</summary>
    public void Abort()
    {
        if (_isClosed)
        {
            return;
        }

        End();
        if (_peer is not null && !_isReset)
        {
            Reset();
        }
    }

    private void Reset()
    {
        _isReset = true;
        Send(TcpFlags.Rst | TcpFlags.Ack);
        Deliver(_peer!.WasReset);
    }

    private void End()
    {
        _isClosed = true;
        _unread.Clear();
        network.Remove(this);
        Changed();
    }

    private void Established(MemorySocket server, Action established)
    {
        _peer = server;
        _expected = server._next;
        Send(TcpFlags.Ack);
        if (_isClosed)
        {
            // Whoever wanted it has given up meanwhile.
            Reset();
            return;
        }

        Deliver(established);
        _connected.TrySetResult();
    }

    private void Arrived(ReadOnlyMemory<byte> data)
    {
        if (_isReset)
        {
            return;
        }

        if (_isClosed)
        {
            Reset();
            return;
        }

        _expected += (uint)data.Length;
        _unread.Enqueue(data);
        if (!IsReading)
        {
            // Nobody is about to answer.
            Send(TcpFlags.Ack);
        }

        Changed();
    }

    private void Finished()
    {
        if (_isReset)
        {
            return;
        }

        _expected++;
        _hasFin = true;
        Send(TcpFlags.Ack);
        Changed();
    }

    private void WasReset()
    {
        _isReset = true;
        network.Remove(this);
        Changed();
    }

    private void Send(TcpFlags flags, ReadOnlyMemory<byte> data = default)
    {
        var acknowledged = (flags & TcpFlags.Ack) != 0 ? _expected : 0;
        network.Capture?.Tcp(local, remote, _next, acknowledged, flags, data.Span);
        _next += (uint)data.Length + ((flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0 ? 1u : 0u);
    }

    /// <summary>Behind what was sent before.</summary>
    private void Deliver(Action arrives)
    {
        var now = network.World.Now;
        _lastArrival = Math.Max(now + network.NewDelay().Ticks, _lastArrival + 1);
        network.World.After(TimeSpan.FromTicks(_lastArrival - now), () =>
        {
            arrives();
            return true;
        });
    }

    private static IOException ResetByPeer() => new(
        "Connection reset by peer", new SocketException((int)SocketError.ConnectionReset));
}
