using System.Net;
using Torture.ReferenceServer.Control;

namespace Torture.ReferenceServer.Failover;

/// <summary>Links: the node with the higher number calls the one with the lower.</summary>
public partial class FailoverEngine
{
    /// <summary>So long the first line of a link can be, bytes: nobody knows yet who says it.</summary>
    private const int MaximumHello = 4096;

    /// <summary>So many connections wait to hear who they are; the others wait to be accepted.</summary>
    private const int MaximumWelcomes = 64;

    private readonly SemaphoreSlim _welcomes = new(MaximumWelcomes);

    private async Task AcceptAsync(IListener listener)
    {
        await using (listener)
        {
            while (!_stopping.IsCancellationRequested)
            {
                try
                {
                    await _welcomes.WaitAsync(_stopping.Token);
                    var connection = await Shortage.OutlastAsync(
                        listener.AcceptAsync, Parts.Clock.Provider, _stopping.Token);
                    _ = WelcomeAsync(GatedConnector.Gated(connection, Parts.Gate));
                }
                catch (Exception ended) when (PeerLink.IsEnd(ended))
                {
                    return;
                }
            }
        }
    }

    private async Task WelcomeAsync(NodeConnection connection)
    {
        var lines = new LineStream(connection.Stream, MaximumHello);
        try
        {
            if (await GreetAsync(connection, lines) is { } peer)
            {
                await RunLinkAsync(peer, new PeerLink(connection, lines));
                return;
            }
        }
        catch (Exception ended) when (PeerLink.IsEnd(ended))
        {
        }

        await connection.DisposeAsync();
    }

    /// <returns>Who it is; null: nobody who may call here.</returns>
    private async Task<Member?> GreetAsync(NodeConnection connection, LineStream lines)
    {
        var from = connection.Remote.Address;
        var expected = Peers.FirstOrDefault(peer => peer.Index > _self.Index && peer.Entry.Private.Equals(from));
        try
        {
            if (expected is not null && await HandshakeAsync(lines, speakFirst: false) == expected.Name)
            {
                return expected;
            }

            Parts.Log($"failover: {connection.Remote} is no node of this cluster");
        }
        catch (InvalidDataException nonsense)
        {
            Parts.Log($"failover: {connection.Remote} says nonsense: {nonsense.Message}");
        }
        finally
        {
            _welcomes.Release();
        }

        return null;
    }

