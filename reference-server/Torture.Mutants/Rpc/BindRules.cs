using System.Collections.Immutable;
using System.Net;
using Torture.Protocol.Rpc;
using Torture.Requirements;

namespace Torture.Mutants.Rpc;

[Defect("A connection may have as many presentation contexts as there are ids.")]
[Violates(Rpce.ContextLimit)]
public sealed class ContextsWithoutLimit(RpcServerOptions options) : RpcServer(options)
{
    protected override bool CheckAlterContext(RpcServerConnection connection, AlterContextPdu alter) =>
        !alter.Contexts.IsEmpty && !alter.Contexts.Any(context => context.TransferSyntaxes.IsEmpty);
}

[Defect("The association group of a bind_ack is 0.")]
[Violates(Rpce.GroupCreated)]
public sealed class GroupIsZero(RpcServerOptions options) : RpcServer(options)
{
    protected override BindAckPdu BuildBindAck(RpcServerConnection connection, BindAckPdu ack) =>
        ack with { AssociationGroup = 0 };
}

[Defect("All connections of a host are one association group.")]
[Violates(Rpce.GroupCreated)]
public sealed class GroupOfTheHost(RpcServerOptions options) : RpcServer(options)
{
    protected override AssociationGroup? JoinAssociationGroup(RpcServerConnection connection, uint id) =>
        base.JoinAssociationGroup(connection, id == 0 ? OfHost(connection.Remote.Address) : id);

    private uint OfHost(IPAddress client) => Connections
        .Where(other => other.Remote.Address.Equals(client))
        .Select(other => other.Association?.Id ?? 0)
        .FirstOrDefault(id => id != 0);
}

[Defect("A transfer syntax is accepted unseen.")]
[Violates(Rpce.UnknownTransferSyntaxRejected)]
public sealed class AnyTransferSyntaxWillDo(RpcServerOptions options) : RpcServer(options)
{
    protected override SyntaxId? ChooseTransferSyntax(IRpcInterface rpcInterface, IReadOnlyList<SyntaxId> offered) =>
        base.ChooseTransferSyntax(rpcInterface, offered) ?? offered[0];
}

[Defect("An unknown transfer syntax is rejected as an unknown interface.")]
[Violates(Rpce.UnknownTransferSyntaxRejected)]
public sealed class TransferSyntaxReasonWrong(RpcServerOptions options) : RpcServer(options)
{
    protected override BindAckPdu BuildBindAck(RpcServerConnection connection, BindAckPdu ack) => ack with
    {
        Results = [.. ack.Results.Select(result => result.Result == PresentationResult.ProviderRejection
            ? result with { Reason = ProviderReason.AbstractSyntaxNotSupported }
            : result)],
    };
}

[Defect("A rejected context is told the transfer syntax that would have done.")]
[Violates(Rpce.RejectedSyntaxZero)]
public sealed class RejectedWithSyntax(RpcServerOptions options) : RpcServer(options)
{
    protected override BindAckPdu BuildBindAck(RpcServerConnection connection, BindAckPdu ack) => ack with
    {
        Results = [.. ack.Results.Select(result => result.Result == PresentationResult.ProviderRejection
            ? result with { TransferSyntax = SyntaxId.Ndr20 }
            : result)],
    };
}

[Defect("A connection without an accepted context is closed.")]
[Violates(Rpce.RejectedBindKeepsConnection)]
public sealed class RejectedBindEnds(RpcServerOptions options) : RpcServer(options)
{
    protected override bool EndsConnection(RpcServerConnection connection, Pdu answer) =>
        base.EndsConnection(connection, answer)
        || (answer is BindAckPdu ack && ack.Results.All(one => one.Result == PresentationResult.ProviderRejection));
}

[Defect("Each offered context is looked at by itself: an interface is accepted in two transfer syntaxes.")]
[Violates(Rpce.OneTransferSyntaxAccepted)]
public sealed class EverySyntaxAccepted(RpcServerOptions options) : RpcServer(options)
{
    protected override IReadOnlyList<SyntaxId> OfferedTogether(
        PresentationContext context, ImmutableArray<PresentationContext> all) => context.TransferSyntaxes;
}

[Defect("A bind that offers nothing is acknowledged.")]
[Violates(Rpce.BindWithoutContexts)]
public sealed class EmptyBindAccepted(RpcServerOptions options) : RpcServer(options)
{
    protected override BindRejectReason? CheckBind(BindPdu bind) =>
        bind.Contexts.IsEmpty ? null : base.CheckBind(bind);
}

[Defect("A bound connection may bind again.")]
[Violates(Rpce.SecondBindRefused)]
public sealed class BindsTwice(RpcServerOptions options) : RpcServer(options)
{
    protected override bool MayBind(RpcServerConnection connection) => true;
}

[Defect("A connection whose authentication type was refused lives on, for another attempt.")]
[Violates(Rpce.BindNakCloses)]
public sealed class NakKeepsConnection(RpcServerOptions options) : RpcServer(options)
{
    protected override bool EndsConnection(RpcServerConnection connection, Pdu answer) =>
        answer is not BindNakPdu { Reason: BindRejectReason.AuthenticationTypeNotRecognized }
        && base.EndsConnection(connection, answer);
}

