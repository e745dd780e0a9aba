using System.Buffers;

namespace Torture.Protocol.Rpc;

/// <summary>
/// A pooled stub under construction. Room for a response header is kept in front, so that a response of one fragment
/// is protected and written where it was made.
/// </summary>
internal sealed class ResponseBuffer : IBufferWriter<byte>
{
    internal const int HeaderRoom = 24;
    private const int InitialSize = 256;

    private byte[] _bytes = [];
    private int _end = HeaderRoom;

    public int StubLength => _end - HeaderRoom;

    public ReadOnlySpan<byte> Stub => _bytes.Length == 0 ? [] : _bytes.AsSpan(HeaderRoom, StubLength);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _end);
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Forgets what was written.</summary>
    public void Clear() => _end = HeaderRoom;

    /// <summary>Gives the memory back; the buffer is empty and may be used again.</summary>
    public void Release()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }

        _end = HeaderRoom;
    }

    private void Ensure(int room)
    {
        if (_bytes.Length - _end >= room)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(InitialSize, _bytes.Length * 2), _end + room));
        _bytes.AsSpan(0, Math.Min(_end, _bytes.Length)).CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
