using System.Net;
using Torture.Harness.Clusters;
using Torture.Protocol.Rpc;

namespace Torture.Harness.Witness;

/// <summary>How a case binds. The defaults are what a Windows client does: NTLM at integrity over NDR20.</summary>
public sealed record ConnectOptions
{
    public static readonly ConnectOptions Default = new();

    /// <summary>Without a security context: how endpoint mapper and management are asked.</summary>
    public static readonly ConnectOptions Unauthenticated = new()
    {
        Level = AuthenticationLevel.None,
        Mechanism = AuthenticationType.None,
    };

    public AuthenticationLevel Level { get; init; } = AuthenticationLevel.Integrity;

    /// <summary>None together with level None: not authenticated.</summary>
    public AuthenticationType Mechanism { get; init; } = AuthenticationType.Ntlmssp;

    /// <summary>Null: the cluster's first account.</summary>
    public Account? Account { get; init; }

    /// <summary>NTLM without a user.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Null: the case's own client.</summary>
    public CaseClient? Client { get; init; }

    public SyntaxId Interface { get; init; } = SyntaxId.Witness;

    public IReadOnlyList<SyntaxId> TransferSyntaxes { get; init; } = [SyntaxId.Ndr20];

    public uint AssociationGroup { get; init; }

    public ushort MaxFragment { get; init; } = 5840;

    public bool Multiplexing { get; init; } = true;

    public bool HeaderSigning { get; init; } = true;

    public BindTimeFeatures BindTimeFeatures { get; init; } = BindTimeFeatures.None;

    /// <summary>Null: the port that the endpoint mapper tells.</summary>
    public int? Port { get; init; }

    /// <summary>Null: a call waits until the case's deadline.</summary>
    public TimeSpan? CallDeadline { get; init; }
}

/// <summary>How a connection is ended.</summary>
public enum CloseMode
{
    /// <summary>In order.</summary>
    Fin,

    /// <summary>With RST.</summary>
    Reset,

    /// <summary>Not at all: left alone until the case ends.</summary>
    Silent,
}
