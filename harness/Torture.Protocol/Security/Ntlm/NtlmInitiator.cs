namespace Torture.Protocol.Security;

/// <summary>How an initiator asks; the defaults are those of a current client.</summary>
public sealed record NtlmInitiatorOptions
{
    /// <summary>Flags of NEGOTIATE.</summary>
    public NtlmFlags Flags { get; init; } =
        NtlmFlags.NTLMSSP_NEGOTIATE_UNICODE | NtlmFlags.NTLMSSP_REQUEST_TARGET
        | NtlmFlags.NTLMSSP_NEGOTIATE_SIGN | NtlmFlags.NTLMSSP_NEGOTIATE_SEAL
        | NtlmFlags.NTLMSSP_NEGOTIATE_NTLM | NtlmFlags.NTLMSSP_NEGOTIATE_ALWAYS_SIGN
        | NtlmFlags.NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY | NtlmFlags.NTLMSSP_NEGOTIATE_VERSION
        | NtlmFlags.NTLMSSP_NEGOTIATE_128 | NtlmFlags.NTLMSSP_NEGOTIATE_KEY_EXCH | NtlmFlags.NTLMSSP_NEGOTIATE_56;

    /// <summary>Service principal name of the server, such as <c>host/n1</c>.</summary>
    public string TargetName { get; init; } = "";

    /// <summary>A MIC goes with AUTHENTICATE where the server gave its time.</summary>
    public bool SendMic { get; init; } = true;
}

/// <summary>The client's side of NTLMSSP with NTLMv2 ([MS-NLMP] 3.1).</summary>
public sealed class NtlmInitiator(
    NtlmCredential credential, TimeProvider time, RandomFill random, NtlmInitiatorOptions? options = null)
    : NtlmContext(isClient: true)
{
    private const string Citation = "[MS-NLMP] 3.1.5.1.2";

    private const NtlmFlags Protection =
        NtlmFlags.NTLMSSP_NEGOTIATE_SIGN | NtlmFlags.NTLMSSP_NEGOTIATE_SEAL;

    private readonly NtlmInitiatorOptions options = options ?? new();
    private byte[]? negotiate;

    public override string? PeerName => null;

    public override ReadOnlyMemory<byte> Step(ReadOnlySpan<byte> token)
    {
        if (negotiate is null)
        {
            negotiate = new NtlmNegotiate(options.Flags).Encode();
            return negotiate;
        }

        if (IsEstablished)
        {
            throw NtlmMessage.Malformed("A token after the last one of NTLMSSP.", Citation);
        }

        var challenge = NtlmChallenge.Parse(token);
        var flags = Agree(challenge);
        return credential.IsAnonymous
            ? Answer(flags | NtlmFlags.ANONYMOUS, new byte[1], [], new byte[NtlmV2.KeySize], token, mic: false)
            : AnswerAs(credential, challenge, flags, token);
    }

    // [MS-NLMP] 3.1.5.1.2
    private byte[] AnswerAs(NtlmCredential user, NtlmChallenge challenge, NtlmFlags flags, ReadOnlySpan<byte> token)
    {
        var timestamp = challenge.TargetInfo.Timestamp;
        var mic = timestamp is not null && options.SendMic;
        var pairs = mic
            ? challenge.TargetInfo.WithFlags(challenge.TargetInfo.Flags | AvPairs.MicPresent)
            : challenge.TargetInfo;
        if (timestamp is not null)
        {
            pairs = pairs.With(AvId.MsvAvTargetName, options.TargetName)
                .With(AvId.MsvAvChannelBindings, new byte[16]);
        }

        var nonce = new byte[8];
        random(nonce);
        var now = timestamp ?? time.GetUtcNow().ToFileTime();
        var temp = NtlmV2.Temp(now, nonce, pairs);
        var responseKey = NtlmV2.ResponseKey(user.NtHash, user.User, user.Domain);
        var proof = NtlmV2.Proof(responseKey, challenge.ServerChallenge.Span, temp);
        byte[] lm = timestamp is not null
            ? new byte[24]
            : [.. NtlmV2.Proof(responseKey, challenge.ServerChallenge.Span, nonce), .. nonce];
        RequiresMechListMic = mic;
        return Answer(flags, lm, [.. proof, .. temp], NtlmV2.SessionBaseKey(responseKey, proof), token, mic);
    }

    // [MS-NLMP] 3.1.5.1.2
    private byte[] Answer(
        NtlmFlags flags, byte[] lm, byte[] nt, byte[] keyExchangeKey, ReadOnlySpan<byte> challenge, bool mic)
    {
        var key = keyExchangeKey;
        byte[] encrypted = [];
        if (flags.HasFlag(NtlmFlags.NTLMSSP_NEGOTIATE_KEY_EXCH) && (flags & Protection) != 0)
        {
            key = new byte[NtlmV2.KeySize];
            random(key);
            encrypted = NtlmV2.Exchange(keyExchangeKey, key);
        }

        var message = new NtlmAuthenticate(flags, credential.Domain, credential.User, credential.Workstation)
        {
            LmResponse = lm,
            NtResponse = nt,
            EncryptedRandomSessionKey = encrypted,
        };
        var token = message.Encode();
        if (mic)
        {
            NtlmV2.Mic(key, negotiate, challenge, token).CopyTo(token, NtlmAuthenticate.MicOffset);
        }

        Establish(key, flags);
        return token;
    }

    // [MS-NLMP] 3.1.5.1.2
    private NtlmFlags Agree(NtlmChallenge challenge)
    {
        const NtlmFlags clientOnly = NtlmFlags.NTLMSSP_REQUEST_TARGET | NtlmFlags.NTLMSSP_NEGOTIATE_VERSION;
        var flags = (challenge.Flags | clientOnly) & options.Flags;
        var missing = Strong & options.Flags & ~flags;
        if (missing != 0)
        {
            throw new SecurityContextException(
                SecurityFailure.Unsupported, $"The server does not agree to {missing}.", Citation);
        }

        var named = challenge.TargetInfo.Find(AvId.MsvAvNbComputerName) is not null
            && challenge.TargetInfo.Find(AvId.MsvAvNbDomainName) is not null;
        if ((options.Flags & Protection) != 0 && !named)
        {
            throw NtlmMessage.Malformed("CHALLENGE names no computer or no domain.", Citation);
        }

        return flags | (challenge.Flags & NtlmFlags.NTLMSSP_NEGOTIATE_TARGET_INFO);
    }
}
