using System.Net;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;
using Torture.ReferenceServer.Failover;
using Torture.Requirements;

namespace Torture.Mutants.Rpc;

[Defect("An operation that does not exist faults with nca_s_fault_unspec.")]
[Violates(Rpce.OpnumOutOfRange, Swn.OpnumOutOfRange, Rpce.MapperMethodsRefused)]
public sealed class OpnumFaultUnspecified(RpcServerOptions options) : RpcServer(options)
{
    protected override FaultPdu BuildFault(RpcServerConnection connection, FaultPdu fault) =>
        fault.Status == RpcFault.nca_op_rng_error ? fault with { Status = RpcFault.nca_s_fault_unspec } : fault;
}

[Defect("The authentication level of a caller is not looked at.")]
[Violates(Swn.WeakAuthenticationLevelRefused)]
public sealed class LevelIgnored(RpcServerOptions options) : RpcServer(options)
{
    protected override bool LevelSuffices(IRpcInterface rpcInterface, AuthenticationLevel level) => true;
}

[Defect("co_cancel does nothing.")]
[Violates(Swn.CancelledNotify, Rpce.CancelFault)]
public sealed class CancelDropped(RpcServerOptions options) : RpcServer(options)
{
    protected override void OnCancel(RpcServerConnection connection, RpcServerCall call)
    {
    }
}

[Defect("An orphaned call is cancelled instead, and answered.")]
[Violates(Rpce.OrphanedDropsCall)]
public sealed class OrphanedIsAnswered(RpcServerOptions options) : RpcServer(options)
{
    protected override void OnOrphaned(RpcServerConnection connection, RpcServerCall call) =>
        OnCancel(connection, call);
}

[Defect("Association groups are never run down.")]
[Violates(Rpce.HandleRundown, Swn.ConnectionLossRunsDown, House.NothingLeftBehind)]
public sealed class GroupNeverRunsDown(RpcServerOptions options) : RpcServer(options)
{
    protected override void OnRundown(AssociationGroup group)
    {
    }
}

[Defect("Every connection gets a group of its own, whichever it asked for.")]
[Violates(Rpce.GroupJoined, Rpce.HandleValidInGroup)]
public sealed class GroupAlwaysNew(RpcServerOptions options) : RpcServer(options)
{
    protected override AssociationGroup? JoinAssociationGroup(RpcServerConnection connection, uint id) =>
        base.JoinAssociationGroup(connection, 0);
}

[Defect("A connection that asks for a group that does not exist gets a new one.")]
[Violates(Rpce.UnknownGroupRefused)]
public sealed class UnknownGroupIsNew(RpcServerOptions options) : RpcServer(options)
{
    protected override AssociationGroup? JoinAssociationGroup(RpcServerConnection connection, uint id) =>
        base.JoinAssociationGroup(connection, id) ?? base.JoinAssociationGroup(connection, 0);
}

[Defect("An interface is found by its UUID alone.")]
[Violates(Rpce.MinorVersionCompatible)]
public sealed class InterfaceVersionIgnored(RpcServerOptions options) : RpcServer(options)
{
    protected override IRpcInterface? FindInterface(SyntaxId abstractSyntax) =>
        Interfaces.FirstOrDefault(candidate => candidate.Id.Uuid == abstractSyntax.Uuid);
}

[Defect("An interface that nobody has is taken for the first one.")]
[Violates(Rpce.UnknownInterfaceRejected)]
public sealed class AnyInterfaceWillDo(RpcServerOptions options) : RpcServer(options)
{
    protected override IRpcInterface? FindInterface(SyntaxId abstractSyntax) =>
        base.FindInterface(abstractSyntax) ?? Interfaces.First();
}

[Defect("The witness refuses NDR20.")]
[Violates(Swn.Ndr20Supported)]
public sealed class RefusesNdr20(RpcServerOptions options) : RpcServer(options)
{
    protected override SyntaxId? ChooseTransferSyntax(IRpcInterface rpcInterface, IReadOnlyList<SyntaxId> offered) =>
        base.ChooseTransferSyntax(
            rpcInterface,
            [.. offered.Where(syntax => syntax != SyntaxId.Ndr20 || rpcInterface.Id != SyntaxId.Witness)]);
}

[Defect("One call at a time: concurrent multiplexing is not granted.")]
[Violates(Rpce.ConcurrentMultiplexing, Swn.PendingNotifyHoldsUpNothing)]
public sealed class NoMultiplexing(RpcServerOptions options) : RpcServer(options)
{
    protected override bool AcceptMultiplexing(PduFlags clientFlags) => false;
}

[Defect("Concurrent multiplexing is granted, and a second call refused all the same.")]
[Violates(Rpce.ConcurrentMultiplexing, Swn.PendingNotifyHoldsUpNothing, Swn.SharedContextHandle)]
public sealed class MultiplexingNotKept(RpcServerOptions options) : RpcServer(options)
{
    protected override bool MayStartCall(RpcServerConnection connection, int executing) => executing == 0;
}

