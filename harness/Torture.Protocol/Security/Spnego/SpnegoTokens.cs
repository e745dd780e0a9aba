using System.Formats.Asn1;

namespace Torture.Protocol.Security;

/// <summary>negState of NegTokenResp (RFC 4178 4.2.2).</summary>
public enum NegState
{
    AcceptCompleted = 0,
    AcceptIncomplete = 1,
    Reject = 2,
    RequestMic = 3,
}

/// <summary>NegTokenInit: the initiator's first token (RFC 4178 4.2.1).</summary>
/// <param name="MechTypes">Dotted object identifiers, the most wanted first.</param>
public sealed record NegTokenInit(IReadOnlyList<string> MechTypes)
{
    public ReadOnlyMemory<byte>? MechToken { get; init; }

    public ReadOnlyMemory<byte>? MechListMic { get; init; }

    /// <summary>The list as it was sent, that the MIC of the list is computed over.</summary>
    public ReadOnlyMemory<byte> MechTypesDer { get; private init; } = EncodeMechTypes(MechTypes);

    // RFC 4178 4.1, 4.2.1; RFC 2743 3.1
    public static NegTokenInit Parse(ReadOnlySpan<byte> token) => Der.Read(token, "RFC 4178 4.2.1", reader =>
    {
        var frame = reader.ReadSequence(Der.Application0);
        reader.ThrowIfNotEmpty();
        var oid = frame.ReadObjectIdentifier();
        if (oid != SpnegoOid.Spnego)
        {
            throw new AsnContentException($"The token is of mechanism {oid}, not of SPNEGO.");
        }

        var body = frame.ReadSequence(Der.Context(0));
        frame.ThrowIfNotEmpty();
        var fields = body.ReadSequence();
        body.ThrowIfNotEmpty();
        return ParseFields(fields);
    });

    // RFC 4178 4.2.1; reqFlags is not protected and not used
    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence(Der.Application0))
        {
            writer.WriteObjectIdentifier(SpnegoOid.Spnego);
            using (writer.PushSequence(Der.Context(0)))
            using (writer.PushSequence())
            {
                using (writer.PushSequence(Der.Context(0)))
                {
                    writer.WriteEncodedValue(MechTypesDer.Span);
                }

                Der.WriteOctets(writer, 2, MechToken);
                Der.WriteOctets(writer, 3, MechListMic);
            }
        }

        return writer.Encode();
    }

    private static NegTokenInit ParseFields(AsnReader fields)
    {
        var list = fields.ReadSequence(Der.Context(0));
        var der = list.PeekEncodedValue().ToArray();
        var types = list.ReadSequence();
        list.ThrowIfNotEmpty();
        var oids = new List<string>();
        while (types.HasData)
        {
            oids.Add(types.ReadObjectIdentifier());
        }

        if (fields.HasData && fields.PeekTag() == Der.Context(1))
        {
            fields.ReadEncodedValue();
        }

        var token = Der.ReadOctets(fields, 2);
        var mic = Der.ReadOctets(fields, 3);
        fields.ThrowIfNotEmpty();
        return new NegTokenInit(oids) { MechTypesDer = der, MechToken = token, MechListMic = mic };
    }

    // RFC 4178 4.1
    private static byte[] EncodeMechTypes(IReadOnlyList<string> oids)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var oid in oids)
            {
                writer.WriteObjectIdentifier(oid);
            }
        }

        return writer.Encode();
    }
}

/// <summary>NegTokenResp: every later token of either side (RFC 4178 4.2.2).</summary>
public sealed record NegTokenResp(NegState? State = null)
{
    /// <summary>The mechanism that the acceptor chose, in its first answer.</summary>
    public string? SupportedMech { get; init; }

    public ReadOnlyMemory<byte>? ResponseToken { get; init; }

    public ReadOnlyMemory<byte>? MechListMic { get; init; }

    // RFC 4178 4.2.2
    public static NegTokenResp Parse(ReadOnlySpan<byte> token) => Der.Read(token, "RFC 4178 4.2.2", reader =>
    {
        var frame = reader.ReadSequence(Der.Context(1));
        reader.ThrowIfNotEmpty();
        var fields = frame.ReadSequence();
        frame.ThrowIfNotEmpty();
        NegState? state = null;
        string? oid = null;
        if (Der.Enter(fields, 0) is { } inner)
        {
            state = inner.ReadEnumeratedValue<NegState>();
            inner.ThrowIfNotEmpty();
        }

        if (Der.Enter(fields, 1) is { } mechanism)
        {
            oid = mechanism.ReadObjectIdentifier();
            mechanism.ThrowIfNotEmpty();
        }

        var answer = Der.ReadOctets(fields, 2);
        var mic = Der.ReadOctets(fields, 3);
        fields.ThrowIfNotEmpty();
        return new NegTokenResp(state) { SupportedMech = oid, ResponseToken = answer, MechListMic = mic };
    });

    // RFC 4178 4.2.2
    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence(Der.Context(1)))
        using (writer.PushSequence())
        {
            if (State is { } state)
            {
                using var _ = writer.PushSequence(Der.Context(0));
                writer.WriteEnumeratedValue(state);
            }

            if (SupportedMech is { } oid)
            {
                using var _ = writer.PushSequence(Der.Context(1));
                writer.WriteObjectIdentifier(oid);
            }

            Der.WriteOctets(writer, 2, ResponseToken);
            Der.WriteOctets(writer, 3, MechListMic);
        }

        return writer.Encode();
    }
}
