using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Ctdbd;

/// <summary>Opens unix sockets of this host.</summary>
public interface ILocalConnector
{
    /// <exception cref="IOException">Nobody listens there; one line why.</exception>
    ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken);
}

/// <summary>What a <see cref="CtdbFailover"/> is made of.</summary>
public sealed record CtdbParts(
    MonotonicClock Clock, Random Random, ILocalConnector Connector, Fence Fence, IAddressHost Host,
    Action<string> Log);
