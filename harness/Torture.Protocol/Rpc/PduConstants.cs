namespace Torture.Protocol.Rpc;

/// <summary>PTYPE of the common header ([C706] 12.6.1, [MS-RPCE] 2.2.2.1).</summary>
public enum PduType : byte
{
    Request = 0,
    Ping = 1,
    Response = 2,
    Fault = 3,
    Working = 4,
    NoCall = 5,
    Reject = 6,
    Ack = 7,
    ConnectionlessCancel = 8,
    FragmentAck = 9,
    CancelAck = 10,
    Bind = 11,
    BindAck = 12,
    BindNak = 13,
    AlterContext = 14,
    AlterContextResponse = 15,
    Auth3 = 16,
    Shutdown = 17,
    CoCancel = 18,
    Orphaned = 19,
    Rts = 20,
}

/// <summary>pfc_flags of the common header ([C706] 12.6.3.1, [MS-RPCE] 2.2.2.3).</summary>
[Flags]
public enum PduFlags : byte
{
    None = 0,
    FirstFragment = 0x01,
    LastFragment = 0x02,

    /// <summary>On request, response and fault; the same bit as <see cref="SupportHeaderSign"/>.</summary>
    PendingCancel = 0x04,

    /// <summary>On bind, alter_context, their answers and auth3.</summary>
    SupportHeaderSign = 0x04,
    Reserved = 0x08,
    ConcurrentMultiplexing = 0x10,
    DidNotExecute = 0x20,
    Maybe = 0x40,
    ObjectUuid = 0x80,
    Whole = FirstFragment | LastFragment,
}

/// <summary>reject_reason of a bind_nak ([C706] 12.6.3.1, [MS-RPCE] 2.2.2.5).</summary>
public enum BindRejectReason : ushort
{
    NotSpecified = 0,
    TemporaryCongestion = 1,
    LocalLimitExceeded = 2,
    CalledAddressUnknown = 3,
    ProtocolVersionNotSupported = 4,
    DefaultContextNotSupported = 5,
    UserDataNotReadable = 6,
    NoAddressAvailable = 7,
    AuthenticationTypeNotRecognized = 8,
    InvalidChecksum = 9,
}

/// <summary>p_cont_def_result_t of bind_ack and alter_context_resp ([C706] 12.6.3.1, [MS-RPCE] 2.2.2.4).</summary>
public enum PresentationResult : ushort
{
    Acceptance = 0,
    UserRejection = 1,
    ProviderRejection = 2,
    NegotiateAck = 3,
}

/// <summary>p_provider_reason_t ([C706] 12.6.3.1); with NegotiateAck the field holds feature bits instead.</summary>
public enum ProviderReason : ushort
{
    NotSpecified = 0,
    AbstractSyntaxNotSupported = 1,
    ProposedTransferSyntaxesNotSupported = 2,
    LocalLimitExceeded = 3,
}

/// <summary>Bits of bind-time feature negotiation ([MS-RPCE] 2.2.2.14).</summary>
[Flags]
public enum BindTimeFeatures : ushort
{
    None = 0,
    SecurityContextMultiplexing = 1,
    KeepConnectionOnOrphan = 2,
}
