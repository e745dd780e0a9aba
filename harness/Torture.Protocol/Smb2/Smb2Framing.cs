using System.Buffers.Binary;

namespace Torture.Protocol.Smb2;

/// <summary>Messages out of a byte stream: four bytes of length, then the message ([MS-SMB2] 2.1).</summary>
internal sealed class Smb2Framing(Stream stream)
{
    public const int PrefixSize = 4;

    /// <summary>Longer messages are refused unread: nothing that is served here comes near.</summary>
    public const int Limit = 128 * 1024;

    private byte[] buffer = new byte[512];

    /// <summary>The next message, valid until the next call; null at the end of the stream.</summary>
    /// <exception cref="ProtocolException">Not a frame, or one that breaks off.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellation)
    {
        if (!await FillAsync(PrefixSize, cancellation))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(buffer);
        if (length is < Smb2Header.Size or > Limit)
        {
            throw new ProtocolException($"A message of {length} bytes.", "[MS-SMB2] 2.1", 0);
        }

        if (buffer.Length < length)
        {
            buffer = new byte[length];
        }

        return await FillAsync((int)length, cancellation)
            ? buffer.AsMemory(0, (int)length)
            : throw new ProtocolException($"The stream ends before the {length} bytes of a message.", "[MS-SMB2] 2.1");
    }

    private async ValueTask<bool> FillAsync(int length, CancellationToken cancellation)
    {
        var read = 0;
        for (var more = 1; read < length && more > 0; read += more)
        {
            more = await stream.ReadAsync(buffer.AsMemory(read, length - read), cancellation);
        }

        return read == length || (read == 0
            ? false
            : throw new ProtocolException($"The stream ends after {read} of {length} bytes.", "[MS-SMB2] 2.1"));
    }
}
