using System.Buffers;

namespace Torture.Captures.Files;

/// <summary>Reads a stream front to back and knows where it is.</summary>
internal sealed class ByteSource(Stream stream)
{
    private readonly Stream _stream = stream is MemoryStream ? stream : new BufferedStream(stream, 1 << 18);

    public long Offset { get; private set; }

    /// <summary>False where the stream ends before the buffer is full.</summary>
    public bool TryFill(Span<byte> buffer)
    {
        var read = _stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        Offset += read;
        return read == buffer.Length;
    }

    public bool TrySkip(long count)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            while (count > 0)
            {
                var part = (int)Math.Min(count, buffer.Length);
                if (!TryFill(buffer.AsSpan(0, part)))
                {
                    return false;
                }

                count -= part;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
