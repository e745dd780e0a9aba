using System.Buffers;

namespace Torture.Protocol.Rpc;

/// <summary>
/// The sending side of a connection. PDUs are composed and protected under <see cref="Gate"/>, in the order in which
/// they go out; whoever comes while bytes are being written leaves more for the same writer.
/// </summary>
internal sealed class PduOutput(Stream stream, int limit)
{
    private byte[] _filling = [];
    private int _filled;
    private bool _flushing;
    private bool _corked;
    private TaskCompletionSource? _written;

    /// <summary>To be held from the first <see cref="Reserve"/> of a message to its last.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Bytes that were composed and are not being written yet; the gate is held.</summary>
    public int Composed => _filled;

    /// <summary>Nothing is sent any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Why writing failed, or the limit was passed.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Room for bytes that are filled in before the gate is left.</summary>
    public Span<byte> Reserve(int count)
    {
        if (_filling.Length - _filled < count)
        {
            Grow(count);
        }

        var room = _filling.AsSpan(_filled, count);
        _filled += count;
        return room;
    }

    /// <summary>False: the connection is over, or the peer leaves too much unread (then it is over now).</summary>
    public bool MayCompose(int count)
    {
        if (!IsClosed && _filled + count > limit)
        {
            Failure = new IOException($"the peer leaves more than {limit} bytes unread");
            IsClosed = true;
            stream.Dispose();
        }

        return !IsClosed;
    }

    public void Append(ReadOnlySpan<byte> pdu)
    {
        lock (Gate)
        {
            if (MayCompose(pdu.Length))
            {
                pdu.CopyTo(Reserve(pdu.Length));
            }
        }
    }

    /// <summary>Collects what is composed from now on, so that one write carries it all.</summary>
    public void Cork()
    {
        lock (Gate)
        {
            _corked = true;
        }
    }

    public ValueTask UncorkAsync()
    {
        lock (Gate)
        {
            _corked = false;
        }

        return FlushAsync();
    }

    /// <summary>Writes what is there, unless somebody is at it. Never throws: see <see cref="Failure"/>.</summary>
    public async ValueTask FlushAsync()
    {
        while (TakeFilled() is { Array: not null } taken)
        {
            try
            {
                await stream.WriteAsync(taken.AsMemory());
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException)
            {
                Close(failure);
                await stream.DisposeAsync();
            }

            ArrayPool<byte>.Shared.Return(taken.Array);
            EndWrite();
        }
    }

    /// <summary>Until all that was composed is written.</summary>
    public async Task DrainAsync()
    {
        while (true)
        {
            await FlushAsync();
            var written = WrittenAsync(-1);
            if (written.IsCompletedSuccessfully)
            {
                return;
            }

            await written;
        }
    }

    /// <summary>Takes back what was composed after <paramref name="mark"/>; the gate is still held.</summary>
    public void Rollback(int mark) => _filled = mark;

    /// <summary>Waits for the present write where more than <paramref name="mark"/> bytes wait behind it.</summary>
    public Task WrittenAsync(int mark)
    {
        lock (Gate)
        {
            if (!_flushing || _filled <= mark)
            {
                return Task.CompletedTask;
            }

            _written ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _written.Task;
        }
    }

    public void Close(Exception? failure = null)
    {
        lock (Gate)
        {
            Failure ??= failure;
            IsClosed = true;
        }
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_filling.Length * 2, _filled + count));
        _filling.AsSpan(0, _filled).CopyTo(larger);
        if (_filling.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_filling);
        }

        _filling = larger;
    }

    private ArraySegment<byte> TakeFilled()
    {
        lock (Gate)
        {
            if (_flushing || _corked || _filled == 0)
            {
                return default;
            }

            _flushing = true;
            var taken = new ArraySegment<byte>(_filling, 0, _filled);
            (_filling, _filled) = ([], 0);
            return taken;
        }
    }

    private void EndWrite()
    {
        TaskCompletionSource? written;
        lock (Gate)
        {
            _flushing = false;
            (written, _written) = (_written, null);
        }

        written?.SetResult();
    }
}
