using System.Buffers.Binary;
using System.Text;

namespace Torture.Protocol.Security;

/// <summary>The computations of NTLM version 2 ([MS-NLMP] 3.3.2, 3.4).</summary>
public static class NtlmV2
{
    public const int KeySize = 16;

    /// <summary>Bytes of NTProofStr, and with it of the response before its <c>temp</c>.</summary>
    public const int ProofSize = 16;

    private const int TempHeader = 28;

    // [MS-NLMP] 3.3.1, NTOWFv1
    public static byte[] NtHash(ReadOnlySpan<char> password)
    {
        var bytes = new byte[Encoding.Unicode.GetByteCount(password)];
        Encoding.Unicode.GetBytes(password, bytes);
        return Md4.Hash(bytes);
    }

    // [MS-NLMP] 3.3.2, NTOWFv2
    public static byte[] ResponseKey(ReadOnlySpan<byte> ntHash, string user, string domain) =>
        new HmacMd5(ntHash).Compute(Encoding.Unicode.GetBytes(user.ToUpperInvariant() + domain));

    /// <summary><c>temp</c> of the response.</summary>
    /// <param name="time">FILETIME.</param>
    /// <param name="clientChallenge">Eight bytes.</param>
    /// <param name="pairs">The server's pairs with the client's additions.</param>
    // [MS-NLMP] 3.3.2 and 2.2.2.7
    public static byte[] Temp(long time, ReadOnlySpan<byte> clientChallenge, AvPairs pairs)
    {
        var list = pairs.Encode();
        var temp = new byte[TempHeader + list.Length + 4];
        temp[0] = 1;
        temp[1] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(temp.AsSpan(8), time);
        clientChallenge.CopyTo(temp.AsSpan(16, 8));
        list.CopyTo(temp.AsSpan(TempHeader));
        return temp;
    }

    // [MS-NLMP] 2.2.2.7
    public static (long Time, AvPairs Pairs) ParseTemp(ReadOnlySpan<byte> temp)
    {
        const string citation = "[MS-NLMP] 2.2.2.7";
        if (temp.Length < TempHeader + 4)
        {
            throw NtlmMessage.Malformed($"{ProofSize + temp.Length} bytes are too short for NTLMv2.", citation);
        }

        if (temp[0] != 1 || temp[1] != 1)
        {
            throw NtlmMessage.Malformed($"NTLMv2 response version {temp[0]}.{temp[1]} where 1.1 is due.", citation);
        }

        return (BinaryPrimitives.ReadInt64LittleEndian(temp[8..]), AvPairs.Parse(temp[TempHeader..], out _));
    }

    /// <summary>NTProofStr, and with <paramref name="temp"/> a client challenge the first 16 bytes of LMv2.</summary>
    // [MS-NLMP] 3.3.2
    public static byte[] Proof(
        ReadOnlySpan<byte> responseKey, ReadOnlySpan<byte> serverChallenge, ReadOnlySpan<byte> temp) =>
        new HmacMd5(responseKey).Compute(serverChallenge, temp);

    // [MS-NLMP] 3.3.2; the key exchange key is the same for version 2 ([MS-NLMP] 3.4.5.1)
    public static byte[] SessionBaseKey(ReadOnlySpan<byte> responseKey, ReadOnlySpan<byte> proof) =>
        new HmacMd5(responseKey).Compute(proof);

    // [MS-NLMP] 3.1.5.1.2; RC4 is its own reverse
    public static byte[] Exchange(ReadOnlySpan<byte> keyExchangeKey, ReadOnlySpan<byte> key)
    {
        var other = key.ToArray();
        new Rc4(keyExchangeKey).Apply(other);
        return other;
    }

    /// <summary>The MIC over the three raw messages; that of the third one counts as zero.</summary>
    // [MS-NLMP] 3.1.5.1.2
    public static byte[] Mic(
        ReadOnlySpan<byte> sessionKey,
        ReadOnlySpan<byte> negotiate,
        ReadOnlySpan<byte> challenge,
        ReadOnlySpan<byte> authenticate)
    {
        byte[] all = [.. negotiate, .. challenge, .. authenticate];
        var mic = negotiate.Length + challenge.Length + NtlmAuthenticate.MicOffset;
        all.AsSpan(mic, NtlmAuthenticate.MicSize).Clear();
        return new HmacMd5(sessionKey).Compute(all);
    }

    // [MS-NLMP] 3.4.5.2
    public static byte[] SignKey(ReadOnlySpan<byte> sessionKey, bool fromClient) =>
        Magic(sessionKey, fromClient
            ? "session key to client-to-server signing key magic constant\0"u8
            : "session key to server-to-client signing key magic constant\0"u8);

    // [MS-NLMP] 3.4.5.3, with extended session security
    public static byte[] SealKey(ReadOnlySpan<byte> sessionKey, NtlmFlags flags, bool fromClient)
    {
        var strength = flags.HasFlag(NtlmFlags.NTLMSSP_NEGOTIATE_128) ? KeySize
            : flags.HasFlag(NtlmFlags.NTLMSSP_NEGOTIATE_56) ? 7
            : 5;
        return Magic(sessionKey[..strength], fromClient
            ? "session key to client-to-server sealing key magic constant\0"u8
            : "session key to server-to-client sealing key magic constant\0"u8);
    }

    private static byte[] Magic(ReadOnlySpan<byte> key, ReadOnlySpan<byte> constant)
    {
        var hash = new byte[KeySize];
        HmacMd5.Hash([.. key, .. constant], hash);
        return hash;
    }
}
