using System.Collections.Immutable;
using System.Text;

namespace Torture.Protocol.Rpc;

/// <summary>Bytes of one whole PDU to its record.</summary>
public static class PduReader
{
    /// <exception cref="ProtocolException">The bytes are not a PDU.</exception>
    public static Pdu Read(ReadOnlySpan<byte> pdu)
    {
        var header = PduHeader.Read(pdu);
        if (header.FragmentLength != pdu.Length)
        {
            throw new ProtocolException(
                $"frag_length is {header.FragmentLength}, the PDU has {pdu.Length}", "[C706] 12.6.3.1", 8);
        }

        var security = header.AuthenticationLength == 0 ? null : ReadTrailer(pdu, header);
        var end = header.BodyEnd - (security?.Padding.Length ?? 0);
        var cursor = new PduCursor(pdu, PduHeader.Size, end, header.Representation.IsBigEndian);
        return ReadBody(ref cursor, header) with
        {
            Flags = header.Flags,
            Representation = header.Representation,
            MajorVersion = header.Major,
            MinorVersion = header.Minor,
            Security = security,
        };
    }

    internal static SecurityTrailer ReadTrailer(ReadOnlySpan<byte> pdu, PduHeader header)
    {
        // [MS-RPCE] 2.2.2.11
        var at = header.TrailerOffset;
        var padding = pdu[at + 2];
        if (padding > at - PduHeader.Size)
        {
            throw new ProtocolException(
                $"auth_pad_length {padding} is longer than the body", "[MS-RPCE] 2.2.2.11", at + 2);
        }

        return new SecurityTrailer(
            (AuthenticationType)pdu[at], (AuthenticationLevel)pdu[at + 1],
            PduHeader.Read32(pdu[(at + 4)..], header.Representation.IsBigEndian),
            pdu.Slice(at + SecurityTrailer.Size, header.AuthenticationLength).ToArray())
        {
            Padding = pdu.Slice(at - padding, padding).ToArray(),
            Reserved = pdu[at + 3],
        };
    }

    private static Pdu ReadBody(ref PduCursor cursor, PduHeader header) => header.Type switch
    {
        PduType.Request => ReadRequest(ref cursor, header),
        PduType.Response => ReadResponse(ref cursor, header),
        PduType.Fault => ReadFault(ref cursor, header),
        PduType.Bind or PduType.AlterContext => ReadNegotiation(ref cursor, header),
        PduType.BindAck or PduType.AlterContextResponse => ReadNegotiationAck(ref cursor, header),
        PduType.BindNak => ReadBindNak(ref cursor, header),
        PduType.Auth3 => new Auth3Pdu(header.CallId, cursor.UInt32()),
        PduType.Shutdown => new ShutdownPdu(header.CallId),
        PduType.CoCancel => new CoCancelPdu(header.CallId),
        PduType.Orphaned => new OrphanedPdu(header.CallId),
        _ => new UnknownPdu(header.CallId, header.Type, cursor.Rest().ToArray()),
    };

    private static RequestPdu ReadRequest(ref PduCursor cursor, PduHeader header)
    {
        // [C706] 12.6.4.9
        var hint = cursor.UInt32();
        var context = cursor.UInt16();
        var opnum = cursor.UInt16();
        var target = header.Flags.HasFlag(PduFlags.ObjectUuid) ? cursor.Uuid() : default;
        return new RequestPdu(header.CallId, hint, context, opnum, cursor.Rest().ToArray()) { Object = target };
    }

    private static ResponsePdu ReadResponse(ref PduCursor cursor, PduHeader header)
    {
        // [C706] 12.6.4.10
        var hint = cursor.UInt32();
        var context = cursor.UInt16();
        var cancels = cursor.Byte();
        cursor.Byte();
        return new ResponsePdu(header.CallId, hint, context, cancels, cursor.Rest().ToArray());
    }

    private static FaultPdu ReadFault(ref PduCursor cursor, PduHeader header)
    {
        // [C706] 12.6.4.7, [MS-RPCE] 2.2.2.8
        var hint = cursor.UInt32();
        var context = cursor.UInt16();
        var cancels = cursor.Byte();
        var reserved = cursor.Byte();
        var status = (RpcFault)cursor.UInt32();
        cursor.Take(Math.Min(4, cursor.Left));
        return new FaultPdu(header.CallId, hint, context, cancels, reserved, status, cursor.Rest().ToArray());
    }

    private static NegotiationPdu ReadNegotiation(ref PduCursor cursor, PduHeader header)
    {
        // [C706] 12.6.4.3, 12.6.4.1
        var transmit = cursor.UInt16();
        var receive = cursor.UInt16();
        var group = cursor.UInt32();
        var count = cursor.Byte();
        cursor.Take(3);
        var contexts = ImmutableArray.CreateBuilder<PresentationContext>(count);
        for (var i = 0; i < count; i++)
        {
            contexts.Add(ReadContext(ref cursor));
        }

        var all = contexts.MoveToImmutable();
        return header.Type == PduType.Bind
            ? new BindPdu(header.CallId, transmit, receive, group, all)
            : new AlterContextPdu(header.CallId, transmit, receive, group, all);
    }

    private static PresentationContext ReadContext(ref PduCursor cursor)
    {
        var id = cursor.UInt16();
        var count = cursor.Byte();
        cursor.Byte();
        var abstractSyntax = cursor.Syntax();
        var syntaxes = ImmutableArray.CreateBuilder<SyntaxId>(count);
        for (var i = 0; i < count; i++)
        {
            syntaxes.Add(cursor.Syntax());
        }

        return new PresentationContext(id, abstractSyntax, syntaxes.MoveToImmutable());
    }

    private static NegotiationAckPdu ReadNegotiationAck(ref PduCursor cursor, PduHeader header)
    {
        // [C706] 12.6.4.4, 12.6.4.2
        var transmit = cursor.UInt16();
        var receive = cursor.UInt16();
        var group = cursor.UInt32();
        var address = cursor.Take(cursor.UInt16());
        cursor.Align4();
        var count = cursor.Byte();
        cursor.Take(3);
        var results = ImmutableArray.CreateBuilder<PresentationContextResult>(count);
        for (var i = 0; i < count; i++)
        {
            results.Add(new PresentationContextResult(
                (PresentationResult)cursor.UInt16(), (ProviderReason)cursor.UInt16(), cursor.Syntax()));
        }

        var text = address.IsEmpty ? null : Encoding.Latin1.GetString(address).TrimEnd('\0');
        var all = results.MoveToImmutable();
        return header.Type == PduType.BindAck
            ? new BindAckPdu(header.CallId, transmit, receive, group, text, all)
            : new AlterContextResponsePdu(header.CallId, transmit, receive, group, text, all);
    }

    private static BindNakPdu ReadBindNak(ref PduCursor cursor, PduHeader header)
    {
        // [C706] 12.6.4.5, [MS-RPCE] 2.2.2.9
        var reason = (BindRejectReason)cursor.UInt16();
        var count = cursor.Left > 0 ? cursor.Byte() : 0;
        var versions = ImmutableArray.CreateBuilder<(byte, byte)>(count);
        for (var i = 0; i < count; i++)
        {
            versions.Add((cursor.Byte(), cursor.Byte()));
        }

        return new BindNakPdu(header.CallId, reason, versions.MoveToImmutable(), cursor.Rest().ToArray());
    }
}
