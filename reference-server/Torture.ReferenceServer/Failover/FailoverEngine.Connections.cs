using System.Net;
using Torture.ReferenceServer.Takeover;

namespace Torture.ReferenceServer.Failover;

/// <summary>
/// The clients of public addresses, told to every peer as soon as they come and go: whoever takes an address knows
/// them, although nobody can be asked any more.
/// </summary>
public partial class FailoverEngine
{
    /// <summary>Bounds a line between nodes, with <see cref="ConnectionBook.MaximumOfHolding"/>.</summary>
    private const int MaximumNews = 256;

    private TimeSpan _lastNews;

    /// <summary>Known connections of all public addresses.</summary>
    public ConnectionBook Connections { get; }

    /// <summary>How often peers are told: zero is at once.</summary>
    protected virtual TimeSpan NewsInterval => TimeSpan.Zero;

    /// <summary>On a host that all nodes share nobody has to be tickled: there nothing is told.</summary>
    public void ConnectionOpened(NodeConnection connection)
    {
        if (Cluster.Network is not null)
        {
            ConnectionOpened(connection.Local.Address, ClientConnection.Of(connection));
        }
    }

    public void ConnectionClosed(NodeConnection connection)
    {
        if (Cluster.Network is not null)
        {
            ConnectionClosed(connection.Local.Address, ClientConnection.Of(connection));
        }
    }

    public IReadOnlyCollection<ClientConnection> ClientsLeftAt(IPAddress address) => Connections.LeftAt(address);

    public void ClientsTold(IPAddress address) => Post(() =>
    {
        if (Connections.Settle(address) is { } settled)
        {
            Tell([settled]);
        }
    });

    internal void ConnectionOpened(IPAddress address, ClientConnection connection) =>
        Post(() => Connections.Open(address, connection));

    internal void ConnectionClosed(IPAddress address, ClientConnection connection) =>
        Post(() => Connections.Close(address, connection));

    /// <summary>After each turn of the loop.</summary>
    private void TellConnections()
    {
        if (Now - _lastNews < NewsInterval)
        {
            return;
        }

        _lastNews = Now;
        if (Connections.TakeNews() is { Count: > 0 } news)
        {
            Tell(news);
        }
    }

    /// <summary>A peer that lags behind is not flooded: it gets the whole book when it has caught up.</summary>
    private void Tell(IReadOnlyList<ConnectionNews> news)
    {
        foreach (var peer in Peers.Where(peer => peer.Link is not null))
        {
            // Once it has missed something, what comes later would hide that.
            peer.MissedNews |= peer.Link!.IsBusy;
            if (!peer.MissedNews)
            {
                Tell(peer, news);
            }
        }
    }

    private void TellWhatWasMissed()
    {
        foreach (var peer in Peers.Where(peer => peer is { MissedNews: true, Link.IsBusy: false }))
        {
            TellAll(peer);
        }
    }

    private void TellAll(Member peer)
    {
        peer.MissedNews = false;
        Tell(peer, Connections.All(), anew: true);
    }

    private void Tell(Member peer, IReadOnlyList<ConnectionNews> news, bool anew = false)
    {
        var line = new List<ConnectionNews>();
        var size = 0;
        foreach (var item in news)
        {
            var more = item.Holding is { } holding ? holding.Opened.Count + holding.Closed.Count : 0;
            if (line.Count == MaximumNews || (line.Count > 0 && size + more > ConnectionBook.MaximumOfHolding))
            {
                SendLine(peer, [.. line], anew);
                anew = false;
                line.Clear();
                size = 0;
            }

            line.Add(item);
            size += more;
        }

        SendLine(peer, line, anew);
    }

    private void SendLine(Member peer, IReadOnlyList<ConnectionNews> news, bool anew) =>
        Send(peer, new LinkMessage { Connections = new ConnectionLine(++peer.NewsSent, anew, news) });

    private void ConnectionsReceived(Member peer, ConnectionLine line)
    {
        if (line.Anew || line.Number == peer.NewsSeen + 1)
        {
            peer.NewsSeen = line.Number;
        }

        foreach (var news in line.News)
        {
            Connections.Learn(news);
        }
    }

    /// <summary>A cut link swallows lines and goes on: what comes later would hide what is missing.</summary>
    private void AskForNews(Member peer, Heartbeat beat)
    {
        if (beat.News != peer.NewsSeen)
        {
            Send(peer, new LinkMessage { MissedConnections = true });
        }
    }
}
