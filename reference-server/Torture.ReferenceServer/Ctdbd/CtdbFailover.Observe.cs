using System.Net;
using Torture.Protocol;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Ctdbd;

/// <summary>What the daemons say: who is there, who has which address.</summary>
public sealed partial class CtdbFailover
{
    private readonly HashSet<IPAddress> _strange = [];

    /// <summary>
    /// What the daemon told that it has taken, and what it had when this node attached. What it is only about to take
    /// it calls its own too, seconds before neighbours hear of it.
    /// </summary>
    private HashSet<IPAddress>? _told;
    private bool _isPolling;
    private bool _pollAgain;
    private long _news;

    /// <summary>
    /// Who begins a takeover run, or moves an address, tells all others to begin none for so long, and again when it is
    /// done.
    /// </summary>
    private TimeSpan _runsHeldUntil;
    private long _order;
    private uint? _vnnGeneration;
    private string? _toldTrouble;

    private void Heard(long life, CtdbMessage message, long at)
    {
        if (life != _life)
        {
            return;
        }

        try
        {
            Heard(message, at);
        }
        catch (ProtocolException nonsense)
        {
            _parts.Log($"failover: ctdbd sent a message 0x{message.Srvid:X16} that makes no sense: {nonsense.Message}");
            Poll();
        }
    }

    private void Heard(CtdbMessage message, long at)
    {
        switch (message.Srvid)
        {
            case CtdbSrvid.LEADER:
                LeaderHeard(CtdbCodec.DecodeNumber(message.Data.Span));
                break;
            case CtdbSrvid.RELEASE_IP:
                OwnNews(CtdbCodec.DecodeAddressText(message.Data.Span), isTaken: false, at);
                break;
            case CtdbSrvid.TAKE_IP:
                OwnNews(CtdbCodec.DecodeAddressText(message.Data.Span), isTaken: true, at);
                break;
            case CtdbSrvid.IPREALLOCATED or CtdbSrvid.RECONFIGURE:
                Poll();
                AskPeers();
                break;
            case CtdbSrvid.PUSH_NODE_FLAGS:
                Poll();
                break;
            case CtdbSrvid.DISABLE_TAKEOVER_RUNS:
                _runsHeldUntil = Now + TimeSpan.FromSeconds(CtdbCodec.DecodeDisable(message.Data.Span).Seconds);
                Publish();
                break;
            case WitnessSrvid:
                PeerHeard(message.Data.Span);
                break;
            default:
                RunsAnswered(message);
                break;
        }
    }

    /// <summary>What was asked before this does not count any more.</summary>
    private void OwnNews(IPAddress address, bool isTaken, long at)
    {
        _news++;
        if (isTaken)
        {
            _told?.Add(address);
            KeepOwned(_keeper.Goal.Append(address), at);
        }
        else
        {
            _told?.Remove(address);
            KeepOwned(_keeper.Goal.Except([address]), at);
        }

        Poll();
    }

    private void AdoptOwned(IEnumerable<IPAddress> owned)
    {
        _told ??= [.. owned];
        _told.IntersectWith(owned);
        KeepOwned(_told, _parts.Clock.Sequence);
    }

    private void KeepOwned(IEnumerable<IPAddress> owned, long at)
    {
        if (_isPermitted)
        {
            _keeper.Keep(owned.Where(IsPublic).ToArray(), at);
        }
    }

    private bool IsPublic(IPAddress address)
    {
        var known = Cluster.PublicAddresses.Contains(address);
        if (!known && _strange.Add(address))
        {
            _parts.Log($"failover: ctdbd has {address}, which is no public address of the cluster file: not served");
        }

        return known;
    }

    /// <summary>Asks the own daemon for everything that it knows.</summary>
    private void Poll()
    {
        if (_client is not { } client || _isLeaving)
        {
            return;
        }

        _pollAgain = _isPolling;
        if (!_isPolling)
        {
            _isPolling = true;
            _ = PollAsync(client, _life, Now, _news);
        }
    }