[Defect("Who has not bound is served by the first interface.")]
[Violates(Rpce.RequestBeforeBind)]
public sealed class ServesTheUnbound(RpcServerOptions options) : RpcServer(options)
{
    protected override bool IsBound(RpcServerConnection connection) => true;

    protected override PresentationBinding? FindContext(RpcServerConnection connection, ushort contextId) =>
        connection.Association is null
            ? new PresentationBinding(Interfaces[^1], Interfaces[^1].Id, SyntaxId.Ndr20)
            : base.FindContext(connection, contextId);
}

[Defect("alter_context adds no context.")]
[Violates(Rpce.AlterContextAddsContext, Rpce.RejectedBindKeepsConnection)]
public sealed class AlterContextAddsNothing(RpcServerOptions options) : RpcServer(options)
{
    protected override bool CheckAlterContext(RpcServerConnection connection, AlterContextPdu alter) =>
        base.CheckAlterContext(connection, alter)
        && alter.Contexts.All(offered => connection.Contexts.ContainsKey(offered.Id));
}

[Defect("A context that is known already is rejected when it is offered again.")]
[Violates(Rpce.AlterContextRepeats)]
public sealed class RepeatedContextRejected(RpcServerOptions options) : RpcServer(options)
{
    protected override PresentationContextResult RepeatContext(
        PresentationBinding known, PresentationContext offered) =>
        PresentationContextResult.Rejected(ProviderReason.LocalLimitExceeded);
}

[Defect("A context id that is in use may be offered for another interface, and is rejected softly.")]
[Violates(Rpce.AlterContextCannotChange)]
public sealed class ContradictionIsRejection(RpcServerOptions options) : RpcServer(options)
{
    protected override bool Contradicts(PresentationBinding known, PresentationContext offered) => false;
}

[Defect("An unknown transfer syntax for a known context ends the connection.")]
[Violates(Rpce.AlterContextCannotChange, Rpce.UnknownTransferSyntaxRejected)]
public sealed class UnknownSyntaxContradicts(RpcServerOptions options) : RpcServer(options)
{
    protected override bool Contradicts(PresentationBinding known, PresentationContext offered) =>
        !offered.TransferSyntaxes.Contains(known.TransferSyntax) || base.Contradicts(known, offered);
}

[Defect("alter_context with fragment sizes that are too small is refused.")]
[Violates(Rpce.AlterContextFragmentSizesIgnored)]
public sealed class AlterContextSizesChecked(RpcServerOptions options) : RpcServer(options)
{
    protected override bool CheckAlterContext(RpcServerConnection connection, AlterContextPdu alter) =>
        base.CheckAlterContext(connection, alter) && Math.Min(alter.MaxTransmit, alter.MaxReceive) >= 1432;
}

[Defect("alter_context that names another group is refused.")]
[Violates(Rpce.AlterContextFragmentSizesIgnored)]
public sealed class AlterContextGroupChecked(RpcServerOptions options) : RpcServer(options)
{
    protected override bool CheckAlterContext(RpcServerConnection connection, AlterContextPdu alter) =>
        base.CheckAlterContext(connection, alter)
        && (alter.AssociationGroup == 0 || alter.AssociationGroup == connection.Association?.Id);
}

[Defect("alter_context without contexts is answered.")]
[Violates(Rpce.BindWithoutContexts)]
public sealed class EmptyAlterContextAccepted(RpcServerOptions options) : RpcServer(options)
{
    protected override bool CheckAlterContext(RpcServerConnection connection, AlterContextPdu alter) =>
        alter.Contexts.IsEmpty || base.CheckAlterContext(connection, alter);
}

[Defect("Bind-time features are acknowledged as they were offered.")]
[Violates(Rpce.BindTimeFeatures)]
public sealed class FeaturesEchoed(RpcServerOptions options) : RpcServer(options)
{
    protected override BindTimeFeatures AcceptFeatures(BindTimeFeatures offered) => offered;
}

[Defect("NDR64 is rejected as an unknown interface.")]
[Violates(Rpce.UnknownTransferSyntaxRejected)]
public sealed class Ndr64IsAnotherInterface(RpcServerOptions options) : RpcServer(options)
{
    protected override BindAckPdu BuildBindAck(RpcServerConnection connection, BindAckPdu ack) => ack with
    {
        Results = [.. ack.Results.Select(result => result.TransferSyntax == SyntaxId.Ndr64
            ? PresentationContextResult.Rejected(ProviderReason.AbstractSyntaxNotSupported)
            : result)],
    };
}

[Defect("A call_id is taken for a signed number, and a bind refused where it is not positive.")]
[Violates(Rpce.BindAcknowledged)]
public sealed class CallIdMustBePositive(RpcServerOptions options) : RpcServer(options)
{
    protected override BindRejectReason? CheckBind(BindPdu bind) =>
        (int)bind.CallId <= 0 ? BindRejectReason.NotSpecified : base.CheckBind(bind);
}
