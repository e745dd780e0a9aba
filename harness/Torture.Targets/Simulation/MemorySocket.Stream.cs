namespace Torture.Targets.Simulation;

/// <summary>The socket as its party has it.</summary>
internal sealed partial class MemorySocket : Stream
{
    private readonly Queue<ReadOnlyMemory<byte>> _unread = [];
    private TaskCompletionSource? _arrival;
    private TaskCompletionSource? _room;
    private int _onTheWay;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What the party waits for here; null where for nothing.</summary>
    public string? Wait =>
        IsReading ? $"{owner.Name} waits for bytes at {local} from {remote}"
        : _room is { Task.IsCompleted: false } ? $"{owner.Name} waits at {local} until {remote} reads"
        : !_connected.Task.IsCompleted && _peer is null ? $"{owner.Name} waits at {local} for {remote} to answer"
        : null;

    private bool IsReading => _arrival is { Task.IsCompleted: false };

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        while (_unread.Count == 0)
        {
            if (_isReset)
            {
                throw ResetByPeer();
            }

            if (_hasFin)
            {
                return 0;
            }

            _arrival = new TaskCompletionSource();
            await _arrival.Task.WaitAsync(cancellationToken);
            if (_isClosed)
            {
                throw new IOException("The connection was closed meanwhile.");
            }
        }

        return Take(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (_isReset)
        {
            return ValueTask.FromException(ResetByPeer());
        }

        Put(buffer.Span);
        return _peer!._onTheWay <= Window ? ValueTask.CompletedTask : UntilReadAsync(cancellationToken);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        Put(buffer.AsSpan(offset, count));
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Whoever waits here would stop the world.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing) => Finish();

    private int Take(Memory<byte> buffer)
    {
        var count = 0;
        while (count < buffer.Length && _unread.TryDequeue(out var data))
        {
            var part = Math.Min(data.Length, buffer.Length - count);
            data[..part].CopyTo(buffer[count..]);
            count += part;
            if (part < data.Length)
            {
                PutBack(data[part..]);
            }
        }

        _onTheWay -= count;
        if (_onTheWay <= Window)
        {
            _peer!._room?.TrySetResult();
        }

        return count;
    }

    private void PutBack(ReadOnlyMemory<byte> rest)
    {
        ReadOnlyMemory<byte>[] behind = [.. _unread];
        _unread.Clear();
        _unread.Enqueue(rest);
        foreach (var data in behind)
        {
            _unread.Enqueue(data);
        }
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        var peer = _peer!;
        for (var start = 0; start < bytes.Length; start += MaximumSegment)
        {
            var data = bytes[start..Math.Min(start + MaximumSegment, bytes.Length)].ToArray();
            peer._onTheWay += data.Length;
            Send(TcpFlags.Psh | TcpFlags.Ack, _ => peer.Arrived(data), data);
        }
    }

    private async ValueTask UntilReadAsync(CancellationToken cancellationToken)
    {
        while (_peer!._onTheWay > Window)
        {
            _room = new TaskCompletionSource();
            await _room.Task.WaitAsync(cancellationToken);
            if (_isReset || _isClosed)
            {
                throw ResetByPeer();
            }
        }
    }

    private void Changed()
    {
        _arrival?.TrySetResult();
        _room?.TrySetResult();
        if (_isClosed)
        {
            _connected.TrySetException(MemoryNetwork.Refused(remote));
            _ = _connected.Task.Exception;
        }
    }
}
