using Torture.Protocol.Rpc;

namespace Torture.Protocol.Security;

/// <summary>What both ends of NTLMSSP do once the three messages were exchanged.</summary>
public abstract class NtlmContext : ISpnegoMechanism
{
    /// <summary>What a session that protects anything must have; [MS-NLMP] without them is open to forgery.</summary>
    public const NtlmFlags Strong = NtlmFlags.NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY
        | NtlmFlags.NTLMSSP_NEGOTIATE_128 | NtlmFlags.NTLMSSP_NEGOTIATE_KEY_EXCH;

    private const string Citation = "[MS-NLMP] 3.4";

    private readonly bool isClient;
    private NtlmDirection? outgoing;
    private NtlmDirection? incoming;
    private byte[] sessionKey = [];

    private protected NtlmContext(bool isClient) => this.isClient = isClient;

    public AuthenticationType Type => AuthenticationType.Ntlmssp;

    public string Oid => SpnegoOid.Ntlmssp;

    public bool IsEstablished => outgoing is not null;

    public abstract string? PeerName { get; }

    public ReadOnlyMemory<byte> SessionKey => sessionKey;

    public uint Flags { get; private set; }

    public bool MechListMicExchanged { get; private set; }

    public bool RequiresMechListMic { get; private protected set; }

    public abstract ReadOnlyMemory<byte> Step(ReadOnlySpan<byte> token);

    public int TokenSize(AuthenticationLevel level) =>
        level >= AuthenticationLevel.Call ? NtlmDirection.SignatureSize : 0;

    // The MAC covers the whole fragment, whether header signing was negotiated or not ([MS-NLMP] 3.4.6.1).
    public void Protect(Span<byte> pdu, Range body, AuthenticationLevel level, bool headerSigning, Span<byte> token)
    {
        if (TokenSize(level) == 0)
        {
            return;
        }

        var direction = Require(outgoing, level);
        if (level == AuthenticationLevel.Privacy)
        {
            direction.Seal(pdu, pdu[body], token);
        }
        else
        {
            direction.Sign(pdu, token);
        }
    }

    public void Unprotect(
        Span<byte> pdu, Range body, AuthenticationLevel level, bool headerSigning, ReadOnlySpan<byte> token)
    {
        if (TokenSize(level) == 0)
        {
            return;
        }

        var direction = Require(incoming, level);
        if (level == AuthenticationLevel.Privacy)
        {
            direction.Unseal(pdu, pdu[body], token);
        }
        else
        {
            direction.Verify(pdu, token);
        }
    }

    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        var token = new byte[NtlmDirection.SignatureSize];
        Require(outgoing, AuthenticationLevel.Integrity).Sign(message, token);
        return token;
    }

    public void Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> token) =>
        Require(incoming, AuthenticationLevel.Integrity).Verify(message, token);

    public void OnMechListMicExchanged()
    {
        outgoing?.RestartCipher();
        incoming?.RestartCipher();
        MechListMicExchanged = true;
    }

    public void Dispose() => GC.SuppressFinalize(this);

    private protected void Establish(ReadOnlySpan<byte> key, NtlmFlags flags)
    {
        sessionKey = key.ToArray();
        Flags = (uint)flags;
        outgoing = new NtlmDirection(key, flags, fromClient: isClient);
        incoming = new NtlmDirection(key, flags, fromClient: !isClient);
    }

    private NtlmDirection Require(NtlmDirection? direction, AuthenticationLevel level)
    {
        var flags = (NtlmFlags)Flags;
        var needed = NtlmFlags.NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY
            | (level == AuthenticationLevel.Privacy
                ? NtlmFlags.NTLMSSP_NEGOTIATE_SEAL
                : NtlmFlags.NTLMSSP_NEGOTIATE_SIGN);
        if (direction is null)
        {
            throw new SecurityContextException(
                SecurityFailure.Unsupported, "The NTLMSSP session is not established.", Citation);
        }

        return (flags & needed) == needed
            ? direction
            : throw new SecurityContextException(
                SecurityFailure.Unsupported, $"Level {level} needs {needed & ~flags}, not negotiated.", Citation);
    }
}
