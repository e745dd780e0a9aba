namespace Torture.Protocol.Rpc;

/// <summary>Takes whole PDUs out of a stream. One reader; what was taken is valid until the next read.</summary>
internal sealed class PduInput(Stream stream)
{
    private const int InitialSize = 4096;
    private const int LargestPdu = ushort.MaxValue;

    private byte[] _buffer = new byte[InitialSize];
    private int _start;
    private int _end;

    /// <summary>Bytes of a PDU that has begun and is not whole yet.</summary>
    public int Left => _end - _start;

    /// <exception cref="ProtocolException">What comes next cannot be a PDU.</exception>
    public bool TryPeek(out PduHeader header)
    {
        if (Left < PduHeader.Size)
        {
            header = default;
            return false;
        }

        header = PduHeader.Read(_buffer.AsSpan(_start, Left));
        return true;
    }

    public bool TryTake(PduHeader header, out Span<byte> pdu)
    {
        if (Left < header.FragmentLength)
        {
            pdu = default;
            return false;
        }

        pdu = _buffer.AsSpan(_start, header.FragmentLength);
        _start += header.FragmentLength;
        return true;
    }

    /// <summary>Waits for more bytes; false: the peer closed.</summary>
    public async ValueTask<bool> FillAsync()
    {
        MakeRoom();
        var read = await stream.ReadAsync(_buffer.AsMemory(_end));
        _end += read;
        return read > 0;
    }

    private void MakeRoom()
    {
        var wasFull = _end == _buffer.Length;
        var buffer = wasFull && _buffer.Length <= LargestPdu ? new byte[_buffer.Length * 2] : _buffer;
        if (_start > 0 || buffer != _buffer)
        {
            _buffer.AsSpan(_start, Left).CopyTo(buffer);
            (_buffer, _end, _start) = (buffer, Left, 0);
        }
    }
}