    private async Task PollAsync(CtdbClient client, long life, TimeSpan askedAt, long news)
    {
        LocalView? seen = null;
        string? trouble = null;
        try
        {
            var map = client.GetNodeMapAsync(_stopping.Token);
            var addresses = client.GetPublicAddressesAsync(_stopping.Token);
            var numbers = client.GetVnnMapAsync(_stopping.Token);
            await Task.WhenAll(map, addresses, numbers);
            seen = new LocalView(await map, await addresses, await numbers);
        }
        catch (Exception failed) when (IsTrouble(failed))
        {
            trouble = failed.Message;
        }

        _loop.Post(() => Polled(life, askedAt, news, seen, trouble));
    }

    private void Polled(long life, TimeSpan askedAt, long news, LocalView? seen, string? trouble)
    {
        if (life != _life)
        {
            return;
        }

        _isPolling = false;
        if (trouble != _toldTrouble && trouble is not null)
        {
            _parts.Log($"failover: {trouble}");
        }

        _toldTrouble = trouble;
        if (seen is not null)
        {
            Adopt(askedAt, news == _news, seen);
        }

        if (_pollAgain)
        {
            Poll();
        }
    }

    /// <param name="isFresh">No address was taken or released since the daemon was asked.</param>
    private void Adopt(TimeSpan askedAt, bool isFresh, LocalView seen)
    {
        foreach (var member in _members)
        {
            AdoptState(member, seen.Nodes.FirstOrDefault(node => member.Entry.Private.Equals(node.Address.Address)));
        }

        _generation += _vnnGeneration == seen.Numbers.Generation ? 0 : 1;
        _vnnGeneration = seen.Numbers.Generation;
        if (_self.IsActive)
        {
            Permit(askedAt + _limit);
        }
        else
        {
            LosePermission($"is {_self.State}");
        }

        TellStates();
        if (isFresh)
        {
            AdoptOwned([.. seen.Addresses.Where(entry => entry.Owner == _self.Number).Select(entry => entry.Address)]);
        }
        else
        {
            Poll();
        }

        foreach (var peer in Peers.Where(peer => peer is { IsActive: true, OwnedAt: 0, IsAsked: false }))
        {
            Ask(peer);
        }

        Rebuild();
    }

    private void AdoptState(CtdbMember member, CtdbNode? node)
    {
        member.Number = node?.Number;
        member.State = node is null ? MemberState.Disconnected : CtdbMember.StateOf(node.Flags);
        if (member == _self || member.IsActive)
        {
            return;
        }

        (member.Owned, member.OwnedAt, member.AskAgain) = ([], 0, false);
        if (member.State == MemberState.Disconnected && member.Life is not null)
        {
            member.Life = null;
            FailRequests(member, $"{member.Name} was lost");
        }
    }

    private void AskPeers()
    {
        foreach (var peer in Peers)
        {
            Ask(peer);
        }
    }

    /// <summary>A node knows the addresses of its own file, and only of itself for sure whether it has them.</summary>
    private void Ask(CtdbMember peer)
    {
        if (_client is not { } client || !peer.IsActive)
        {
            return;
        }

        peer.AskAgain = peer.IsAsked;
        if (!peer.IsAsked)
        {
            peer.IsAsked = true;
            _ = AskAsync(client, _life, peer, peer.Number!.Value, ++_order);
        }
    }

    private async Task AskAsync(CtdbClient client, long life, CtdbMember peer, uint number, long order)
    {
        IReadOnlyList<CtdbPublicAddress>? said = null;
        try
        {
            said = await client.GetPublicAddressesAsync(_stopping.Token, number);
        }
        catch (Exception failed) when (IsTrouble(failed))
        {
            // Told as nothing.
        }

        _loop.Post(() => Told(life, peer, number, order, said));
    }

    private void Told(
        long life, CtdbMember peer, uint number, long order, IReadOnlyList<CtdbPublicAddress>? said)
    {
        if (life != _life)
        {
            return;
        }

        peer.IsAsked = false;
        if (!peer.IsActive || peer.Number != number)
        {
            return;
        }

        peer.OwnedAt = order;
        if (said is null)
        {
            // At the next tick; the node map says soon what has become of it.
            peer.AskAgain = true;
        }
        else
        {
            peer.Owned = [.. said.Where(entry => entry.Owner == number).Select(entry => entry.Address)];
            if (peer.AskAgain)
            {
                Ask(peer);
            }
        }

        Rebuild();
    }

    private sealed record LocalView(
        IReadOnlyList<CtdbNode> Nodes, IReadOnlyList<CtdbPublicAddress> Addresses, CtdbVnnMap Numbers);
}
