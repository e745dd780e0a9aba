using Torture.Protocol.Rpc;

namespace Torture.Protocol.Security;

/// <summary>
/// One side of a security context of a mechanism, as DCE/RPC drives it ([MS-RPCE] 3.3.1.5.2): tokens until it is
/// established, then protection of one PDU fragment after the other, in the order in which they go over the wire.
/// </summary>
public interface ISecurityContext : IDisposable
{
    AuthenticationType Type { get; }

    /// <summary>No further token is needed from this side's peer.</summary>
    bool IsEstablished { get; }

    /// <summary>Who the peer is, once established: <c>DOMAIN\user</c> on the acceptor's side; nobody: null.</summary>
    string? PeerName { get; }

    /// <summary>The exported session key, once established: what opens a capture.</summary>
    ReadOnlyMemory<byte> SessionKey { get; }

    /// <summary>The mechanism that does the work, where <see cref="Type"/> is only what goes around it.</summary>
    AuthenticationType Mechanism => Type;

    /// <summary>What the mechanism negotiated, in its own flags (NTLMSSP: NegotiateFlags), once established.</summary>
    uint Flags => 0;

    /// <summary>SPNEGO secured its list of mechanisms, which used sequence number 0 ([MS-SPNG] 3.3.5.1).</summary>
    bool MechListMicExchanged => false;

    /// <summary>
    /// Takes the peer's token (empty for the initiator's first step); gives the token to send, or empty.
    /// </summary>
    /// <exception cref="SecurityContextException">Token malformed, wrong password, unknown user, bad MIC.</exception>
    ReadOnlyMemory<byte> Step(ReadOnlySpan<byte> token);

    /// <summary>Bytes of the per-fragment token at a level ([MS-RPCE] 2.2.2.11).</summary>
    int TokenSize(AuthenticationLevel level);

    /// <summary>
    /// Protects one fragment. <paramref name="pdu"/> is header, body and security trailer with their final lengths;
    /// <paramref name="body"/> (stub and padding) inside it is encrypted in place at level privacy.
    /// </summary>
    void Protect(Span<byte> pdu, Range body, AuthenticationLevel level, bool headerSigning, Span<byte> token);

    /// <summary>The reverse of <see cref="Protect"/>.</summary>
    /// <exception cref="SecurityContextException">The token does not belong to these bytes.</exception>
    void Unprotect(
        Span<byte> pdu, Range body, AuthenticationLevel level, bool headerSigning, ReadOnlySpan<byte> token);
}
