using Torture.Protocol.Security;

namespace Torture.Protocol.Rpc;

/// <summary>How a client binds.</summary>
public sealed record RpcClientOptions
{
    public required SyntaxId Interface { get; init; }

    /// <summary>Offered in this order in one context each; the server chooses one.</summary>
    public IReadOnlyList<SyntaxId> TransferSyntaxes { get; init; } = [SyntaxId.Ndr20];

    public AuthenticationLevel Level { get; init; } = AuthenticationLevel.None;

    /// <summary>An initiator; owned by the client from then on. Null: not authenticated.</summary>
    public ISecurityContext? SecurityContext { get; init; }

    public uint AuthenticationContextId { get; init; } = 1;

    /// <summary>0: a new group.</summary>
    public uint AssociationGroup { get; init; }

    public ushort MaxFragment { get; init; } = 5840;

    public bool Multiplexing { get; init; } = true;

    public bool HeaderSigning { get; init; } = true;

    /// <summary>None: no feature negotiation element is sent.</summary>
    public BindTimeFeatures BindTimeFeatures { get; init; } = BindTimeFeatures.None;

    /// <summary>Bytes of a whole response stub: beyond, a protocol error.</summary>
    public int MaxResponse { get; init; } = 16 * 1024 * 1024;

    public IKeyLog? KeyLog { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
