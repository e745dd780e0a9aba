using Torture.Protocol.Rpc;

namespace Torture.Protocol.Security;

/// <summary>What both ends of SPNEGO do: the chosen mechanism protects, the list of mechanisms is protected.</summary>
public abstract class SpnegoContext : ISecurityContext
{
    private protected SpnegoContext()
    {
    }

    public AuthenticationType Type => AuthenticationType.Spnego;

    public AuthenticationType Mechanism => Chosen?.Type ?? Type;

    public bool IsEstablished { get; private protected set; }

    public string? PeerName => IsEstablished ? Chosen?.PeerName : null;

    public ReadOnlyMemory<byte> SessionKey => IsEstablished && Chosen is not null ? Chosen.SessionKey : default;

    public uint Flags => Chosen?.Flags ?? 0;

    public bool MechListMicExchanged { get; private set; }

    private protected ISpnegoMechanism? Chosen { get; set; }

    /// <summary>The list of mechanisms as the initiator sent it.</summary>
    private protected ReadOnlyMemory<byte> MechTypes { get; set; }

    public abstract ReadOnlyMemory<byte> Step(ReadOnlySpan<byte> token);

    public int TokenSize(AuthenticationLevel level) => Established.TokenSize(level);

    public void Protect(Span<byte> pdu, Range body, AuthenticationLevel level, bool headerSigning, Span<byte> token) =>
        Established.Protect(pdu, body, level, headerSigning, token);

    public void Unprotect(
        Span<byte> pdu, Range body, AuthenticationLevel level, bool headerSigning, ReadOnlySpan<byte> token) =>
        Established.Unprotect(pdu, body, level, headerSigning, token);

    public virtual void Dispose()
    {
        Chosen?.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected ISpnegoMechanism Established =>
        IsEstablished && Chosen is not null
            ? Chosen
            : throw new SecurityContextException(
                SecurityFailure.Unsupported, "The SPNEGO context is not established.", "RFC 4178 3.2");

    // RFC 4178 5; [MS-SPNG] 3.3.5.1
    private protected void MicExchanged()
    {
        Chosen!.OnMechListMicExchanged();
        MechListMicExchanged = true;
    }

    /// <summary>A conditional expression would make an empty token of null, by way of a null array.</summary>
    private protected static ReadOnlyMemory<byte>? Optional(ReadOnlyMemory<byte> token)
    {
        if (token.IsEmpty)
        {
            return null;
        }

        return token;
    }

    private protected static SecurityContextException Refused(
        SecurityFailure failure, string message, string citation = "RFC 4178 5") => new(failure, message, citation);
}
