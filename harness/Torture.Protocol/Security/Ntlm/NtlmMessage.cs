using System.Buffers.Binary;
using System.Text;

namespace Torture.Protocol.Security;

/// <summary>What the three messages of NTLMSSP have in common: signature, type, fields of length and offset.</summary>
internal static class NtlmMessage
{
    /// <summary>Version 10.0, build 17763, NTLMSSP revision 15: a current client ([MS-NLMP] 2.2.2.10).</summary>
    public const ulong DefaultVersion = 0x0F0000004563000A;

    /// <summary>No message is longer: three fields of 64 KiB would not fit into any carrier of these tokens.</summary>
    private const int Limit = 0x10000;

    public static ReadOnlySpan<byte> Signature => "NTLMSSP\0"u8;

    public static SecurityContextException Malformed(string message, string citation) =>
        new(SecurityFailure.InvalidToken, message, citation);

    /// <summary>Signature, type and the shortest length that is allowed.</summary>
    public static void Expect(ReadOnlySpan<byte> token, uint type, int shortest, string citation)
    {
        if (token.Length < shortest || token.Length > Limit)
        {
            throw Malformed($"An NTLMSSP message of type {type} cannot have {token.Length} bytes.", citation);
        }

        if (!token.StartsWith(Signature))
        {
            throw Malformed("The token does not begin with the NTLMSSP signature.", citation);
        }

        var actual = BinaryPrimitives.ReadUInt32LittleEndian(token[8..]);
        if (actual != type)
        {
            throw Malformed($"NTLMSSP message type {actual} where {type} is due.", citation);
        }
    }

    /// <summary>The bytes that a field of length, maximum length and offset names; none for length zero.</summary>
    public static ReadOnlySpan<byte> Field(
        ReadOnlySpan<byte> token, int at, int payload, string name, string citation)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(token[at..]);
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(token[(at + 4)..]);
        if (length == 0)
        {
            return [];
        }

        if (offset < payload || (ulong)offset + length > (ulong)token.Length)
        {
            throw Malformed($"{name} ({length} bytes at {offset}) lies outside the {token.Length} bytes.", citation);
        }

        return token.Slice((int)offset, length);
    }

    /// <summary>UTF-16LE, or one octet a character where Unicode was not negotiated.</summary>
    public static string Text(ReadOnlySpan<byte> field, NtlmFlags flags, string name, string citation)
    {
        if (!flags.HasFlag(NtlmFlags.NTLMSSP_NEGOTIATE_UNICODE))
        {
            return Encoding.Latin1.GetString(field);
        }

        return field.Length % 2 == 0
            ? Encoding.Unicode.GetString(field)
            : throw Malformed($"{name} has an odd number of bytes ({field.Length}) in Unicode.", citation);
    }

    public static byte[] Bytes(string text, NtlmFlags flags) =>
        flags.HasFlag(NtlmFlags.NTLMSSP_NEGOTIATE_UNICODE)
            ? Encoding.Unicode.GetBytes(text)
            : Encoding.Latin1.GetBytes(text);

    /// <summary>Signature and type, in a message whose payload is still to come.</summary>
    public static byte[] Begin(uint type, int payload, int payloadLength)
    {
        var token = new byte[payload + payloadLength];
        Signature.CopyTo(token);
        BinaryPrimitives.WriteUInt32LittleEndian(token.AsSpan(8), type);
        return token;
    }

    /// <summary>Puts a field's value at <paramref name="end"/> and moves that behind it.</summary>
    public static void Put(byte[] token, int at, ReadOnlySpan<byte> value, ref int end)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(token.AsSpan(at), checked((ushort)value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(token.AsSpan(at + 2), (ushort)value.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(token.AsSpan(at + 4), (uint)end);
        value.CopyTo(token.AsSpan(end));
        end += value.Length;
    }
}
