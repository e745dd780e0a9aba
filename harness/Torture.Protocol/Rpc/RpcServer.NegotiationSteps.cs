using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Torture.Protocol.Ndr;

namespace Torture.Protocol.Rpc;

/// <summary>The rules of bind and alter_context, one step each.</summary>
public partial class RpcServer
{
    internal const int SmallestFragment = 2048;
    private const int MaxNtlmToken = 2888;

    /// <summary>Once on a connection ([C706] 12.6.4.5).</summary>
    protected internal virtual bool MayBind(RpcServerConnection connection) => connection.Association is null;

    /// <summary>Nothing but a bind comes first.</summary>
    protected internal virtual bool IsBound(RpcServerConnection connection) => connection.Association is not null;

    /// <summary>Why a bind is refused for what it offers; null: it is not.</summary>
    protected internal virtual BindRejectReason? CheckBind(BindPdu bind)
    {
        if (ConnectionCount > Options.Limits.Connections)
        {
            return BindRejectReason.TemporaryCongestion;
        }

        if (bind.Contexts.IsEmpty)
        {
            return BindRejectReason.ProtocolVersionNotSupported;
        }

        if (bind.Contexts.Any(context => context.TransferSyntaxes.IsEmpty) || bind.Contexts.Count(AsksFeatures) > 1)
        {
            return BindRejectReason.NotSpecified;
        }

        return bind.Contexts.Length > Options.Limits.PresentationContexts ? BindRejectReason.LocalLimitExceeded : null;
    }

    /// <summary>What an alter_context must offer; its fragment sizes and its group count for nothing.</summary>
    protected internal virtual bool CheckAlterContext(RpcServerConnection connection, AlterContextPdu alter) =>
        !alter.Contexts.IsEmpty && !alter.Contexts.Any(context => context.TransferSyntaxes.IsEmpty)
        && connection.Contexts.Count + alter.Contexts.Length <= Options.Limits.PresentationContexts;

    /// <summary>Both sizes of the bind_ack: what both can, at least 2048, a multiple of 8.</summary>
    protected internal virtual ushort FragmentSize(ushort clientTransmit, ushort clientReceive)
    {
        var size = Math.Max(Math.Min(clientTransmit, clientReceive), (ushort)SmallestFragment);
        return (ushort)(Math.Min(size, Options.Limits.Fragment) & ~7);
    }

    /// <summary>The port, as TCP servers answer.</summary>
    protected internal virtual string? SecondaryAddress(IPEndPoint local) =>
        Options.SecondaryAddress ?? local.Port.ToString(CultureInfo.InvariantCulture);

    /// <summary>What bind and alter_context see at an offered interface: major equal, minor not above ours.</summary>
    protected internal virtual IRpcInterface? FindInterface(SyntaxId abstractSyntax) => Interfaces.FirstOrDefault(
        candidate => candidate.Id.Uuid == abstractSyntax.Uuid && candidate.Id.Major == abstractSyntax.Major
            && candidate.Id.Minor >= abstractSyntax.Minor);

    /// <summary>At most one of those offered for an interface: the preferred one, else the client's first.</summary>
    protected internal virtual SyntaxId? ChooseTransferSyntax(
        IRpcInterface rpcInterface, IReadOnlyList<SyntaxId> offered)
    {
        var preferred = Options.TransferSyntaxes.Take(1).Where(offered.Contains);
        var others = offered.Where(Options.TransferSyntaxes.Contains);
        return preferred.Concat(others).Select(syntax => (SyntaxId?)syntax).FirstOrDefault();
    }

    /// <summary>Of all that is offered for an interface together at most one is accepted.</summary>
    protected internal virtual IReadOnlyList<SyntaxId> OfferedTogether(
        PresentationContext context, ImmutableArray<PresentationContext> all) =>
        [.. all.Where(other => other.AbstractSyntax == context.AbstractSyntax)
            .SelectMany(other => other.TransferSyntaxes)];

