using System.Buffers.Binary;

namespace Torture.Protocol.Smb2;

/// <summary>The bodies that are the same in every dialect, and what all bodies begin with.</summary>
public static class Smb2Body
{
    private const int ErrorSize = 9;

    // [MS-SMB2] 2.2.28, 2.2.29
    public static ReadOnlySpan<byte> Echo => [4, 0, 0, 0];

    /// <summary>Without error data there is one byte in its place.</summary>
    // [MS-SMB2] 2.2.2
    public static ReadOnlySpan<byte> Error => [(byte)ErrorSize, 0, 0, 0, 0, 0, 0, 0, 0];

    // [MS-SMB2] 2.2.28
    public static void ParseEcho(ReadOnlySpan<byte> message) => Expect(message, 4, 4, "[MS-SMB2] 2.2.28");

    // [MS-SMB2] 2.2.2
    public static void ParseError(ReadOnlySpan<byte> message)
    {
        var body = Expect(message, ErrorSize, 8, "[MS-SMB2] 2.2.2");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(body[4..]);
        if (length > body.Length - 8)
        {
            throw new ProtocolException($"{length} bytes of error data do not fit.", "[MS-SMB2] 2.2.2", 68);
        }
    }

    /// <summary>The body of a message, whose StructureSize and shortest length are given.</summary>
    internal static ReadOnlySpan<byte> Expect(ReadOnlySpan<byte> message, int size, int shortest, string citation)
    {
        var body = message[Smb2Header.Size..];
        if (body.Length < shortest)
        {
            throw new ProtocolException(
                $"A body of {body.Length} bytes where {shortest} are due.", citation, Smb2Header.Size);
        }

        var actual = BinaryPrimitives.ReadUInt16LittleEndian(body);
        return actual == size
            ? body
            : throw new ProtocolException($"StructureSize {actual} where {size} is due.", citation, Smb2Header.Size);
    }
}