[Defect("Signatures of requests are not verified.")]
[Violates(Rpce.BadSignatureRefused, Rpce.PacketLevelSigned, Rpce.SequenceKept, House.TamperedCallRefused)]
public sealed class SignaturesNotVerified(RpcServerOptions options) : RpcServer(options)
{
    protected override void Unprotect(
        RpcServerConnection connection, ISecurityContext context, Span<byte> pdu, Range body,
        AuthenticationLevel level, ReadOnlySpan<byte> token)
    {
        if (level == AuthenticationLevel.Privacy)
        {
            base.Unprotect(connection, context, pdu, body, level, token);
        }
    }
}

[Defect("Responses carry a signature of zeroes.")]
[Violates(Rpce.ResponseProtected)]
[Obstructs]
public sealed class ResponsesNotSigned(RpcServerOptions options) : RpcServer(options)
{
    protected override void Protect(
        RpcServerConnection connection, ISecurityContext context, Span<byte> pdu, Range body,
        AuthenticationLevel level, Span<byte> token) => token.Clear();
}

[Defect("The secondary address of bind_ack is another port.")]
[Violates(Rpce.SecondaryAddress)]
public sealed class SecondaryAddressWrong(RpcServerOptions options) : RpcServer(options)
{
    protected override string? SecondaryAddress(IPEndPoint local) => "1";
}

[Defect("The witness is found in version 1.0 alone.")]
[Violates(Swn.InterfaceVersion)]
public sealed class WitnessOfTheFirstMinorVersion(RpcServerOptions options) : RpcServer(options)
{
    protected override IRpcInterface? FindInterface(SyntaxId abstractSyntax) =>
        abstractSyntax == SyntaxId.Witness ? null : base.FindInterface(abstractSyntax);
}

[Defect("Only the very version of an interface that the server has is found.")]
[Violates(Rpce.MinorVersionCompatible)]
public sealed class ExactInterfaceVersionOnly(RpcServerOptions options) : RpcServer(options)
{
    protected override IRpcInterface? FindInterface(SyntaxId abstractSyntax) =>
        Interfaces.FirstOrDefault(candidate => candidate.Id == abstractSyntax);
}

[Defect("Header signing is agreed to, whether or not the client asked for it.")]
[Violates(Rpce.HeaderSigning, Rpce.AckFlags)]
public sealed class HeaderSigningUnasked(RpcServerOptions options) : RpcServer(options)
{
    protected override bool AcceptHeaderSigning(PduFlags clientFlags) => true;
}

[Defect("Call ids of responses have 24 bits, and are never 0.")]
[Violates(Rpce.CallIdEchoed)]
public sealed class SmallCallIds(RpcServerOptions options) : RpcServer(options)
{
    protected override uint ResponseCallId(RpcServerConnection connection, uint callId) =>
        Math.Max(1, callId & 0xFF_FFFF);
}

[Defect("Two responses in a row on a connection do not have the same call id, whatever the requests have.")]
[Violates(Rpce.CallIdEchoed)]
public sealed class CallIdNeverTheSameAgain(RpcServerOptions options) : RpcServer(options)
{
    private (RpcServerConnection? Connection, uint CallId) _last;

    protected override uint ResponseCallId(RpcServerConnection connection, uint callId)
    {
        var isSame = _last == (connection, callId);
        _last = (connection, callId);
        return isSame ? callId + 1 : callId;
    }
}

[Defect("After a violation of the protocol the server takes no more connections.")]
[Violates(House.StaysUp)]
public sealed class ViolationClosesThePort(RpcServerOptions options) : RpcServer(options)
{
    private volatile bool _isClosed;

    public override Task ServeAsync(
        Stream connection, IPEndPoint local, IPEndPoint remote, CancellationToken cancellationToken) => _isClosed
        ? connection.DisposeAsync().AsTask()
        : base.ServeAsync(connection, local, remote, cancellationToken);

    protected override FaultPdu BuildFault(RpcServerConnection connection, FaultPdu fault)
    {
        _isClosed |= fault.Status == RpcFault.nca_proto_error;
        return base.BuildFault(connection, fault);
    }
}

[Defect("Answers of all connections are written one after the other, however long one takes.")]
[Violates(House.SlowReaderHoldsUpNothing)]
public sealed class OneWriterForAll(RpcServerOptions options) : RpcServer(options)
{
    private readonly SemaphoreSlim _writing = new(1);

    public override Task ServeAsync(
        Stream connection, IPEndPoint local, IPEndPoint remote, CancellationToken cancellationToken) =>
        base.ServeAsync(new InTurn(connection, _writing), local, remote, cancellationToken);

    private sealed class InTurn(Stream connection, SemaphoreSlim writing) : WrappedStream(connection)
    {
        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await writing.WaitAsync(CancellationToken.None);
            try
            {
                await base.WriteAsync(buffer, cancellationToken);
            }
            finally
            {
                writing.Release();
            }
        }
    }
}
