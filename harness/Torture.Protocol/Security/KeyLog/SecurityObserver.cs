using Torture.Protocol.Rpc;

namespace Torture.Protocol.Security;

/// <summary>
/// Opens and verifies the fragments of a session that it is no part of: both directions, each in the order of the
/// wire. A fragment that was tampered with is refused and the next one still opens.
/// </summary>
public sealed class SecurityObserver
{
    private readonly NtlmDirection fromClient;
    private readonly NtlmDirection fromServer;

    /// <exception cref="SecurityContextException">A mechanism whose traffic this cannot open.</exception>
    public SecurityObserver(KeyLogEntry entry)
    {
        var flags = (NtlmFlags)entry.Flags;
        if (entry.Mechanism != AuthenticationType.Ntlmssp
            || entry.SessionKey.Length != NtlmV2.KeySize
            || !flags.HasFlag(NtlmFlags.NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY))
        {
            throw new SecurityContextException(
                SecurityFailure.Unsupported,
                $"The key of {entry.Mechanism} with flags 0x{entry.Flags:x8} opens nothing here.",
                "[MS-NLMP] 3.4");
        }

        var first = entry.MechListMicExchanged ? 1u : 0u;
        fromClient = new NtlmDirection(entry.SessionKey.Span, flags, fromClient: true, first);
        fromServer = new NtlmDirection(entry.SessionKey.Span, flags, fromClient: false, first);
    }

    /// <summary>
    /// Verifies one fragment and at level privacy decrypts its body in place; the arguments are those of
    /// <see cref="ISecurityContext.Unprotect"/>. Nothing is done at levels that protect nothing.
    /// </summary>
    /// <exception cref="SecurityContextException">The token does not belong to these bytes.</exception>
    public void Open(
        bool isFromClient, Span<byte> pdu, Range body, AuthenticationLevel level, ReadOnlySpan<byte> token)
    {
        var direction = isFromClient ? fromClient : fromServer;
        if (level == AuthenticationLevel.Privacy)
        {
            direction.Unseal(pdu, pdu[body], token);
        }
        else if (level >= AuthenticationLevel.Call)
        {
            direction.Verify(pdu, token);
        }
    }
}
