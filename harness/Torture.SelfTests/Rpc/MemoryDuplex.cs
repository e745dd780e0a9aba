using System.Net.Sockets;

namespace Torture.SelfTests.Rpc;

/// <summary>Two streams in memory: what one writes, the other reads. Ends like TCP: in order, or by a reset.</summary>
public sealed class MemoryDuplex
{
    /// <param name="largestRead">Bytes that one read gives at most: 1 splits everything.</param>
    public MemoryDuplex(int largestRead = int.MaxValue)
    {
        var there = new Pipe(largestRead);
        var back = new Pipe(largestRead);
        A = new End(back, there);
        B = new End(there, back);
        (A.Peer, B.Peer) = (B, A);
    }

    public End A { get; }

    public End B { get; }

    /// <summary>One direction.</summary>
    internal sealed class Pipe(int largestRead)
    {
        private readonly Lock _gate = new();
        private readonly Queue<ReadOnlyMemory<byte>> _chunks = [];
        private TaskCompletionSource _changed = NewSource();
        private bool _closed;
        private bool _reset;

        public long Written { get; private set; }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            lock (_gate)
            {
                Throw.If(_reset);
                if (_closed)
                {
                    Throw.Reset();
                }

                Written += bytes.Length;
                _chunks.Enqueue(bytes.ToArray());
            }

            Signal();
        }

        public void Close(bool reset)
        {
            lock (_gate)
            {
                _closed = true;
                _reset |= reset;
            }

            Signal();
        }

        public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
        {
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    Throw.If(_reset);
                    if (_chunks.TryDequeue(out var chunk))
                    {
                        return Take(chunk, target);
                    }

                    if (_closed)
                    {
                        return 0;
                    }

                    changed = _changed.Task;
                }

                await changed.WaitAsync(cancellationToken);
            }
        }

        private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

        private int Take(ReadOnlyMemory<byte> chunk, Memory<byte> target)
        {
            var count = Math.Min(Math.Min(chunk.Length, target.Length), largestRead);
            chunk[..count].CopyTo(target);
            if (count < chunk.Length)
            {
                var rest = new List<ReadOnlyMemory<byte>> { chunk[count..] };
                rest.AddRange(_chunks);
                _chunks.Clear();
                rest.ForEach(_chunks.Enqueue);
            }

            return count;
        }

        private void Signal()
        {
            TaskCompletionSource changed;
            lock (_gate)
            {
                (changed, _changed) = (_changed, NewSource());
            }

            changed.TrySetResult();
        }
    }

    /// <summary>One end.</summary>
    public sealed class End : Stream
    {
        private readonly Pipe _in;
        private readonly Pipe _out;
        private bool _disposed;

        internal End(Pipe input, Pipe output) => (_in, _out) = (input, output);

        /// <summary>Bytes that this end has written.</summary>
        public long Written => _out.Written;

        public End Peer { get; internal set; } = null!;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        /// <summary>Both ends see a connection reset.</summary>
        public void Reset()
        {
            _in.Close(reset: true);
            _out.Close(reset: true);
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var read = await _in.ReadAsync(buffer, cancellationToken);
            ObjectDisposedException.ThrowIf(_disposed, this);
            return read;
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _out.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) =>
            _out.Write(buffer.AsSpan(offset, count));

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_disposed)
            {
                _disposed = true;
                _out.Close(reset: false);
                _in.Close(reset: false);
            }

            base.Dispose(disposing);
        }
    }

    private static class Throw
    {
        public static void If(bool reset)
        {
            if (reset)
            {
                Reset();
            }
        }

        public static void Reset() => throw new IOException(
            "connection reset by peer", new SocketException((int)SocketError.ConnectionReset));
    }
}