    /// <summary>A context id that is in use is offered for something else ([MS-RPCE] 3.3.1.5.6).</summary>
    protected internal virtual bool Contradicts(PresentationBinding known, PresentationContext offered) =>
        known.AbstractSyntax != offered.AbstractSyntax
        || (!offered.TransferSyntaxes.Contains(known.TransferSyntax)
            && offered.TransferSyntaxes.Any(Options.TransferSyntaxes.Contains));

    /// <summary>A context id that is in use is offered again ([MS-RPCE] 3.3.1.5.6).</summary>
    protected internal virtual PresentationContextResult RepeatContext(
        PresentationBinding known, PresentationContext offered) =>
        known.AbstractSyntax == offered.AbstractSyntax && offered.TransferSyntaxes.Contains(known.TransferSyntax)
            ? PresentationContextResult.Accepted(known.TransferSyntax)
            : PresentationContextResult.Rejected(ProviderReason.ProposedTransferSyntaxesNotSupported);

    protected internal virtual BindTimeFeatures AcceptFeatures(BindTimeFeatures offered) => offered & Options.Features;

    /// <summary>Null: no such group, or of another host; 0 makes a new one ([C706] 9.3.2).</summary>
    protected internal virtual AssociationGroup? JoinAssociationGroup(RpcServerConnection connection, uint id)
    {
        if (id == 0)
        {
            return CreateAssociationGroup(connection.Remote.Address);
        }

        var group = FindAssociationGroup(id);
        return group is not null && group.Client.Equals(connection.Remote.Address) && group.TryJoin() ? group : null;
    }

    /// <summary>Why a bind's security trailer is refused before its token is looked at; null: it is not.</summary>
    protected internal virtual BindRejectReason? CheckBindSecurity(SecurityTrailer security)
    {
        if (security.Padding.Length > 0)
        {
            return BindRejectReason.ProtocolVersionNotSupported;
        }

        if (security.Level is < AuthenticationLevel.Connect or > AuthenticationLevel.Privacy)
        {
            return BindRejectReason.NotSpecified;
        }

        if (security.Type == AuthenticationType.None)
        {
            return BindRejectReason.AuthenticationTypeNotRecognized;
        }

        return security is { Type: AuthenticationType.Spnego, Level: AuthenticationLevel.Call } || TooLong(security)
            ? BindRejectReason.InvalidChecksum
            : null;
    }

    /// <summary>Echoed on bind_ack and alter_context_resp; from then on it counts for the whole connection.</summary>
    protected internal virtual bool AcceptHeaderSigning(PduFlags clientFlags) =>
        Options.HeaderSigning && (clientFlags & PduFlags.SupportHeaderSign) != 0;

    protected internal virtual bool AcceptMultiplexing(PduFlags clientFlags) =>
        Options.Multiplexing && (clientFlags & PduFlags.ConcurrentMultiplexing) != 0;

    /// <summary>The last word on a bind_ack.</summary>
    protected internal virtual BindAckPdu BuildBindAck(RpcServerConnection connection, BindAckPdu ack) => ack;

    /// <summary>The last word on an alter_context_resp.</summary>
    protected internal virtual AlterContextResponsePdu BuildAlterContextResponse(
        RpcServerConnection connection, AlterContextResponsePdu response) => response;

    /// <summary>The last word on a bind_nak.</summary>
    protected internal virtual BindNakPdu BuildBindNak(RpcServerConnection connection, BindNakPdu nak) => nak;

    private static bool AsksFeatures(PresentationContext context) =>
        BindTimeFeatureSyntax.Decode(context.TransferSyntaxes[0]) is not null;

    internal static bool TooLong(SecurityTrailer security) =>
        security.Type == AuthenticationType.Ntlmssp && security.Token.Length > MaxNtlmToken;

    internal static NdrSyntax SyntaxOf(SyntaxId transferSyntax, DataRepresentation representation) =>
        new(transferSyntax == SyntaxId.Ndr64, representation.IsBigEndian);
}
