using System.Security.Cryptography;

namespace Torture.Protocol.Security;

/// <summary>What an acceptor lets in.</summary>
public sealed record NtlmAcceptorOptions
{
    /// <summary>Nobody may establish a context too: it has no peer name, and others say what it may do.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>Flags that the client must ask for.</summary>
    public NtlmFlags Required { get; init; } = NtlmContext.Strong;

    /// <summary>Flags that the server agrees to, if the client asks for them.</summary>
    public NtlmFlags Supported { get; init; } =
        NtlmContext.Strong | NtlmFlags.NTLMSSP_NEGOTIATE_UNICODE | NtlmFlags.NTLMSSP_REQUEST_TARGET
        | NtlmFlags.NTLMSSP_NEGOTIATE_SIGN | NtlmFlags.NTLMSSP_NEGOTIATE_SEAL | NtlmFlags.NTLMSSP_NEGOTIATE_NTLM
        | NtlmFlags.NTLMSSP_NEGOTIATE_ALWAYS_SIGN | NtlmFlags.NTLMSSP_NEGOTIATE_VERSION
        | NtlmFlags.NTLMSSP_NEGOTIATE_56;

    /// <summary>DNS name that CHALLENGE tells; empty: none.</summary>
    public string DnsName { get; init; } = "";

    /// <summary>How far the time of a response may lie from the server's ([MS-NLMP] 3.2.1.1 MaxLifetime).</summary>
    public TimeSpan MaximumSkew { get; init; } = TimeSpan.FromHours(36);
}

/// <summary>The server's side of NTLMSSP with NTLMv2 ([MS-NLMP] 3.2).</summary>
public sealed class NtlmAcceptor(
    INtlmAccounts accounts, string target, TimeProvider time, RandomFill random, NtlmAcceptorOptions? options = null)
    : NtlmContext(isClient: false)
{
    private const string Citation = "[MS-NLMP] 3.2.5.1.2";

    private const NtlmFlags Negotiated = Strong | NtlmFlags.NTLMSSP_NEGOTIATE_SIGN | NtlmFlags.NTLMSSP_NEGOTIATE_SEAL
        | NtlmFlags.NTLMSSP_NEGOTIATE_UNICODE | NtlmFlags.NTLM_NEGOTIATE_OEM | NtlmFlags.NTLMSSP_NEGOTIATE_56;

    private readonly NtlmAcceptorOptions options = options ?? new();
    private byte[]? negotiate;
    private byte[]? challenge;
    private NtlmFlags offered;
    private byte[] serverChallenge = [];
    private string? peerName;

    public override string? PeerName => peerName;

    public override ReadOnlyMemory<byte> Step(ReadOnlySpan<byte> token)
    {
        if (IsEstablished)
        {
            throw NtlmMessage.Malformed("A token after the last one of NTLMSSP.", Citation);
        }

        if (challenge is null || negotiate is null)
        {
            return Challenge(token);
        }

        Accept(token);
        (negotiate, challenge) = (null, null);
        return default;
    }

    // [MS-NLMP] 3.2.5.1.1
    private byte[] Challenge(ReadOnlySpan<byte> token)
    {
        var asked = NtlmNegotiate.Parse(token).Flags;
        var missing = options.Required & ~asked;
        if (missing != 0)
        {
            throw new SecurityContextException(
                SecurityFailure.Unsupported, $"The client does not ask for {missing}.", "[MS-NLMP] 3.2.5.1.1");
        }

        const NtlmFlags oem = NtlmFlags.NTLM_NEGOTIATE_OEM;
        var flags = asked & options.Supported;
        flags |= flags.HasFlag(NtlmFlags.NTLMSSP_NEGOTIATE_UNICODE) ? 0 : asked & oem;
        if ((flags & (NtlmFlags.NTLMSSP_NEGOTIATE_UNICODE | oem)) == 0)
        {
            throw NtlmMessage.Malformed("NEGOTIATE knows neither Unicode nor OEM text.", "[MS-NLMP] 2.2.2.5");
        }

        flags |= NtlmFlags.NTLMSSP_NEGOTIATE_TARGET_INFO | NtlmFlags.NTLMSSP_TARGET_TYPE_SERVER;
        offered = flags;
        serverChallenge = new byte[8];
        random(serverChallenge);
        var info = AvPairs.Empty.With(AvId.MsvAvNbDomainName, target).With(AvId.MsvAvNbComputerName, target);
        info = options.DnsName.Length == 0 ? info : info.With(AvId.MsvAvDnsComputerName, options.DnsName);
        info = info.WithTimestamp(time.GetUtcNow().ToFileTime());
        negotiate = token.ToArray();
        challenge = new NtlmChallenge(flags, target, serverChallenge, info).Encode();
        return challenge;
    }

    // [MS-NLMP] 3.2.5.1.2
    private void Accept(ReadOnlySpan<byte> token)
    {
        var message = NtlmAuthenticate.Parse(token);
        var excess = message.Flags & Negotiated & ~offered;
        var missing = options.Required & ~message.Flags;
        if ((excess | missing) != 0)
        {
            throw NtlmMessage.Malformed(
                $"AUTHENTICATE claims {excess} beyond CHALLENGE and lacks {missing}.", Citation);
        }

        if (message.IsAnonymous)
        {
            if (!options.AllowAnonymous)
            {
                throw Denied("Anonymous is not allowed.");
            }

            Establish(NtlmProof.ExportedKey(message, new byte[NtlmV2.KeySize]), message.Flags);
            return;
        }

        Logon(message, token);
    }

    // [MS-NLMP] 3.3.2
    private void Logon(NtlmAuthenticate message, ReadOnlySpan<byte> token)
    {
        var name = $"{message.DomainName}\\{message.UserName}";
        var proof = NtlmProof.Parse(message);
        var account = accounts.Find(message.DomainName, message.UserName);
        if (account is null || account.Disabled)
        {
            throw Denied(account is null ? $"There is no user {name}." : $"The account {name} is disabled.");
        }

        var keyExchangeKey = proof.Open(account.NtHash, serverChallenge)
            ?? throw Denied($"Wrong password for {name}.");
        var age = time.GetUtcNow().ToFileTime() - proof.Time;
        if (Math.Abs((decimal)age) > options.MaximumSkew.Ticks)
        {
            throw Denied($"The response of {name} is {TimeSpan.FromTicks(age)} old.");
        }

        var key = NtlmProof.ExportedKey(message, keyExchangeKey);
        if (proof.HasMic)
        {
            CheckMic(key, token, name);
        }

        RequiresMechListMic = proof.HasMic;
        Establish(key, message.Flags);
        peerName = $"{(account.Domain.Length > 0 ? account.Domain : target)}\\{account.User}";
    }

    // [MS-NLMP] 3.2.5.1.2
    private void CheckMic(ReadOnlySpan<byte> key, ReadOnlySpan<byte> token, string name)
    {
        if (token.Length < NtlmAuthenticate.MicOffset + NtlmAuthenticate.MicSize)
        {
            throw NtlmMessage.Malformed("AUTHENTICATE announces a MIC and has no room for it.", Citation);
        }

        var expected = NtlmV2.Mic(key, negotiate, challenge, token);
        var actual = token.Slice(NtlmAuthenticate.MicOffset, NtlmAuthenticate.MicSize);
        if (!CryptographicOperations.FixedTimeEquals(expected, actual))
        {
            throw Denied($"The MIC of {name} does not belong to the messages.");
        }
    }

    private static SecurityContextException Denied(string message) =>
        new(SecurityFailure.LogonDenied, message, Citation);
}
