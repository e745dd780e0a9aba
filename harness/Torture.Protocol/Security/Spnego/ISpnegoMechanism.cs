namespace Torture.Protocol.Security;

/// <summary>What SPNEGO asks of a mechanism beyond <see cref="ISecurityContext"/> (RFC 4178 5).</summary>
public interface ISpnegoMechanism : ISecurityContext
{
    /// <summary>The object identifier that the mechanism is offered by, dotted.</summary>
    string Oid { get; }

    /// <summary>Both ends must exchange a MIC of the list of mechanisms, although the first one was taken.</summary>
    bool RequiresMechListMic { get; }

    /// <summary>Signs a message that is no PDU; gives the token.</summary>
    byte[] Sign(ReadOnlySpan<byte> message);

    /// <exception cref="SecurityContextException">The token does not belong to the message.</exception>
    void Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> token);

    /// <summary>Both MICs were exchanged: NTLMSSP restarts its ciphers, and only them ([MS-SPNG] 3.3.5.1).</summary>
    void OnMechListMicExchanged();
}
