using System.Security.Cryptography;

namespace Torture.Protocol.Security;

/// <summary>An NTLMv2 response, that a password either explains or not.</summary>
internal sealed class NtlmProof
{
    private readonly NtlmAuthenticate message;

    private NtlmProof(NtlmAuthenticate message, long time, AvPairs pairs)
    {
        this.message = message;
        Time = time;
        HasMic = (pairs.Flags & AvPairs.MicPresent) != 0;
    }

    /// <summary>FILETIME of the response.</summary>
    public long Time { get; }

    /// <summary>The message has a MIC: nothing else tells, least of all the offsets of its fields.</summary>
    public bool HasMic { get; }

    // [MS-NLMP] 2.2.2.8
    public static NtlmProof Parse(NtlmAuthenticate message)
    {
        if (message.NtResponse.Length < NtlmV2.ProofSize + 32)
        {
            throw new SecurityContextException(
                SecurityFailure.LogonDenied,
                $"A response of {message.NtResponse.Length} bytes is not of NTLM version 2.",
                "[MS-NLMP] 3.3.2");
        }

        var (time, pairs) = NtlmV2.ParseTemp(message.NtResponse.Span[NtlmV2.ProofSize..]);
        return new NtlmProof(message, time, pairs);
    }

    /// <summary>The key exchange key, if the password of that hash made this response; else null.</summary>
    // [MS-NLMP] 3.3.2; the domain as the client spelled it, or none at all
    public byte[]? Open(ReadOnlySpan<byte> ntHash, ReadOnlySpan<byte> serverChallenge)
    {
        var response = message.NtResponse.Span;
        foreach (var domain in (ReadOnlySpan<string>)[message.DomainName, ""])
        {
            var key = NtlmV2.ResponseKey(ntHash, message.UserName, domain);
            var proof = NtlmV2.Proof(key, serverChallenge, response[NtlmV2.ProofSize..]);
            if (CryptographicOperations.FixedTimeEquals(proof, response[..NtlmV2.ProofSize]))
            {
                return NtlmV2.SessionBaseKey(key, proof);
            }
        }

        return null;
    }

    // [MS-NLMP] 3.2.5.1.2; without protection the key may stay away, and Samba sends it all the same
    public static byte[] ExportedKey(NtlmAuthenticate message, byte[] keyExchangeKey)
    {
        const NtlmFlags protection = NtlmFlags.NTLMSSP_NEGOTIATE_SIGN | NtlmFlags.NTLMSSP_NEGOTIATE_SEAL;
        var encrypted = message.EncryptedRandomSessionKey;
        if (!message.Flags.HasFlag(NtlmFlags.NTLMSSP_NEGOTIATE_KEY_EXCH)
            || (encrypted.IsEmpty && (message.Flags & protection) == 0))
        {
            return keyExchangeKey;
        }

        return encrypted.Length == NtlmV2.KeySize
            ? NtlmV2.Exchange(keyExchangeKey, encrypted.Span)
            : throw NtlmMessage.Malformed("AUTHENTICATE has no session key of 16 bytes.", "[MS-NLMP] 3.2.5.1.2");
    }
}
