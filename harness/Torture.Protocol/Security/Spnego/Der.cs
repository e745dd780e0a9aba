using System.Formats.Asn1;

namespace Torture.Protocol.Security;

/// <summary>The little of DER that SPNEGO's tokens share: explicit context tags around optional values.</summary>
internal static class Der
{
    public static readonly Asn1Tag Application0 = new(TagClass.Application, 0, isConstructed: true);

    public static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);

    public static T Read<T>(ReadOnlySpan<byte> token, string citation, Func<AsnReader, T> read)
    {
        try
        {
            return read(new AsnReader(token.ToArray(), AsnEncodingRules.DER));
        }
        catch (Exception refused) when (refused is AsnContentException or ArgumentException)
        {
            var message = $"Not a SPNEGO token ({token.Length} bytes): {refused.Message}";
            throw new SecurityContextException(SecurityFailure.InvalidToken, message, citation);
        }
    }

    /// <summary>The content of an optional field; null where the next field is another one.</summary>
    public static AsnReader? Enter(AsnReader fields, int number) =>
        fields.HasData && fields.PeekTag() == Context(number) ? fields.ReadSequence(Context(number)) : null;

    public static ReadOnlyMemory<byte>? ReadOctets(AsnReader fields, int number)
    {
        if (Enter(fields, number) is not { } field)
        {
            return null;
        }

        var octets = field.ReadOctetString();
        field.ThrowIfNotEmpty();
        return octets;
    }

    public static void WriteOctets(AsnWriter writer, int number, ReadOnlyMemory<byte>? value)
    {
        if (value is { } octets)
        {
            using var _ = writer.PushSequence(Context(number));
            writer.WriteOctetString(octets.Span);
        }
    }
}
