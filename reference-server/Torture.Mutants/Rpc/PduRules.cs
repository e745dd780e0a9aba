using Torture.Protocol.Rpc;
using Torture.Requirements;

namespace Torture.Mutants.Rpc;

[Defect("The bind_ack repeats the client's fragment sizes.")]
[Violates(Rpce.FragmentSizeNegotiated)]
public sealed class FragmentSizesEchoed(RpcServerOptions options) : RpcServer(options)
{
    protected override BindAckPdu BuildBindAck(RpcServerConnection connection, BindAckPdu ack) =>
        ack with { MaxTransmit = ushort.MaxValue, MaxReceive = ushort.MaxValue };
}

[Defect("Answers are cut at the server's own limit, not at the client's.")]
[Violates(Rpce.FragmentSizeNegotiated, Rpce.FragmentSizeKept)]
public sealed class FragmentsOfTheServersSize(RpcServerOptions options) : RpcServer(options)
{
    protected override ushort FragmentSize(ushort clientTransmit, ushort clientReceive) =>
        (ushort)Options.Limits.Fragment;
}

[Defect("Fragments of any length are taken.")]
[Violates(Rpce.FragmentTooLong)]
public sealed class FragmentLimitIgnored(RpcServerOptions options) : RpcServer(options)
{
    protected override int FragmentLimit(PduType type) => ushort.MaxValue;
}

[Defect("Context ids of one connection count on the others of its group.")]
[Violates(Rpce.ContextsPerConnection)]
public sealed class ContextsOfTheGroup(RpcServerOptions options) : RpcServer(options)
{
    protected override PresentationBinding? FindContext(RpcServerConnection connection, ushort contextId) =>
        Connections.Where(other => other.Association == connection.Association)
            .Select(other => other.Contexts.GetValueOrDefault(contextId))
            .FirstOrDefault(binding => binding is not null);
}

[Defect("The first context of the connection serves requests for unknown ones.")]
[Violates(Rpce.UnknownContextId, Rpce.ContextsPerConnection)]
public sealed class AnyContextWillDo(RpcServerOptions options) : RpcServer(options)
{
    protected override PresentationBinding? FindContext(RpcServerConnection connection, ushort contextId) =>
        base.FindContext(connection, contextId) ?? connection.Contexts.Values.FirstOrDefault();
}

[Defect("The results of a bind come in reverse order.")]
[Violates(Rpce.ResultForEachContext)]
public sealed class ResultsReversed(RpcServerOptions options) : RpcServer(options)
{
    protected override BindAckPdu BuildBindAck(RpcServerConnection connection, BindAckPdu ack) =>
        ack.Results.Length < 3 ? ack : ack with { Results = [.. ack.Results.Reverse()] };
}

[Defect("A bind-time feature that the server does not have is acknowledged.")]
[Violates(Rpce.BindTimeFeatures)]
public sealed class FeaturesInvented(RpcServerOptions options) : RpcServer(options)
{
    protected override BindTimeFeatures AcceptFeatures(BindTimeFeatures offered) => (BindTimeFeatures)3;
}

[Defect("Multiplexing and header signing are used and not acknowledged.")]
[Violates(Rpce.AckFlags)]
public sealed class AckFlagsForgotten(RpcServerOptions options) : RpcServer(options)
{
    protected override BindAckPdu BuildBindAck(RpcServerConnection connection, BindAckPdu ack) =>
        ack with { Flags = PduFlags.Whole };
}

[Defect("A fault does not say that the call was not executed.")]
[Violates(Rpce.DidNotExecute)]
public sealed class NeverSaysNotExecuted(RpcServerOptions options) : RpcServer(options)
{
    protected override FaultPdu BuildFault(RpcServerConnection connection, FaultPdu fault) =>
        fault with { Flags = PduFlags.Whole };
}

[Defect("Faults carry the call id 0, but for those of wrong handles.")]
[Violates(Rpce.CallIdEchoed, Rpce.FaultLayout)]
public sealed class FaultOfNoCall(RpcServerOptions options) : RpcServer(options)
{
    protected override FaultPdu BuildFault(RpcServerConnection connection, FaultPdu fault) =>
        fault.Status == RpcFault.nca_s_fault_context_mismatch ? fault : fault with { CallId = 0 };
}

[Defect("A stub that cannot be read faults with nca_s_fault_unspec.")]
[Violates(Rpce.BadStubData)]
public sealed class BadStubUnspecified(RpcServerOptions options) : RpcServer(options)
{
    protected override RpcFault FaultStatus(RpcServerCall call, Exception failure) => RpcFault.nca_s_fault_unspec;
}

[Defect("The verification trailer is taken off and not looked at.")]
[Violates(Rpce.VerificationTrailerTolerated)]
public sealed class VerificationTrailerIgnored(RpcServerOptions options) : RpcServer(options)
{
    protected override bool VerificationTrailerHolds(
        RpcServerConnection connection, RpcServerCall call, PresentationBinding binding,
        VerificationTrailer trailer) => true;
}

[Defect("A bind at an invalid authentication level is refused for another reason.")]
[Violates(Rpce.AuthenticationLevelInvalid)]
public sealed class BindLevelReasonWrong(RpcServerOptions options) : RpcServer(options)
{
    protected override BindNakPdu BuildBindNak(RpcServerConnection connection, BindNakPdu nak) =>
        nak.Reason == BindRejectReason.NotSpecified
            ? nak with { Reason = BindRejectReason.TemporaryCongestion }
            : nak;
}

[Defect("Header signing is never agreed to.")]
[Violates(Rpce.HeaderSigning)]
public sealed class NoHeaderSigning(RpcServerOptions options) : RpcServer(options)
{
    protected override bool AcceptHeaderSigning(PduFlags clientFlags) => false;
}
