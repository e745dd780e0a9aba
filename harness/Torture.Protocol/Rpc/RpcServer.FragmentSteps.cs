namespace Torture.Protocol.Rpc;

/// <summary>The rules of headers and fragments, and of what ends a connection, one step each.</summary>
public partial class RpcServer
{
    /// <summary>5.0 and nothing else ([C706] 12.6.3.1).</summary>
    protected internal virtual bool SpeaksVersion(byte major, byte minor) => (major, minor) is (5, 0);

    /// <summary>The security trailer lies at a multiple of 4 ([MS-RPCE] 2.2.2.11).</summary>
    protected internal virtual bool IsTrailerAligned(PduHeader header) =>
        header.AuthenticationLength == 0 || (header.TrailerOffset & 3) == 0;

    /// <summary>The fault for bytes that are no PDU.</summary>
    protected internal virtual RpcFault ViolationFault(ProtocolException violation) => RpcFault.nca_proto_error;

    /// <summary>The fault for a type that no server is sent ([MS-RPCE] 3.3.3.5.7).</summary>
    protected internal virtual RpcFault UnexpectedTypeFault(PduType type) => RpcFault.nca_proto_error;

    /// <summary>A bind_nak and the fault of a protocol error are the last that a connection says.</summary>
    protected internal virtual bool EndsConnection(RpcServerConnection connection, Pdu answer) =>
        answer is BindNakPdu or FaultPdu;

    /// <summary>Null: auth3, and co_cancel and orphaned of no call, are not answered ([MS-RPCE] 3.3.1.5.2.1).</summary>
    /// <param name="failure">What an auth3 failed with: the first request is told.</param>
    protected internal virtual Pdu? AnswerToUnanswered(PduHeader header, RpcFault? failure) => null;

    /// <summary>Where stub, padding and trailer of a request's fragment are.</summary>
    /// <exception cref="ProtocolException">The bytes are no such fragment.</exception>
    protected internal virtual FragmentLayout ReadFragment(ReadOnlySpan<byte> pdu, PduHeader header) =>
        FragmentLayout.Read(pdu, header);

    /// <summary>A call begins with its first fragment, whatever the other flags say.</summary>
    protected internal virtual bool BeginsCall(PduFlags flags) => (flags & PduFlags.FirstFragment) != 0;

    /// <summary>No cancel can be pending for a call that only begins ([MS-RPCE] 3.3.3.5).</summary>
    protected internal virtual bool IsCancelPending(PduFlags flags) => (flags & PduFlags.PendingCancel) != 0;

    /// <summary>A later fragment is no second first one, and is written as the first one is.</summary>
    protected internal virtual bool Continues(in FragmentLayout first, in FragmentLayout next) =>
        (next.Header.Flags & PduFlags.FirstFragment) == 0
        && first.Header.Representation == next.Header.Representation;

    /// <summary>Bytes of stub that a first fragment announces; the hint of a whole request does not count.</summary>
    protected internal virtual uint AnnouncedLength(in FragmentLayout first) =>
        (first.Header.Flags & PduFlags.LastFragment) != 0 ? 0 : first.AllocationHint;

    /// <summary>More than the server takes ([MS-RPCE] 3.3.3.5.4).</summary>
    protected internal virtual bool IsRequestTooLong(long length) => length > Options.Limits.Request;

    /// <summary>Bytes of stub in a fragment that is not the last: a multiple of 8 ([C706] 12.6.3.1); 16 here.</summary>
    protected internal virtual int StubRoom(int free) => FragmentComposer.WholeBlocks(free);

    /// <summary>What a fragment of a response says about its place ([C706] 12.6.3.1).</summary>
    protected internal virtual PduFlags PlaceFlags(bool isFirst, bool isLast) =>
        FragmentComposer.PlaceFlags(isFirst, isLast);
}
