using Torture.Protocol.Security;

namespace Torture.Protocol.Rpc;

/// <summary>What a server needs from outside.</summary>
public sealed record RpcServerOptions
{
    /// <summary>A fresh acceptor of an authentication type; null: the type is not recognized.</summary>
    public Func<AuthenticationType, ISecurityContext?> Acceptors { get; init; } = _ => null;

    /// <summary>What is accepted of the offered transfer syntaxes, the preferred one first.</summary>
    public IReadOnlyList<SyntaxId> TransferSyntaxes { get; init; } = [SyntaxId.Ndr20, SyntaxId.Ndr64];

    public BindTimeFeatures Features { get; init; } =
        BindTimeFeatures.SecurityContextMultiplexing | BindTimeFeatures.KeepConnectionOnOrphan;

    public bool Multiplexing { get; init; } = true;

    public bool HeaderSigning { get; init; } = true;

    /// <summary>The secondary address of bind_ack; null: the decimal port of the connection's local end.</summary>
    public string? SecondaryAddress { get; init; }

    /// <summary>What inq_princ_name of the management interface answers.</summary>
    public string PrincipalName { get; init; } = "";

    public RpcServerLimits Limits { get; init; } = new();

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where association group ids come from.</summary>
    public required Random Random { get; init; }

    public IKeyLog? KeyLog { get; init; }

    /// <summary>One line each: refused logons, protocol errors, failures of an interface.</summary>
    public Action<string> Log { get; init; } = _ => { };
}

/// <summary>How much a client may make a server hold.</summary>
public sealed record RpcServerLimits
{
    /// <summary>Bytes of the largest fragment in both directions: the transport's limit.</summary>
    public int Fragment { get; init; } = 5840;

    /// <summary>Bytes of a whole request stub.</summary>
    public int Request { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of a whole response stub: beyond, <c>nca_out_args_too_big</c>.</summary>
    public int Response { get; init; } = 4 * 1024 * 1024;

    /// <summary>Presentation contexts of a connection.</summary>
    public int PresentationContexts { get; init; } = 4000;

    /// <summary>Security contexts of a connection.</summary>
    public int SecurityContexts { get; init; } = 2049;

    /// <summary>Calls of a connection that are being executed: beyond, <c>nca_server_too_busy</c>.</summary>
    public int OutstandingCalls { get; init; } = 4096;

    /// <summary>Connections of the server: beyond, a bind_nak says so.</summary>
    public int Connections { get; init; } = 65536;

    /// <summary>Bytes of answers that a client may leave unread before its connection is closed.</summary>
    public int UnreadAnswers { get; init; } = 16 * 1024 * 1024;
}
