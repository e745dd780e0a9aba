using System.Threading.Channels;

namespace Torture.Protocol.Ctdb;

/// <summary>What a <see cref="CtdbClient"/> is told.</summary>
public sealed record CtdbClientOptions(TimeProvider Time)
{
    /// <summary>How long a reply may take; then the control has failed, and the connection goes on.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Hears each message, one after the other; must not wait.</summary>
    public Action<CtdbMessage> Heard { get; init; } = _ => { };
}

/// <summary>
/// A client of the CTDB daemon of its host, over a stream that was connected to the daemon's unix socket. Controls can
/// be under way at the same time. Nonsense from the daemon, or its end, ends the client and all that waits for replies.
/// </summary>
public sealed partial class CtdbClient : IAsyncDisposable
{
    /// <summary>More controls than this cannot wait for their replies at once.</summary>
    public const int MaximumPending = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, TaskCompletionSource<CtdbReply>> _pending = [];
    private readonly HashSet<uint> _givenUp = [];
    private readonly Channel<byte[]> _outgoing = Channel.CreateBounded<byte[]>(MaximumPending);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<IOException> _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Stream _stream;
    private readonly CtdbClientOptions _options;
    private readonly Task _loops;
    private uint _lastId;

    /// <summary>Takes over the stream.</summary>
    public CtdbClient(Stream stream, CtdbClientOptions options)
    {
        (_stream, _options) = (stream, options);
        _loops = Task.WhenAll(ReceiveAsync(), SendAsync());
    }

    /// <summary>Completes when the connection is over, with the reason.</summary>
    public Task<IOException> Ended => _ended.Task;

    /// <summary>Sends a control and waits for its reply, whatever its status.</summary>
    /// <exception cref="IOException">The connection is over.</exception>
    /// <exception cref="TimeoutException">No reply in time.</exception>
    public async Task<CtdbReply> AskAsync(
        CtdbControl control, uint node, ReadOnlyMemory<byte> data, CancellationToken cancellationToken,
        ulong srvid = 0, CtdbControlFlags flags = CtdbControlFlags.None)
    {
        var (id, answer) = Begin(control);
        Write(CtdbCodec.Encode(new CtdbRequest(0, node, 0, id, control, srvid, 0, flags, data)));
        try
        {
            return await answer.Task.WaitAsync(_options.Timeout, _options.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"ctdbd has not answered {control} within {_options.Timeout.TotalSeconds:0.###} s");
        }
        finally
        {
            GiveUp(id);
        }
    }

    /// <summary>Sends a control to the client's own daemon that is not answered, such as SHUTDOWN.</summary>
    /// <exception cref="IOException">The connection is over.</exception>
    public void Order(CtdbControl control)
    {
        lock (_gate)
        {
            ThrowIfEnded();
        }

        Write(CtdbCodec.Encode(new CtdbRequest(
            0, CtdbNodeNumber.Current, 0, 0, control, 0, 0, CtdbControlFlags.NoReply, ReadOnlyMemory<byte>.Empty)));
    }

    /// <summary>Sends a message to the clients of a node, or of many, that have registered for it.</summary>
    /// <exception cref="IOException">The connection is over.</exception>
    public void Send(uint node, ulong srvid, ReadOnlyMemory<byte> data)
    {
        lock (_gate)
        {
            ThrowIfEnded();
        }

        Write(CtdbCodec.Encode(new CtdbMessage(node, srvid, data)));
    }

    public async ValueTask DisposeAsync()
    {
        End("the connection was closed here");
        await _loops;
    }

    private (uint Id, TaskCompletionSource<CtdbReply> Answer) Begin(CtdbControl control)
    {
        var answer = new TaskCompletionSource<CtdbReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ThrowIfEnded();
            if (_pending.Count >= MaximumPending)
            {
                throw new IOException($"{control}: {MaximumPending} controls wait for ctdbd already");
            }

            _lastId++;
            _pending.Add(_lastId, answer);
            return (_lastId, answer);
        }
    }

    /// <summary>Nobody waits any more; a reply may still come, unless it has.</summary>
    private void GiveUp(uint id)
    {
        bool tooMany;
        lock (_gate)
        {
            tooMany = _pending.Remove(id) && _givenUp.Add(id) && _givenUp.Count > MaximumPending;
        }

        if (tooMany)
        {
            End($"ctdbd has left more than {MaximumPending} controls without an answer");
        }
    }

    private void ThrowIfEnded()
    {
        if (_ended.Task.IsCompletedSuccessfully)
        {
            var ended = _ended.Task.Result;
            throw new IOException(ended.Message, ended.InnerException);
        }
    }

    private void Write(byte[] packet)
    {
        if (!_outgoing.Writer.TryWrite(packet))
        {
            End("ctdbd does not read what it is sent");
        }
    }

    private async Task SendAsync()
    {
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(_stopping.Token))
            {
                while (_outgoing.Reader.TryRead(out var packet))
                {
                    await _stream.WriteAsync(packet, _stopping.Token);
                }
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            End("ctdbd has closed its socket", ended);
        }
    }

    private async Task ReceiveAsync()
    {
        var input = new CtdbInput(_stream);
        try
        {
            while (await input.ReadAsync(_stopping.Token) is { } packet)
            {
                Received(packet);
            }

            End("ctdbd has closed its socket");
        }
        catch (ProtocolException nonsense)
        {
            End($"ctdbd does not keep to the protocol: {nonsense.Message}", nonsense);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            End("ctdbd has closed its socket", ended);
        }
    }

    private void Received(CtdbPacket packet)
    {
        switch (packet)
        {
            case CtdbReply reply:
                Answered(reply);
                break;
            case CtdbMessage message:
                _options.Heard(message);
                break;
            default:
                throw new ProtocolException("A daemon sends no control to its client.", CtdbCodec.Citation, 16);
        }
    }

    private void Answered(CtdbReply reply)
    {
        TaskCompletionSource<CtdbReply>? answer;
        lock (_gate)
        {
            if (!_pending.Remove(reply.RequestId, out answer) && !_givenUp.Remove(reply.RequestId))
            {
                throw new ProtocolException(
                    $"A reply to request {reply.RequestId}, which waits for none.", CtdbCodec.Citation, 28);
            }
        }

        answer?.TrySetResult(reply);
    }

    private void End(string why, Exception? cause = null)
    {
        TaskCompletionSource<CtdbReply>[] pending;
        lock (_gate)
        {
            if (!_ended.TrySetResult(new IOException(why, cause)))
            {
                return;
            }

            pending = [.. _pending.Values];
        }

        foreach (var answer in pending)
        {
            answer.TrySetException(new IOException(why, cause));
        }

        _outgoing.Writer.TryComplete();
        _stopping.Cancel();
        _stream.Dispose();
    }
}
