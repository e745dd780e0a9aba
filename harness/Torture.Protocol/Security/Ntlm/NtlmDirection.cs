using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Torture.Protocol.Security;

/// <summary>
/// One direction of an NTLMSSP session with extended session security ([MS-NLMP] 3.4.3, 3.4.4): a signing key, an RC4
/// stream and a sequence number, that the signatures and the sealed bytes use up in the order of the wire.
/// </summary>
internal sealed class NtlmDirection
{
    public const int SignatureSize = 16;

    private const uint Version = 1;

    private readonly HmacMd5 mac;
    private readonly byte[] sealKey;
    private readonly Rc4 cipher;
    private readonly bool encryptChecksum;
    private uint sequence;

    public NtlmDirection(ReadOnlySpan<byte> sessionKey, NtlmFlags flags, bool fromClient, uint firstSequence = 0)
    {
        mac = new HmacMd5(NtlmV2.SignKey(sessionKey, fromClient));
        sealKey = NtlmV2.SealKey(sessionKey, flags, fromClient);
        cipher = new Rc4(sealKey);
        encryptChecksum = flags.HasFlag(NtlmFlags.NTLMSSP_NEGOTIATE_KEY_EXCH);
        sequence = firstSequence;
    }

    /// <summary>The RC4 stream begins anew, the sequence goes on ([MS-SPNG] 3.3.5.1).</summary>
    public void RestartCipher() => cipher.Restart(sealKey);

    // [MS-NLMP] 3.4.4.2, 3.4.6.1
    public void Sign(ReadOnlySpan<byte> message, Span<byte> token)
    {
        Checksum(message, token);
        Complete(token);
    }

    // [MS-NLMP] 3.4.3: the checksum is of the plain text, and is encrypted after it
    public void Seal(Span<byte> message, Span<byte> sealedPart, Span<byte> token)
    {
        Checksum(message, token);
        cipher.Apply(sealedPart);
        Complete(token);
    }

    // [MS-NLMP] 3.4.6.3
    public void Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> token)
    {
        Span<byte> expected = stackalloc byte[SignatureSize];
        var due = sequence;
        Checksum(message, expected);
        Complete(expected);
        Compare(expected, token, due);
    }

    // [MS-NLMP] 3.4.7
    public void Unseal(Span<byte> message, Span<byte> sealedPart, ReadOnlySpan<byte> token)
    {
        Span<byte> expected = stackalloc byte[SignatureSize];
        var due = sequence;
        cipher.Apply(sealedPart);
        Checksum(message, expected);
        Complete(expected);
        Compare(expected, token, due);
    }

    private static void Compare(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> token, uint due)
    {
        if (CryptographicOperations.FixedTimeEquals(expected, token))
        {
            return;
        }

        var what = token.Length != SignatureSize ? $"has {token.Length} bytes where 16 are due"
            : BinaryPrimitives.ReadUInt32LittleEndian(token) != Version ? "is not of version 1"
            : BinaryPrimitives.ReadUInt32LittleEndian(token[12..]) is var number && number != due
                ? $"has sequence number {number} where {due} is due"
            : "does not belong to these bytes";
        throw new SecurityContextException(
            SecurityFailure.BadSignature, $"The NTLMSSP signature {what}.", "[MS-NLMP] 3.4.4.2");
    }

    private void Checksum(ReadOnlySpan<byte> message, Span<byte> token)
    {
        Span<byte> whole = stackalloc byte[HmacMd5.Size];
        mac.Compute(sequence, message, whole);
        whole[..8].CopyTo(token[4..]);
    }

    private void Complete(Span<byte> token)
    {
        if (encryptChecksum)
        {
            cipher.Apply(token.Slice(4, 8));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(token, Version);
        BinaryPrimitives.WriteUInt32LittleEndian(token[12..], sequence);
        sequence++;
    }
}
