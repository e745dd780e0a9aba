using System.Net;
using Torture.Protocol.Rpc;

namespace Torture.Protocol.Security;

/// <summary>
/// Watches the tokens of a bind and says, given the user's password, which key came of them: so that traffic of
/// foreign ends can be opened where the password is known and no key was written.
/// </summary>
/// <param name="type">The type in the security trailer.</param>
public sealed class ObservedHandshake(AuthenticationType type)
{
    private byte[]? challenge;
    private NtlmAuthenticate? authenticate;
    private bool clientMic;
    private bool serverMic;

    /// <summary>CHALLENGE and AUTHENTICATE were both seen.</summary>
    public bool IsComplete => challenge is not null && authenticate is not null;

    /// <summary>Whose password is asked for: <c>DOMAIN\user</c>; null before AUTHENTICATE or if nobody's.</summary>
    public string? UserName =>
        authenticate is { IsAnonymous: false } message ? $"{message.DomainName}\\{message.UserName}" : null;

    /// <summary>Takes the authentication token of a bind, bind_ack, alter_context, its response or auth3.</summary>
    /// <exception cref="SecurityContextException">Not a token of this mechanism.</exception>
    public void Add(bool isFromClient, ReadOnlySpan<byte> token)
    {
        if (type == AuthenticationType.Ntlmssp)
        {
            AddNtlm(token);
        }
        else if (type == AuthenticationType.Spnego && token is [0x60, ..])
        {
            AddNtlm((NegTokenInit.Parse(token).MechToken ?? default).Span);
        }
        else if (type == AuthenticationType.Spnego)
        {
            var message = NegTokenResp.Parse(token);
            AddNtlm((message.ResponseToken ?? default).Span);
            clientMic |= isFromClient && message.MechListMic is not null;
            serverMic |= !isFromClient && message.MechListMic is not null;
        }
    }

    /// <summary>The key of the session.</summary>
    /// <exception cref="SecurityContextException">It is not this password, or not all was seen.</exception>
    public KeyLogEntry Derive(
        ReadOnlySpan<char> password,
        IPEndPoint client,
        IPEndPoint server,
        DateTimeOffset boundAt,
        AuthenticationLevel level)
    {
        if (challenge is null || authenticate is null)
        {
            throw new SecurityContextException(
                SecurityFailure.InvalidToken, "CHALLENGE and AUTHENTICATE were not both seen.", "[MS-NLMP] 1.3.1.1");
        }

        var keyExchangeKey = authenticate.IsAnonymous
            ? new byte[NtlmV2.KeySize]
            : NtlmProof.Parse(authenticate).Open(
                NtlmV2.NtHash(password), NtlmChallenge.Parse(challenge).ServerChallenge.Span);
        if (keyExchangeKey is null)
        {
            throw new SecurityContextException(
                SecurityFailure.LogonDenied, $"This is not the password of {UserName}.", "[MS-NLMP] 3.3.2");
        }

        return new KeyLogEntry(
            AuthenticationType.Ntlmssp,
            client,
            server,
            boundAt,
            level,
            NtlmProof.ExportedKey(authenticate, keyExchangeKey),
            (uint)authenticate.Flags,
            clientMic && serverMic);
    }

    private void AddNtlm(ReadOnlySpan<byte> token)
    {
        if (token.Length < 12 || !token.StartsWith(NtlmMessage.Signature))
        {
            return;
        }

        if (token[8] == 2)
        {
            challenge = token.ToArray();
        }
        else if (token[8] == 3)
        {
            authenticate = NtlmAuthenticate.Parse(token);
        }
    }
}
