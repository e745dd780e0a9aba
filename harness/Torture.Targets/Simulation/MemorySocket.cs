using System.Net;
using System.Net.Sockets;
using Torture.Captures;

namespace Torture.Targets.Simulation;

/// <summary>
/// One end of a TCP connection, as a kernel has it: it goes on, whatever its party does. Ends like TCP: with FIN, or
/// with RST where something is left unread, or comes to a machine that knows of no such connection. What the link loses
/// is sent again.
/// </summary>
internal sealed partial class MemorySocket(
    MemoryNetwork network, Party owner, NetworkStack stack, IPEndPoint local, IPEndPoint remote, uint sequence)
{
    /// <summary>What the largest packet of the loopback interface carries, bytes: a line is one packet.</summary>
    private const int MaximumSegment = 65_483;

    /// <summary>More than this, bytes, is not sent to one that does not read.</summary>
    private const int Window = 1 << 20;

    /// <summary>Neighbours that nobody has answered for so often are not there.</summary>
    private const int Questions = 3;

    /// <summary>After so many times the connection is given up.</summary>
    private const int Most = 12;

    /// <summary>Until it is sent again; twice as long each time. SYN: [RFC6298] 2.1.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(0.2);

    private static readonly TimeSpan SynAgain = TimeSpan.FromSeconds(1);

    /// <summary>Without an answer for so long it is asked anew who has the address: DELAY and PROBE of Linux.</summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(8);

    private readonly TaskCompletionSource _connected = new();
    private readonly List<Segment> _lost = [];
    private MemorySocket? _peer;
    private uint _next = sequence;
    private uint _expected;
    private long _lastArrival;
    private bool _hasFin;
    private bool _isReset;
    private bool _isClosed;

    public Party Owner => owner;

    public NetworkStack Stack => stack;

    public IPEndPoint Local => local;

    public IPEndPoint Remote => remote;

    /// <summary>Sends SYN.</summary>
    /// <param name="arrived">At the other kernel.</param>
    public Task Open(Action<NetworkStack> arrived)
    {
        Send(TcpFlags.Syn, arrived);
        return _connected.Task;
    }

    /// <summary>Answers SYN of the other end.</summary>
    /// <param name="established">Its ACK has come.</param>
    public void Accept(MemorySocket client, Action established)
    {
        _peer = client;
        _expected = client._next;
        Send(TcpFlags.Syn | TcpFlags.Ack, _ => client.Established(this, established));
    }

    /// <summary>A machine answers SYN, or what else it knows nothing of, with RST.</summary>
    public void Refuse(NetworkStack machine)
    {
        var (number, acknowledged) = _peer is null ? (0u, _next) : (_expected, 0u);
        var flags = _peer is null ? TcpFlags.Rst | TcpFlags.Ack : TcpFlags.Rst;
        var passes = network.Pass(
            machine, stack.Mac, remote.Address, local.Address,
            () => Frames.Tcp(machine.Mac, stack.Mac, remote, local, number, acknowledged, flags, default));
        if (passes is not { } late)
        {
            RefuseAgain(machine);
            return;
        }

        Deliver(late, () =>
        {
            if (_peer is null)
            {
                Fail(MemoryNetwork.Refused(remote));
            }
            else
            {
                WasReset();
            }
        });
    }

    /// <summary>The refusal was lost: what it refuses comes again.</summary>
    private void RefuseAgain(NetworkStack machine) => network.World.After(_peer is null ? SynAgain : Again, () =>
    {
        if (!_isClosed && !_isReset)
        {
            Refuse(machine);
        }

        return !_isClosed;
    });

    /// <summary>
    /// Something came that is not of the window: it is answered with what is to come next ([RFC9293] 3.10.7.4).
    /// </summary>
    public void Challenge()
    {
        if (_peer is not null && !_isReset)
        {
            Put(new Segment(_next, TcpFlags.Ack, default, _ => { }) { IsOnce = true });
        }
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
                Send(TcpFlags.Fin | TcpFlags.Ack, _ => peer.Finished());
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
        _lost.Clear();
        Put(new Segment(_next, TcpFlags.Rst | TcpFlags.Ack, default, _ => _peer!.WasReset()) { IsOnce = true });
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
        Acknowledge();
        if (_isClosed)
        {
            // Whoever wanted it has given up meanwhile.
            Reset();
            return;
        }

        Deliver(TimeSpan.Zero, established);
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
            Acknowledge();
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
        Acknowledge();
        Changed();
    }

    private void WasReset()
    {
        _isReset = true;
        _lost.Clear();
        network.Remove(this);
        Changed();
    }

    /// <summary>It is not to be.</summary>
    private void Fail(IOException why)
    {
        _isClosed = true;
        _lost.Clear();
        network.Remove(this);
        _connected.TrySetException(why);
        _ = _connected.Task.Exception;
    }

    private void Acknowledge()
    {
        if (Neighbour() is { } mac)
        {
            Write(mac, _next, TcpFlags.Ack, default);
        }
    }

    private void Send(TcpFlags flags, Action<NetworkStack> arrives, ReadOnlyMemory<byte> data = default)
    {
        var segment = new Segment(_next, flags, data, arrives);
        _next += (uint)data.Length + ((flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0 ? 1u : 0u);
        if (_lost.Count > 0)
        {
            _lost.Add(segment);
        }
        else
        {
            Put(segment);
        }
    }

    private void Put(Segment segment)
    {
        var mac = Neighbour();
        var late = mac is { } at ? Write(at, segment.Sequence, segment.Flags, segment.Data) : null;
        Deliver(late ?? TimeSpan.Zero, () =>
        {
            if (_lost.Count == 0 && late is not null && network.At(mac, remote.Address) is { } machine)
            {
                Reach(machine, segment);
            }
            else if (!segment.IsOnce)
            {
                Lose(segment, isThere: mac is not null);
            }
        });
    }

    private void Reach(NetworkStack machine, Segment segment)
    {
        if (_peer is null || _peer.Stack == machine)
        {
            segment.Arrives(machine);
        }
        else if ((segment.Flags & TcpFlags.Rst) == 0 && !_isReset)
        {
            Refuse(machine);
        }
    }

    /// <summary>What was sent after it is lost as well: it waits until this has come.</summary>
    private void Lose(Segment segment, bool isThere)
    {
        if (_isReset || (_isClosed && _peer is null))
        {
            return;
        }

        _lost.Add(segment);
        if (_lost.Count > 1)
        {
            return;
        }

        segment.Times++;
        if (_peer is null && !isThere)
        {
            AskAgain(segment);
            return;
        }

        var pause = (_peer is null ? SynAgain : Again) * (1 << (segment.Times - 1));
        network.World.After(pause, () => SendAgain(segment, pause));
    }

    /// <summary>Nobody says that it has the address: a question a second, and no connection after the last.</summary>
    private void AskAgain(Segment syn) => network.World.After(SynAgain, () =>
    {
        if (syn.Times < Questions)
        {
            return SendAgain(syn, SynAgain);
        }

        var mattered = !_isClosed;
        Fail(MemoryNetwork.Unreachable(remote));
        return mattered;
    });

    private bool SendAgain(Segment first, TimeSpan waited)
    {
        if (_lost.Count == 0 || _lost[0] != first)
        {
            return false;
        }

        if (first.Times >= Most)
        {
            WasReset();
            return true;
        }

        first.Waited += waited;
        if (first.Waited >= Doubt)
        {
            first.Waited = TimeSpan.Zero;
            stack.Doubt(remote.Address);
        }

        Segment[] again = [.. _lost];
        _lost.Clear();
        foreach (var segment in again)
        {
            Put(segment);
        }

        return true;
    }

    /// <summary>Nothing leaves from an address that the machine does not have, or for one that nobody has.</summary>
    private MacAddress? Neighbour() =>
        stack.Has(local.Address) ? stack.NeighbourAt(remote.Address, local.Address) : null;

    /// <returns>By how much it comes later than else; null: it is lost.</returns>
    private TimeSpan? Write(MacAddress mac, uint number, TcpFlags flags, ReadOnlyMemory<byte> data)
    {
        var acknowledged = (flags & TcpFlags.Ack) != 0 ? _expected : 0;
        return network.Pass(
            stack, mac, local.Address, remote.Address,
            () => Frames.Tcp(stack.Mac, mac, local, remote, number, acknowledged, flags, data.Span));
    }

    /// <summary>Behind what was sent before.</summary>
    private void Deliver(TimeSpan late, Action arrives)
    {
        var now = network.World.Now;
        _lastArrival = Math.Max(now + late.Ticks + network.NewDelay().Ticks, _lastArrival + 1);
        network.World.After(TimeSpan.FromTicks(_lastArrival - now), () =>
        {
            arrives();
            return true;
        });
    }

    private static IOException ResetByPeer() => new(
        "Connection reset by peer", new SocketException((int)SocketError.ConnectionReset));

    /// <param name="Arrives">At this machine.</param>
    private sealed record Segment(
        uint Sequence, TcpFlags Flags, ReadOnlyMemory<byte> Data, Action<NetworkStack> Arrives)
    {
        /// <summary>Nobody waits for an answer to it.</summary>
        public bool IsOnce { get; init; }

        /// <summary>How often it was lost.</summary>
        public int Times { get; set; }

        public TimeSpan Waited { get; set; }
    }
}
