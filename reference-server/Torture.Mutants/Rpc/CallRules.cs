using Torture.Protocol.Rpc;
using Torture.Requirements;

namespace Torture.Mutants.Rpc;

[Defect("The fault of an operation that does not exist carries status 0.")]
[Violates(Rpce.FaultStatusForbidden, Rpce.OpnumOutOfRange, Swn.OpnumOutOfRange)]
public sealed class FaultWithoutStatus(RpcServerOptions options) : RpcServer(options)
{
    protected override FaultPdu BuildFault(RpcServerConnection connection, FaultPdu fault) =>
        fault.Status == RpcFault.nca_op_rng_error ? fault with { Status = 0 } : fault;
}

[Defect("Calls are multiplexed, whether or not that was negotiated.")]
[Violates(Rpce.MultiplexingNotNegotiated, Rpce.AckFlags)]
public sealed class MultiplexingUnasked(RpcServerOptions options) : RpcServer(options)
{
    protected override bool AcceptMultiplexing(PduFlags clientFlags) => true;
}

[Defect("A co_cancel that comes too late is a protocol error.")]
[Violates(Rpce.CancelUnknownIgnored, Rpce.CancelIsAdvisory)]
public sealed class LateCancelIsAnError(RpcServerOptions options) : RpcServer(options)
{
    protected override Pdu? AnswerToUnanswered(PduHeader header, RpcFault? failure) =>
        header.Type == PduType.CoCancel ? new FaultPdu(header.CallId, 0, RpcFault.nca_proto_error) : null;
}

[Defect("An orphaned that comes too late is a protocol error.")]
[Violates(Rpce.OrphanedDropsCall)]
public sealed class LateOrphanedIsAnError(RpcServerOptions options) : RpcServer(options)
{
    protected override Pdu? AnswerToUnanswered(PduHeader header, RpcFault? failure) =>
        header.Type == PduType.Orphaned ? new FaultPdu(header.CallId, 0, RpcFault.nca_proto_error) : null;
}

[Defect("The pending-cancel flag of a first fragment is ignored.")]
[Violates(Rpce.PendingCancelWithoutCall)]
public sealed class PendingCancelIgnored(RpcServerOptions options) : RpcServer(options)
{
    protected override bool IsCancelPending(PduFlags flags) => false;
}

[Defect("A first fragment with pending-cancel is a protocol error like any other.")]
[Violates(Rpce.PendingCancelWithoutCall)]
public sealed class PendingCancelIsProtocolError(RpcServerOptions options) : RpcServer(options)
{
    protected override FaultPdu BuildFault(RpcServerConnection connection, FaultPdu fault) =>
        fault.Status == RpcFault.RPC_S_NO_CALL_ACTIVE ? fault with { Status = RpcFault.nca_proto_error } : fault;
}

[Defect("A call goes on when its connection is lost.")]
[Violates(Rpce.ConnectionLossEndsCalls)]
public sealed class CallOutlivesConnection(RpcServerOptions options) : RpcServer(options)
{
    protected override void OnConnectionLost(RpcServerConnection connection, RpcServerCall call)
    {
    }
}

[Defect("A call that waits when its connection is lost goes on, and its handle is not run down before it ends.")]
[Violates(Rpce.RundownAfterCalls, Rpce.ConnectionLossEndsCalls, Swn.ConnectionLossRunsDown)]
public sealed class RundownWaitsForCalls(RpcServerOptions options) : RpcServer(options)
{
    private readonly HashSet<AssociationGroup> _busy = [];

    protected override void OnConnectionLost(RpcServerConnection connection, RpcServerCall call)
    {
        lock (_busy)
        {
            _busy.Add(call.Association);
        }
    }

    protected override void OnRundown(AssociationGroup group)
    {
        lock (_busy)
        {
            if (_busy.Contains(group))
            {
                return;
            }
        }

        base.OnRundown(group);
    }
}
