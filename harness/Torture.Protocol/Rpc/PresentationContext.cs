using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Torture.Protocol.Rpc;

/// <summary>p_cont_elem_t: an interface and the transfer syntaxes offered for it ([C706] 12.6.3.1).</summary>
public sealed record PresentationContext(
    ushort Id, SyntaxId AbstractSyntax, ImmutableArray<SyntaxId> TransferSyntaxes)
{
    public static PresentationContext Offer(
        ushort id, SyntaxId abstractSyntax, params ReadOnlySpan<SyntaxId> transferSyntaxes) =>
        new(id, abstractSyntax, [.. transferSyntaxes]);
}

/// <summary>p_result_t: what became of one offered context ([C706] 12.6.3.1).</summary>
/// <param name="Reason">With NegotiateAck these are <see cref="BindTimeFeatures"/>.</param>
/// <param name="TransferSyntax">All zero unless accepted.</param>
public sealed record PresentationContextResult(
    PresentationResult Result, ProviderReason Reason, SyntaxId TransferSyntax)
{
    public static PresentationContextResult Accepted(SyntaxId transferSyntax) =>
        new(PresentationResult.Acceptance, ProviderReason.NotSpecified, transferSyntax);

    public static PresentationContextResult Rejected(ProviderReason reason) =>
        new(PresentationResult.ProviderRejection, reason, default);

    public static PresentationContextResult Acknowledged(BindTimeFeatures features) =>
        new(PresentationResult.NegotiateAck, (ProviderReason)features, default);
}

/// <summary>Bind-time feature negotiation hides in a transfer syntax ([MS-RPCE] 2.2.2.14, 3.3.1.5.3).</summary>
public static class BindTimeFeatureSyntax
{
    private static readonly byte[] _prefix = [0x2C, 0x1C, 0xB7, 0x6C, 0x12, 0x98, 0x40, 0x45];

    public static SyntaxId Encode(BindTimeFeatures features)
    {
        Span<byte> uuid = stackalloc byte[16];
        _prefix.CopyTo(uuid);
        BinaryPrimitives.WriteUInt16LittleEndian(uuid[8..], (ushort)features);
        return new SyntaxId(new Guid(uuid), 1, 0);
    }

    /// <summary>Null where the syntax is an ordinary one.</summary>
    public static BindTimeFeatures? Decode(SyntaxId syntax)
    {
        Span<byte> uuid = stackalloc byte[16];
        syntax.Uuid.TryWriteBytes(uuid);
        return uuid[..8].SequenceEqual(_prefix) && syntax is { Major: 1, Minor: 0 }
            ? (BindTimeFeatures)BinaryPrimitives.ReadUInt16LittleEndian(uuid[8..])
            : null;
    }
}
