using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Ctdbd;

/// <summary>Opens unix sockets of this host.</summary>
public interface ILocalConnector
{
    /// <exception cref="IOException">Nobody listens there; one line why.</exception>
    ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken);
}

/// <summary>The CTDB daemon of a node that starts it itself.</summary>
public interface ICtdbDaemon
{
    /// <summary>Starts it where it does not run; does not wait until it answers.</summary>
    /// <exception cref="Control.ConfigurationException">It cannot be started; one line why.</exception>
    void Start();

    /// <summary>Ends it at once, as by kill -9.</summary>
    void Kill();
}

/// <summary>What a <see cref="CtdbFailover"/> is made of.</summary>
public sealed record CtdbParts(
    MonotonicClock Clock, Random Random, ILocalConnector Connector, Fence Fence, IAddressHost Host,
    Action<string> Log)
{
    /// <summary>CTDB's cluster lock, where it is a lease.</summary>
    public LeaseWatch? Lease { get; init; }
}
