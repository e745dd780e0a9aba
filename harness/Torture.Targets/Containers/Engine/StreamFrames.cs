using System.Buffers.Binary;

namespace Torture.Targets.Containers.Engine;

/// <summary>
/// The framing of attached outputs: a byte for the stream (1 output, 2 error), three zeros, a big-endian length of four
/// bytes, and so many bytes.
/// </summary>
internal static class StreamFrames
{
    private const int HeaderSize = 8;
    private const int BufferSize = 64 * 1024;
    private const byte Output = 1;
    private const byte Error = 2;

    /// <summary>What the engine itself has to say of the stream.</summary>
    private const byte Complaint = 3;

    /// <summary>Copies to the end. A frame is passed on in pieces, whatever length it claims.</summary>
    /// <exception cref="InvalidDataException">What came is no frame.</exception>
    /// <exception cref="EndOfStreamException">The end came within a frame.</exception>
    public static async Task CopyAsync(
        Stream framed, Stream output, Stream error, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderSize];
        var buffer = new byte[BufferSize];
        while (true)
        {
            var got = await framed.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellationToken);
            if (got == 0)
            {
                return;
            }

            var target = got < HeaderSize
                ? throw new EndOfStreamException($"the stream ends within the header of a frame, after {got} bytes")
                : TargetOf(header, output, error);
            var left = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
            while (left > 0)
            {
                var read = await framed.ReadAsync(
                    buffer.AsMemory(0, (int)Math.Min(left, BufferSize)), cancellationToken);
                if (read == 0)
                {
                    throw new EndOfStreamException($"the stream ends within a frame: {left} bytes are missing");
                }

                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                left -= (uint)read;
            }

            await target.FlushAsync(cancellationToken);
        }
    }

    private static Stream TargetOf(byte[] header, Stream output, Stream error) => header switch
    {
        [Output, 0, 0, 0, ..] => output,
        [Error or Complaint, 0, 0, 0, ..] => error,
        _ => throw new InvalidDataException(
            $"no frame of an attached stream begins with {Convert.ToHexString(header)}"),
    };
}
