using System.Text;

namespace Torture.Protocol.Rpc;

/// <summary>A PDU record to its bytes, in the byte order that it names. Lengths follow from the content.</summary>
public static class PduWriter
{
    /// <exception cref="ArgumentException">Longer than 65535 bytes.</exception>
    public static byte[] Write(Pdu pdu)
    {
        var body = new PduBody(pdu.Representation.IsBigEndian);
        WriteBody(body, pdu);
        if (pdu.Security is { } security)
        {
            WriteTrailer(body, security);
        }

        var bytes = body.ToArray();
        if (bytes.Length > ushort.MaxValue)
        {
            throw new ArgumentException($"a PDU of {bytes.Length} bytes has no frag_length", nameof(pdu));
        }

        new PduHeader(
            pdu.MajorVersion, pdu.MinorVersion, pdu.Type, pdu.Flags, pdu.Representation, (ushort)bytes.Length,
            (ushort)(pdu.Security?.Token.Length ?? 0), pdu.CallId).Write(bytes);
        return bytes;
    }

    private static void WriteTrailer(PduBody body, SecurityTrailer security)
    {
        // [MS-RPCE] 2.2.2.11
        body.Bytes(security.Padding.Span);
        body.Byte((byte)security.Type);
        body.Byte((byte)security.Level);
        body.Byte((byte)security.Padding.Length);
        body.Byte(security.Reserved);
        body.UInt32(security.ContextId);
        body.Bytes(security.Token.Span);
    }

    private static void WriteBody(PduBody body, Pdu pdu)
    {
        switch (pdu)
        {
            case RequestPdu request:
                WriteRequest(body, request);
                break;
            case ResponsePdu response:
                WriteResponse(body, response);
                break;
            case FaultPdu fault:
                WriteFault(body, fault);
                break;
            case NegotiationPdu negotiation:
                WriteNegotiation(body, negotiation);
                break;
            case NegotiationAckPdu ack:
                WriteNegotiationAck(body, ack);
                break;
            case BindNakPdu nak:
                WriteBindNak(body, nak);
                break;
            case Auth3Pdu auth3:
                body.UInt32(auth3.Pad);
                break;
            case UnknownPdu unknown:
                body.Bytes(unknown.Body.Span);
                break;
        }
    }

    private static void WriteRequest(PduBody body, RequestPdu request)
    {
        // [C706] 12.6.4.9
        body.UInt32(request.AllocationHint);
        body.UInt16(request.ContextId);
        body.UInt16(request.Opnum);
        if (request.Flags.HasFlag(PduFlags.ObjectUuid))
        {
            body.Uuid(request.Object);
        }

        body.Bytes(request.Stub.Span);
    }

    private static void WriteResponse(PduBody body, ResponsePdu response)
    {
        // [C706] 12.6.4.10
        body.UInt32(response.AllocationHint);
        body.UInt16(response.ContextId);
        body.Byte(response.CancelCount);
        body.Byte(0);
        body.Bytes(response.Stub.Span);
    }

    private static void WriteFault(PduBody body, FaultPdu fault)
    {
        // [C706] 12.6.4.7, [MS-RPCE] 2.2.2.8
        body.UInt32(fault.AllocationHint);
        body.UInt16(fault.ContextId);
        body.Byte(fault.CancelCount);
        body.Byte(fault.Reserved);
        body.UInt32((uint)fault.Status);
        body.UInt32(0);
        body.Bytes(fault.Rest.Span);
    }

    private static void WriteNegotiation(PduBody body, NegotiationPdu negotiation)
    {
        // [C706] 12.6.4.3, 12.6.4.1
        body.UInt16(negotiation.MaxTransmit);
        body.UInt16(negotiation.MaxReceive);
        body.UInt32(negotiation.AssociationGroup);
        body.UInt32Count(negotiation.Contexts.Length);
        foreach (var context in negotiation.Contexts)
        {
            body.UInt16(context.Id);
            body.Byte(checked((byte)context.TransferSyntaxes.Length));
            body.Byte(0);
            body.Syntax(context.AbstractSyntax);
            foreach (var syntax in context.TransferSyntaxes)
            {
                body.Syntax(syntax);
            }
        }
    }

    private static void WriteNegotiationAck(PduBody body, NegotiationAckPdu ack)
    {
        // [C706] 12.6.4.4, 12.6.4.2
        body.UInt16(ack.MaxTransmit);
        body.UInt16(ack.MaxReceive);
        body.UInt32(ack.AssociationGroup);
        var address = ack.SecondaryAddress is { } text ? Encoding.Latin1.GetBytes(text + "\0") : [];
        body.UInt16(checked((ushort)address.Length));
        body.Bytes(address);
        body.Align4();
        body.UInt32Count(ack.Results.Length);
        foreach (var result in ack.Results)
        {
            body.UInt16((ushort)result.Result);
            body.UInt16((ushort)result.Reason);
            body.Syntax(result.TransferSyntax);
        }
    }

    private static void WriteBindNak(PduBody body, BindNakPdu nak)
    {
        // [C706] 12.6.4.5, [MS-RPCE] 2.2.2.9
        body.UInt16((ushort)nak.Reason);
        body.Byte(checked((byte)nak.Versions.Length));
        foreach (var (major, minor) in nak.Versions)
        {
            body.Byte(major);
            body.Byte(minor);
        }

        body.Bytes(nak.Rest.Span);
    }
}
