using System.Net;
using Torture.Protocol.Security;
using Torture.ReferenceServer.Ctdbd;
using Torture.ReferenceServer.Takeover;

namespace Torture.ReferenceServer.Failover;

/// <summary>What a node gets from outside: on a real host sockets and files, in a simulation memory.</summary>
public sealed record NodeEnvironment
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Each part of the node gets a generator of its own from it.</summary>
    public required Random Random { get; init; }

    public required IConnector Connector { get; init; }

    public required IListenerFactory Listeners { get; init; }

    public IAddressPlane Plane { get; init; } = new OpenAddressPlane();

    /// <summary>
    /// Where the node's clients are, if it has a network stack of its own: then public addresses come and go there, and
    /// <see cref="Plane"/> only fences those who had them.
    /// </summary>
    public IPublicLink? PublicLink { get; init; }

    /// <summary>The cluster lock, for the node's clock; for the embedded engine.</summary>
    public Func<MonotonicClock, IClusterLock>? Lock { get; init; }

    /// <summary>To the daemon's socket, for the ctdb engine.</summary>
    public ILocalConnector? LocalConnector { get; init; }

    /// <summary>That daemon, where the node has started it itself.</summary>
    public ICtdbDaemon? Daemon { get; init; }

    public required INtlmAccounts Accounts { get; init; }

    /// <summary>Where challenges and keys come from.</summary>
    public required RandomFill Secrets { get; init; }

    public IKeyLog? KeyLog { get; init; }

    public Action<string> Log { get; init; } = _ => { };

    public int ProcessId { get; init; }

    /// <summary>What the host says when <c>shutdown</c> was asked for.</summary>
    public Action Shutdown { get; init; } = () => { };
}
