using System.Collections.Immutable;

namespace Torture.Protocol.Rpc;

public sealed partial class RpcServerConnection
{
    private void OnBind(ReadOnlySpan<byte> bytes, PduHeader header)
    {
        if (!_server.MayBind(this) || !_server.IsTrailerAligned(header)
            || header.FragmentLength > _server.FragmentLimit(PduType.Bind))
        {
            RejectBind(header.CallId, BindRejectReason.NotSpecified);
            return;
        }

        BindPdu bind;
        try
        {
            bind = (BindPdu)PduReader.Read(bytes);
        }
        catch (ProtocolException violation)
        {
            Log(violation.Message);
            RejectBind(header.CallId, BindRejectReason.ProtocolVersionNotSupported);
            return;
        }

        if ((_server.CheckBind(bind) ?? CheckSecurity(bind)) is { } reason)
        {
            RejectBind(header.CallId, reason);
            return;
        }

        AcceptBind(bind);
    }

    private BindRejectReason? CheckSecurity(BindPdu bind) =>
        bind.Security is { } security ? _server.CheckBindSecurity(security) : null;

    private void AcceptBind(BindPdu bind)
    {
        if (_server.JoinAssociationGroup(this, bind.AssociationGroup) is not { } group)
        {
            RejectBind(bind.CallId, BindRejectReason.NotSpecified);
            return;
        }

        Association = group;
        Multiplexing = _server.AcceptMultiplexing(bind.Flags);
        HeaderSigning = _server.AcceptHeaderSigning(bind.Flags);
        MaxFragment = _server.FragmentSize(bind.MaxTransmit, bind.MaxReceive);
        var results = Negotiate(bind.Contexts, isBind: true);
        SecurityTrailer? answer = null;
        if (bind.Security is { } security && StartSecurity(security, out answer) is { } reason)
        {
            RejectBind(bind.CallId, reason);
            return;
        }

        var ack = new BindAckPdu(
            bind.CallId, MaxFragment, MaxFragment, group.Id, _server.SecondaryAddress(Local), results)
        {
            Flags = PduFlags.Whole | SigningFlag() | (Multiplexing ? PduFlags.ConcurrentMultiplexing : 0),
            Security = answer,
        };
        Conclude(_server.BuildBindAck(this, ack));
    }

    private PduFlags SigningFlag() => HeaderSigning ? PduFlags.SupportHeaderSign : PduFlags.None;

    private void RejectBind(uint callId, BindRejectReason reason)
    {
        var nak = new BindNakPdu(callId, reason, [((byte)5, (byte)0)], new byte[3]);
        Conclude(_server.BuildBindNak(this, nak));
    }

    private void OnAlterContext(ReadOnlySpan<byte> bytes, PduHeader header)
    {
        var alter = (AlterContextPdu)PduReader.Read(bytes);
        if (!_server.CheckAlterContext(this, alter) || alter.Security is { Padding.Length: > 0 })
        {
            FaultAndClose(header.CallId, 0, RpcFault.nca_proto_error, PduFlags.DidNotExecute);
            return;
        }

        if (alter.Contexts.Any(Contradicts))
        {
            FaultAndClose(header.CallId, 0, RpcFault.nca_proto_error, PduFlags.None);
            return;
        }

        var signing = _server.AcceptHeaderSigning(alter.Flags);
        HeaderSigning |= signing;
        SecurityTrailer? answer = null;
        if (alter.Security is { } security && ContinueSecurity(security, out answer) is { } fault)
        {
            FaultAndClose(header.CallId, 0, fault, PduFlags.None);
            return;
        }

        AnswerAlterContext(alter, signing, answer);
    }

    private void AnswerAlterContext(AlterContextPdu alter, bool signing, SecurityTrailer? answer)
    {
        var response = new AlterContextResponsePdu(
            alter.CallId, alter.MaxTransmit, alter.MaxReceive, Association!.Id, null,
            Negotiate(alter.Contexts, isBind: false))
        {
            Flags = PduFlags.Whole | (signing ? PduFlags.SupportHeaderSign : 0),
            Security = answer,
        };
        Send(_server.BuildAlterContextResponse(this, response));
    }

    private bool Contradicts(PresentationContext offered) =>
        _contexts.TryGetValue(offered.Id, out var known) && _server.Contradicts(known, offered);

    private ImmutableArray<PresentationContextResult> Negotiate(
        ImmutableArray<PresentationContext> offered, bool isBind)
    {
        var results = ImmutableArray.CreateBuilder<PresentationContextResult>(offered.Length);
        foreach (var context in offered)
        {
            results.Add(isBind && BindTimeFeatureSyntax.Decode(context.TransferSyntaxes[0]) is { } features
                ? AcknowledgeFeatures(features)
                : NegotiateOne(context, offered));
        }

        return results.MoveToImmutable();
    }

    private PresentationContextResult AcknowledgeFeatures(BindTimeFeatures offered)
    {
        Features = _server.AcceptFeatures(offered);
        return PresentationContextResult.Acknowledged(Features);
    }

    private PresentationContextResult NegotiateOne(
        PresentationContext context, ImmutableArray<PresentationContext> offered)
    {
        if (_contexts.TryGetValue(context.Id, out var known))
        {
            return _server.RepeatContext(known, context);
        }

        if (_server.FindInterface(context.AbstractSyntax) is not { } rpcInterface)
        {
            return PresentationContextResult.Rejected(ProviderReason.AbstractSyntaxNotSupported);
        }

        var together = _server.OfferedTogether(context, offered);
        if (_server.ChooseTransferSyntax(rpcInterface, together) is not { } chosen
            || !context.TransferSyntaxes.Contains(chosen))
        {
            return PresentationContextResult.Rejected(ProviderReason.ProposedTransferSyntaxesNotSupported);
        }

        _contexts[context.Id] = new PresentationBinding(rpcInterface, context.AbstractSyntax, chosen);
        return PresentationContextResult.Accepted(chosen);
    }
}
