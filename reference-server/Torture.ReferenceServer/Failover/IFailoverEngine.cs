using System.Net;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Takeover;

namespace Torture.ReferenceServer.Failover;

/// <summary>What decides which node has which public address, as one node takes part in it.</summary>
public interface IFailoverEngine : IAsyncDisposable
{
    /// <summary>Takes, releases, states; must not wait.</summary>
    event Action<NodeEvent>? Changed;

    /// <summary>The table before and the table now; must not wait.</summary>
    event Action<ClusterTable, ClusterTable>? TableChanged;

    /// <summary>What the engine shows now.</summary>
    EngineSnapshot Snapshot { get; }

    /// <summary>Answers what a peer has routed here; must not wait.</summary>
    Func<ControlRequest, ControlResponse>? LocalRequests { get; set; }

    /// <summary>Takes part from now on.</summary>
    /// <exception cref="ConfigurationException">It cannot.</exception>
    ValueTask StartAsync();

    /// <summary>
    /// What an administrator does to a node, an address or a share: disable, enable, stop, continue, unhealthy, ban,
    /// unban, move-address, move-share.
    /// </summary>
    Task<ControlResponse> AdministerAsync(ControlRequest request);

    /// <summary>Asks every peer that is there; those that do not answer count as nothing.</summary>
    Task<ControlResponse[]> AskPeersAsync(ControlRequest request);

    /// <summary>A client has connected to a public address: whoever takes that next has to know.</summary>
    void ConnectionOpened(NodeConnection connection)
    {
    }

    /// <summary>That connection has ended, and not by the loss of the address.</summary>
    void ConnectionClosed(NodeConnection connection)
    {
    }

    /// <summary>Connections that earlier owners of an address had, and that may still be there.</summary>
    IReadOnlyCollection<ClientConnection> ClientsLeftAt(IPAddress address) => [];

    /// <summary>Those were told of the address's new owner, which is this node.</summary>
    void ClientsTold(IPAddress address)
    {
    }
}
