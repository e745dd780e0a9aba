using System.Globalization;
using System.Net;
using Torture.Protocol.Ndr;
using Torture.Protocol.Security;

namespace Torture.Protocol.Rpc;

/// <summary>The rules of calls, faults and protection, one step each.</summary>
public partial class RpcServer
{
    /// <summary>Operation numbers beyond the interface's fault with nca_op_rng_error ([C706] 12.6.4.7).</summary>
    protected internal virtual bool OperationExists(IRpcInterface rpcInterface, ushort opnum) =>
        opnum < rpcInterface.OperationCount;

    /// <summary>Callers below the interface's level fault with 5; the connection lives.</summary>
    protected internal virtual bool LevelSuffices(IRpcInterface rpcInterface, AuthenticationLevel level) =>
        level >= rpcInterface.MinimumLevel;

    /// <summary>How a stub is written: transfer syntax of its context, byte order of its PDU.</summary>
    protected internal virtual NdrSyntax StubSyntax(SyntaxId transferSyntax, DataRepresentation representation) =>
        SyntaxOf(transferSyntax, representation);

    /// <summary>NDR64 is little-endian only ([MS-RPCE] 2.2.5.1).</summary>
    protected internal virtual bool RepresentationAllowed(NdrSyntax syntax) =>
        syntax is not { Is64: true, IsBigEndian: true };

    /// <summary>Context ids belong to the connection that negotiated them ([MS-RPCE] 3.3.1.5.6).</summary>
    protected internal virtual PresentationBinding? FindContext(RpcServerConnection connection, ushort contextId) =>
        connection.Contexts.GetValueOrDefault(contextId);

    /// <summary>Windows answers with the low byte of the context id.</summary>
    protected internal virtual ushort ResponseContextId(ushort contextId) => (ushort)(contextId & 0xFF);

    /// <summary>A response carries the call_id of its request ([C706] 12.6.4.10).</summary>
    protected internal virtual uint ResponseCallId(RpcServerConnection connection, uint callId) => callId;

    /// <summary>The status of the fault for what an interface threw.</summary>
    protected internal virtual RpcFault FaultStatus(RpcServerCall call, Exception failure)
    {
        switch (failure)
        {
            case ProtocolException:
                return RpcFault.RPC_X_BAD_STUB_DATA;
            case RpcFaultException fault:
                return fault.Status;
            case OperationCanceledException when call.AbortReason != AbortReason.None:
                return RpcFault.nca_s_fault_cancel;
            default:
                Options.Log($"call {call.CallId} opnum {call.Opnum} failed: {failure}");
                return RpcFault.nca_s_fault_unspec;
        }
    }

    /// <summary>The last word on a fault PDU.</summary>
    protected internal virtual FaultPdu BuildFault(RpcServerConnection connection, FaultPdu fault) => fault;

    /// <summary>The verification trailer must repeat what the request says ([MS-RPCE] 2.2.2.13).</summary>
    protected internal virtual bool VerificationTrailerHolds(
        RpcServerConnection connection, RpcServerCall call, PresentationBinding binding, VerificationTrailer trailer)
    {
        var header = trailer.Header;
        return !trailer.HasUnknownMandatory
            && (trailer.Context is not { } context
                || (context.Interface == binding.AbstractSyntax && context.Transfer == binding.TransferSyntax))
            && (header is null
                || (header.Type == PduType.Request && header.CallId == call.CallId
                    && header.ContextId == call.ContextId && header.Opnum == call.Opnum))
            && HeaderSigningNotTakenAway(connection, call, trailer);
    }

    /// <summary>A co_cancel came for a call that is being executed ([C706] 12.6.4.6).</summary>
    protected internal virtual void OnCancel(RpcServerConnection connection, RpcServerCall call) =>
        call.Abort(AbortReason.Cancelled);

    /// <summary>An orphaned came for a call that is being executed ([C706] 12.6.4.8).</summary>
    protected internal virtual void OnOrphaned(RpcServerConnection connection, RpcServerCall call) =>
        call.Abort(AbortReason.Orphaned);

    /// <summary>The connection of a call that is being executed is over.</summary>
    protected internal virtual void OnConnectionLost(RpcServerConnection connection, RpcServerCall call) =>
        call.Abort(AbortReason.ConnectionLost);

    /// <summary>The last connection of a group is over.</summary>
    protected internal virtual void OnRundown(AssociationGroup group) => group.RunDown();

    /// <summary>A fresh acceptor of an authentication type; null: the type is not recognized.</summary>
    protected internal virtual ISecurityContext? CreateAcceptor(AuthenticationType type) => Options.Acceptors(type);

    /// <summary>The fault for a caller whose token was refused ([MS-RPCE] 3.3.1.5.2.1).</summary>
    protected internal virtual RpcFault AuthenticationFault(SecurityFailure failure) =>
        failure is SecurityFailure.BadSignature or SecurityFailure.Unsupported
            ? RpcFault.RPC_S_SEC_PKG_ERROR
            : RpcFault.RPC_S_ACCESS_DENIED;

    /// <summary>A trailer belongs to the security context that it names.</summary>
    protected internal virtual uint SecurityContextId(RpcServerConnection connection, uint named) => named;

    /// <summary>A request without a trailer waits for the log-on, unless others may go beside it.</summary>
    protected internal virtual bool WaitsForAuthentication(RpcServerConnection connection) =>
        (connection.Features & BindTimeFeatures.SecurityContextMultiplexing) == 0;

    /// <summary>Where nothing is signed, a request without a trailer acts for the user who logged on.</summary>
    protected internal virtual bool ActsWithoutTrailer(AuthenticationLevel level) =>
        level == AuthenticationLevel.Connect;

    /// <summary>Verifies, and at level privacy opens, one fragment.</summary>
    protected internal virtual void Unprotect(
        RpcServerConnection connection, ISecurityContext context, Span<byte> pdu, Range body,
        AuthenticationLevel level, ReadOnlySpan<byte> token) =>
        context.Unprotect(pdu, body, level, connection.HeaderSigning, token);

    /// <summary>Signs, and at level privacy seals, one fragment.</summary>
    protected internal virtual void Protect(
        RpcServerConnection connection, ISecurityContext context, Span<byte> pdu, Range body,
        AuthenticationLevel level, Span<byte> token) =>
        context.Protect(pdu, body, level, connection.HeaderSigning, token);

    /// <summary>Bytes of the longest fragment that is taken: the transport's, whatever was negotiated.</summary>
    protected internal virtual int FragmentLimit(PduType type) =>
        type is PduType.Bind or PduType.AlterContext ? ushort.MaxValue : Options.Limits.Fragment;

    /// <summary>A new request while another is executed needs concurrent multiplexing ([MS-RPCE] 3.3.1.5.8).</summary>
    protected internal virtual bool MayStartCall(RpcServerConnection connection, int executing) =>
        executing == 0 || connection.Multiplexing;

    private bool HeaderSigningNotTakenAway(
        RpcServerConnection connection, RpcServerCall call, VerificationTrailer trailer) =>
        connection.HeaderSigning || !Options.HeaderSigning || call.Caller.Level < AuthenticationLevel.Packet
        || ((trailer.Bitmask ?? 0) & VerificationTrailer.ClientSupportsHeaderSigning) == 0;
}
