namespace Torture.Protocol.Ctdb;

/// <summary>Takes whole packets out of a stream. Room is made for what came, not for what a length says.</summary>
internal sealed class CtdbInput(Stream stream)
{
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    private int Left => _end - _start;

    /// <summary>The next packet; null: the stream has ended after the last one.</summary>
    /// <exception cref="ProtocolException">What comes is no packet, or only the beginning of one.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public async ValueTask<CtdbPacket?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake() is { } packet)
            {
                return packet;
            }

            MakeRoom();
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                return Left == 0
                    ? null
                    : throw new ProtocolException("The stream ends within a packet.", CtdbCodec.Citation, Left);
            }

            _end += read;
        }
    }

    private CtdbPacket? TryTake()
    {
        var bytes = _buffer.AsSpan(_start, Left);
        if (CtdbCodec.PeekLength(bytes) is not { } length || length > bytes.Length)
        {
            return null;
        }

        _start += length;
        return CtdbCodec.Decode(bytes[..length]);
    }

    private void MakeRoom()
    {
        var larger = _end == _buffer.Length && _start == 0 ? new byte[_buffer.Length * 2] : _buffer;
        if (_start > 0 || larger != _buffer)
        {
            _buffer.AsSpan(_start, Left).CopyTo(larger);
            (_buffer, _end, _start) = (larger, Left, 0);
        }
    }
}
