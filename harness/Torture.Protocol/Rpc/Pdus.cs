using System.Collections.Immutable;

namespace Torture.Protocol.Rpc;

/// <summary>A PDU of connection-oriented DCE/RPC ([C706] 12.6.4), one fragment.</summary>
public abstract record Pdu(uint CallId)
{
    public abstract PduType Type { get; }

    public PduFlags Flags { get; init; } = PduFlags.Whole;

    public DataRepresentation Representation { get; init; } = DataRepresentation.LittleEndian;

    public byte MajorVersion { get; init; } = 5;

    public byte MinorVersion { get; init; }

    /// <summary>Null: auth_length is 0, there is no trailer at all.</summary>
    public SecurityTrailer? Security { get; init; }
}

/// <summary>bind and alter_context ([C706] 12.6.4.3, 12.6.4.1).</summary>
public abstract record NegotiationPdu(
    uint CallId, ushort MaxTransmit, ushort MaxReceive, uint AssociationGroup,
    ImmutableArray<PresentationContext> Contexts) : Pdu(CallId);

/// <summary>[C706] 12.6.4.3</summary>
public sealed record BindPdu(
    uint CallId, ushort MaxTransmit, ushort MaxReceive, uint AssociationGroup,
    ImmutableArray<PresentationContext> Contexts)
    : NegotiationPdu(CallId, MaxTransmit, MaxReceive, AssociationGroup, Contexts)
{
    public override PduType Type => PduType.Bind;
}

/// <summary>[C706] 12.6.4.1</summary>
public sealed record AlterContextPdu(
    uint CallId, ushort MaxTransmit, ushort MaxReceive, uint AssociationGroup,
    ImmutableArray<PresentationContext> Contexts)
    : NegotiationPdu(CallId, MaxTransmit, MaxReceive, AssociationGroup, Contexts)
{
    public override PduType Type => PduType.AlterContext;
}

/// <summary>bind_ack and alter_context_resp ([C706] 12.6.4.4, 12.6.4.2).</summary>
/// <param name="SecondaryAddress">Null: length 0. The NUL is added and taken off.</param>
public abstract record NegotiationAckPdu(
    uint CallId, ushort MaxTransmit, ushort MaxReceive, uint AssociationGroup, string? SecondaryAddress,
    ImmutableArray<PresentationContextResult> Results) : Pdu(CallId);

/// <summary>[C706] 12.6.4.4</summary>
public sealed record BindAckPdu(
    uint CallId, ushort MaxTransmit, ushort MaxReceive, uint AssociationGroup, string? SecondaryAddress,
    ImmutableArray<PresentationContextResult> Results)
    : NegotiationAckPdu(CallId, MaxTransmit, MaxReceive, AssociationGroup, SecondaryAddress, Results)
{
    public override PduType Type => PduType.BindAck;
}

/// <summary>[C706] 12.6.4.2</summary>
public sealed record AlterContextResponsePdu(
    uint CallId, ushort MaxTransmit, ushort MaxReceive, uint AssociationGroup, string? SecondaryAddress,
    ImmutableArray<PresentationContextResult> Results)
    : NegotiationAckPdu(CallId, MaxTransmit, MaxReceive, AssociationGroup, SecondaryAddress, Results)
{
    public override PduType Type => PduType.AlterContextResponse;
}

/// <summary>[C706] 12.6.4.5, [MS-RPCE] 2.2.2.9</summary>
/// <param name="Versions">Protocol versions that the server speaks: major, minor.</param>
/// <param name="Rest">What follows the versions: padding, and perhaps the extended error.</param>
public sealed record BindNakPdu(
    uint CallId, BindRejectReason Reason, ImmutableArray<(byte Major, byte Minor)> Versions,
    ReadOnlyMemory<byte> Rest) : Pdu(CallId)
{
    public override PduType Type => PduType.BindNak;
}

/// <summary>[MS-RPCE] 2.2.2.10: the last leg of authentication where nothing is answered.</summary>
/// <param name="Pad">Four bytes of any content.</param>
public sealed record Auth3Pdu(uint CallId, uint Pad = 0) : Pdu(CallId)
{
    public override PduType Type => PduType.Auth3;
}

/// <summary>[C706] 12.6.4.9</summary>
public sealed record RequestPdu(
    uint CallId, uint AllocationHint, ushort ContextId, ushort Opnum, ReadOnlyMemory<byte> Stub) : Pdu(CallId)
{
    public override PduType Type => PduType.Request;

    /// <summary>On the wire only where <see cref="PduFlags.ObjectUuid"/> is set.</summary>
    public Guid Object { get; init; }
}

/// <summary>[C706] 12.6.4.10</summary>
public sealed record ResponsePdu(
    uint CallId, uint AllocationHint, ushort ContextId, byte CancelCount, ReadOnlyMemory<byte> Stub) : Pdu(CallId)
{
    public override PduType Type => PduType.Response;
}

/// <summary>[C706] 12.6.4.7, [MS-RPCE] 2.2.2.8</summary>
/// <param name="Reserved">Bit 0: extended error information is present.</param>
/// <param name="Rest">What follows the 32 bytes.</param>
public sealed record FaultPdu(
    uint CallId, uint AllocationHint, ushort ContextId, byte CancelCount, byte Reserved, RpcFault Status,
    ReadOnlyMemory<byte> Rest) : Pdu(CallId)
{
    public FaultPdu(uint callId, ushort contextId, RpcFault status)
        : this(callId, HintOfFault, contextId, 0, 0, status, default)
    {
    }

    /// <summary>What Windows writes; never 0.</summary>
    public const uint HintOfFault = 0x20;

    public override PduType Type => PduType.Fault;
}

/// <summary>[C706] 12.6.4.6: advice to end a call early.</summary>
public sealed record CoCancelPdu(uint CallId) : Pdu(CallId)
{
    public override PduType Type => PduType.CoCancel;
}

/// <summary>[C706] 12.6.4.8: the client does not wait for the call any more.</summary>
public sealed record OrphanedPdu(uint CallId) : Pdu(CallId)
{
    public override PduType Type => PduType.Orphaned;
}

/// <summary>[C706] 12.6.4.11</summary>
public sealed record ShutdownPdu(uint CallId) : Pdu(CallId)
{
    public override PduType Type => PduType.Shutdown;
}

/// <summary>A type that connection-oriented DCE/RPC does not have; the body as it came.</summary>
public sealed record UnknownPdu(uint CallId, PduType UnknownType, ReadOnlyMemory<byte> Body) : Pdu(CallId)
{
    public override PduType Type => UnknownType;
}
