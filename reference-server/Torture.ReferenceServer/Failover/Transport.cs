using System.Net;

namespace Torture.ReferenceServer.Failover;

/// <summary>One connection, whoever opened it. Disposed: it ends with FIN.</summary>
public class NodeConnection(Stream stream, IPEndPoint local, IPEndPoint remote) : IAsyncDisposable
{
    public Stream Stream { get; } = stream;

    public IPEndPoint Local { get; } = local;

    public IPEndPoint Remote { get; } = remote;

    /// <summary>Ends it at once; with RST, where the transport knows that.</summary>
    public virtual void Abort() => Stream.Dispose();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Stream.DisposeAsync();
    }
}

/// <summary>Hands out incoming connections. Disposed: pending and later accepts fail.</summary>
public interface IListener : IAsyncDisposable
{
    IPEndPoint Local { get; }

    /// <exception cref="OperationCanceledException">Cancelled, or the listener was disposed.</exception>
    ValueTask<NodeConnection> AcceptAsync(CancellationToken cancellationToken);
}

/// <summary>Where listeners come from.</summary>
public interface IListenerFactory
{
    /// <exception cref="Control.ConfigurationException">In use, not there, or no permission for the port.</exception>
    IListener Listen(IPEndPoint endPoint);
}

/// <summary>Opens connections between nodes.</summary>
public interface IConnector
{
    /// <exception cref="IOException">Refused or unreachable.</exception>
    ValueTask<NodeConnection> ConnectAsync(IPAddress from, IPEndPoint to, CancellationToken cancellationToken);
}

/// <summary>Makes a public address this node's own, and lets it go.</summary>
public interface IAddressPlane : IAsyncDisposable
{
    /// <summary>Before the node takes part in anything.</summary>
    /// <exception cref="IOException">The network cannot be had.</exception>
    ValueTask StartAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>
    /// Until this returns, nobody else may still be reachable at the address, whoever had it; afterwards listeners
    /// can be opened on it.
    /// </summary>
    /// <exception cref="IOException">The address cannot be had.</exception>
    ValueTask TakeAsync(IPAddress address, ServingPermit permit, CancellationToken cancellationToken);

    /// <summary>The address is served from now on: whoever has to know is told.</summary>
    void Announce(IPAddress address)
    {
    }

    /// <summary>
    /// The permission has run out, and another node may have the address: no packet may leave from it any more.
    /// </summary>
    void Withdraw(IPAddress address)
    {
    }

    /// <summary>After its listeners and connections were closed.</summary>
    ValueTask ReleaseAsync(IPAddress address);
}

/// <summary>Addresses that every node can listen on: nothing has to be done.</summary>
public sealed class OpenAddressPlane : IAddressPlane
{
    public ValueTask TakeAsync(IPAddress address, ServingPermit permit, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    public ValueTask ReleaseAsync(IPAddress address) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