    private async Task DialAsync(Member peer)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await DialOnceAsync(peer);
            }
            catch (Exception failed) when (PeerLink.IsEnd(failed))
            {
            }
            catch (Exception failed) when (failed is not OutOfMemoryException)
            {
                Parts.Log($"failover: link to {peer.Name}: {failed}");
            }

            try
            {
                await Task.Delay(_interval / 2, Parts.Clock.Provider, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task DialOnceAsync(Member peer)
    {
        using var deadline = new CancellationTokenSource(_limit, Parts.Clock.Provider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        var to = new IPEndPoint(peer.Entry.Private, Cluster.Ports.Link);
        var connector = new GatedConnector(Parts.Connector, Parts.Gate);
        var connection = await connector.ConnectAsync(_self.Entry.Private, to, either.Token);
        try
        {
            var lines = new LineStream(connection.Stream, MaximumHello);
            if (await HandshakeAsync(lines, speakFirst: true) == peer.Name)
            {
                await RunLinkAsync(peer, new PeerLink(connection, lines));
            }
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }

    /// <returns>The name of the peer; null where it belongs to another cluster.</returns>
    private async Task<string?> HandshakeAsync(LineStream lines, bool speakFirst)
    {
        using var deadline = new CancellationTokenSource(_limit, Parts.Clock.Provider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        var own = new LinkMessage { Hello = new LinkHello(Cluster.Name, _self.Name) };
        if (speakFirst)
        {
            await lines.WriteAsync(own, ControlJson.Default.LinkMessage, either.Token);
        }

        var theirs = (await lines.ReadAsync(ControlJson.Default.LinkMessage, either.Token))?.Hello;
        if (theirs?.Cluster != Cluster.Name)
        {
            return null;
        }

        if (!speakFirst)
        {
            await lines.WriteAsync(own, ControlJson.Default.LinkMessage, either.Token);
        }

        lines.MaximumLine = LineStream.DefaultMaximum;
        return theirs.Node;
    }

    private async Task RunLinkAsync(Member peer, PeerLink link)
    {
        using var stopped = _stopping.Token.Register(link.Close);
        Post(() => LinkUp(peer, link));
        await link.RunAsync(message => HeardAsync(() => Received(peer, link, message)));
        try
        {
            // Before the peer sees the end of the link, this node has drawn its conclusions.
            await _loop.DoAsync(() => LinkDown(peer, link));
        }
        catch (OperationCanceledException)
        {
        }

        await link.DisposeAsync();
    }

    private void Send(Member peer, LinkMessage message)
    {
        if (peer.Link is { } link && !link.Send(message))
        {
            Post(() => DoesNotRead(peer, link));
        }
    }

    private void DoesNotRead(Member peer, PeerLink link)
    {
        if (peer.Link == link)
        {
            Lost(peer, "does not read", safeAt: Now + _limit);
        }
    }

    private void LinkUp(Member peer, PeerLink link)
    {
        // What has run out since the last tick is not told to the peer as held.
        CheckPermission();
        peer.Link?.Close();
        peer.Link = link;
        peer.LastHeard = peer.EchoedAt = Now;
        peer.LastBeat = null;
        peer.TableSent = null;
        peer.ForgetReport();
        (peer.NewsSent, peer.NewsSeen) = (0, 0);
        SendBeats();
        TellAll(peer);
    }

    /// <summary>The kernel says that the other end is gone: the process ended, or has let go of everything.</summary>
    private void LinkDown(Member peer, PeerLink link)
    {
        if (peer.Link != link)
        {
            return;
        }

        if (peer == _leader && link.Failure is null)
        {
            // It has ended, and the next leader may permit this node to go on; or it takes this node for ended.
            Parts.Fence.Shorten(Now + (_interval * 2));
            SetLeader(null);
        }

        Lost(peer, link.Failure ?? "link closed", safeAt: link.Failure is null ? Now : Now + _limit);
    }

    private void Lost(Member peer, string why, TimeSpan safeAt)
    {
        Parts.Log($"failover: {peer.Name} is lost: {why}");
        if (peer == _leader)
        {
            // Whoever sees this node end the link may take its addresses at once.
            LosePermission($"leader {peer.Name}: {why}");
            SetLeader(null);
        }

        peer.Link?.Close();
        peer.Link = null;
        peer.LastBeat = null;
        peer.SafeAt = safeAt;
        SetAlive(peer, false);
        FailRequests(peer);
        KeepLock();
        Reconcile();
        Publish();
    }

    private void SetAlive(Member peer, bool alive)
    {
        if (peer.Alive != alive)
        {
            peer.Alive = alive;
            peer.Held = alive ? peer.Held : [];
            Raise(NodeEventKind.State, peer.Name, state: alive ? peer.State : MemberState.Disconnected);
        }
    }

    private void Received(Member peer, PeerLink link, LinkMessage message)
    {
        if (peer.Link != link)
        {
            return;
        }

        peer.LastHeard = Now;
        if (message.Beat is { } beat)
        {
            BeatReceived(peer, beat);
        }

        if (message.Table is { } table)
        {
            TableReceived(peer, table);
        }

        if (message.Hold is { } hold)
        {
            HoldReceived(peer, hold);
        }

        if (message.Request is { } request)
        {
            RequestReceived(peer, request);
        }

        if (message.Response is { } response)
        {
            ResponseReceived(response);
        }

        if (message.Connections is { } line)
        {
            ConnectionsReceived(peer, line);
        }

        if (message.MissedConnections == true)
        {
            TellAll(peer);
        }
    }

    private void BeatReceived(Member peer, Heartbeat beat)
    {
        peer.LastBeat = beat;
        if (peer.SentAt(beat.Echo) is { } sent && sent > peer.EchoedAt)
        {
            peer.EchoedAt = sent;
        }

        if (peer.State != beat.State)
        {
            peer.State = beat.State;
            if (peer.Alive)
            {
                Raise(NodeEventKind.State, peer.Name, state: beat.State);
            }
        }

        var wasAlive = peer.Alive;
        SetAlive(peer, peer.Alive || beat.Echo > 0);
        Follow(peer, beat);
        Report(peer, beat);
        AskForNews(peer, beat);
        if (!wasAlive)
        {
            SendBeats();
        }

        Publish();
    }

    private void SendBeats()
    {
        var (held, wanted) = (Serving(), Wanted.ToArray());
        foreach (var peer in Peers)
        {
            Send(peer, new LinkMessage { Beat = BeatFor(peer, held, wanted) });
        }
    }

    private Heartbeat BeatFor(Member peer, IPAddress[] held, IPAddress[] wanted) => new(
        peer.NextBeat(Now), peer.LastBeat?.Number ?? 0, State, _term, IsLeading, _epoch, _command,
        peer.NewsSent, held, wanted, _table.Term, _table.Version);

    private IPAddress[] Serving() =>
        [.. _held.Where(entry => !entry.Value.Permit.IsEnded).Select(entry => entry.Key)];
}
