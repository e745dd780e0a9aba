using System.Globalization;
using System.Net;
using Torture.Protocol.Ndr;

namespace Torture.Protocol.Rpc;

/// <summary>The rules of bind and alter_context, one step each.</summary>
public partial class RpcServer
{
    private const int SmallestFragment = 2048;
    private const int MaxNtlmToken = 2888;

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

    internal static bool TooLong(SecurityTrailer security) =>
        security.Type == AuthenticationType.Ntlmssp && security.Token.Length > MaxNtlmToken;

    internal static NdrSyntax SyntaxOf(SyntaxId transferSyntax, DataRepresentation representation) =>
        new(transferSyntax == SyntaxId.Ndr64, representation.IsBigEndian);
}
