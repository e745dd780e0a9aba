using Torture.Protocol.Security;

namespace Torture.Protocol.Rpc;

/// <summary>A security context to be used, or misused, PDU by PDU.</summary>
public sealed class RawSecurity(ISecurityContext context, AuthenticationLevel level, uint contextId = 1) : IDisposable
{
    private const int Alignment = 16;

    public ISecurityContext Context => context;

    public AuthenticationLevel Level => level;

    public uint ContextId => contextId;

    /// <summary>The last leg is not answered.</summary>
    public bool EndsWithAuth3 => context is { Type: AuthenticationType.Ntlmssp, IsEstablished: true };

    /// <summary>The trailer of the next leg; null where there is nothing more to say.</summary>
    public SecurityTrailer? Leg(ReadOnlyMemory<byte> peerToken)
    {
        var token = context.Step(peerToken.Span);
        return token.IsEmpty ? null : new SecurityTrailer(context.Type, level, contextId, token);
    }

    /// <summary>The PDU with trailer, padding and token; a trailer that it has says what stands there.</summary>
    public byte[] Protect(Pdu pdu, bool headerSigning)
    {
        var size = context.TokenSize(level);
        var template = pdu.Security ?? new SecurityTrailer(context.Type, level, contextId, default);
        var stub = pdu is RequestPdu request ? request.Stub.Length : 0;
        var bytes = PduWriter.Write(pdu with
        {
            Security = template with
            {
                Token = new byte[size],
                Padding = template.Padding.IsEmpty ? new byte[-stub & (Alignment - 1)] : template.Padding,
            },
        });
        var end = bytes.Length - size;
        context.Protect(
            bytes.AsSpan(0, end), Body(PduHeader.Read(bytes)), level, headerSigning, bytes.AsSpan(end));
        return bytes;
    }

    /// <summary>Verifies and opens in place; a PDU without a trailer stays as it is.</summary>
    /// <exception cref="SecurityContextException">The token does not belong to these bytes.</exception>
    public void Unprotect(Span<byte> pdu, bool headerSigning)
    {
        var header = PduHeader.Read(pdu);
        if (header.AuthenticationLength == 0 || level < AuthenticationLevel.Call
            || header.Type is not (PduType.Response or PduType.Fault))
        {
            return;
        }

        var end = header.TrailerOffset + SecurityTrailer.Size;
        context.Unprotect(pdu[..end], Body(header), level, headerSigning, pdu[end..]);
    }

    public void Dispose() => context.Dispose();

    private static Range Body(PduHeader header)
    {
        var start = header.Type is PduType.Request or PduType.Response or PduType.Fault
            ? (header.Flags & PduFlags.ObjectUuid) != 0 && header.Type == PduType.Request ? 40 : 24
            : PduHeader.Size;
        return start..header.BodyEnd;
    }
}
