using System.Text.Json;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Control;

namespace Torture.ReferenceServer.Ctdbd;

/// <summary>The connection to the daemon: the first one, and the next after each that has ended.</summary>
public sealed partial class CtdbFailover
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly ulong[] Heeded =
    [
        CtdbSrvid.LEADER, CtdbSrvid.RECONFIGURE, CtdbSrvid.RELEASE_IP, CtdbSrvid.TAKE_IP, CtdbSrvid.IPREALLOCATED,
        CtdbSrvid.PUSH_NODE_FLAGS, CtdbSrvid.DISABLE_TAKEOVER_RUNS, WitnessSrvid,
    ];

    private CtdbClient? _client;
    private long _life;
    private bool _isLeaving;

    private string SocketPath => Cluster.Engine.SocketOf(_self.Name);

    private async Task<Attachment> AttachFirstAsync()
    {
        var patience = TimeSpan.FromSeconds(Cluster.Engine.StartTimeout);
        using var patient = new CancellationTokenSource(patience, _parts.Clock.Provider);
        var last = "it takes too long";
        while (true)
        {
            try
            {
                return await AttachAsync(patient.Token);
            }
            catch (Exception trouble) when (IsTrouble(trouble))
            {
                last = trouble is OperationCanceledException ? last : trouble.Message;
            }

            try
            {
                await Task.Delay(Pause, _parts.Clock.Provider, patient.Token);
            }
            catch (OperationCanceledException)
            {
                throw new ConfigurationException(
                    $"engine ctdb: {SocketPath}: {last} (waited {patience.TotalSeconds:0.###} s): start ctdbd, or set "
                    + "engine.socket to where its socket is");
            }
        }
    }

    /// <summary>Connects, makes sure of whose daemon it is, and registers for its news.</summary>
    private async Task<Attachment> AttachAsync(CancellationToken cancellationToken)
    {
        var life = _parts.Random.NextInt64(1, long.MaxValue);
        var stream = await _parts.Connector.ConnectAsync(SocketPath, cancellationToken);
        var client = new CtdbClient(stream, new CtdbClientOptions(_parts.Clock.Provider)
        {
            Heard = message =>
            {
                var at = _parts.Clock.Sequence;
                _loop.Post(() => Heard(life, message, at));
            },
        });
        try
        {
            var number = await client.GetNumberAsync(cancellationToken);
            Recognize(number, await client.GetNodeMapAsync(cancellationToken));
            foreach (var srvid in Heeded)
            {
                await client.RegisterAsync(srvid, cancellationToken);
            }

            var farewell = Encoded(new PeerMessage(_self.Name, life) { Gone = true });
            await client.LeaveBehindAsync(WitnessSrvid, farewell, cancellationToken);
            return new Attachment(client, life, number);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>A node that served another's addresses would be worse than one that does not start.</summary>
    private void Recognize(uint number, IReadOnlyList<CtdbNode> map)
    {
        var address = map.FirstOrDefault(node => node.Number == number)?.Address.Address;
        if (!_self.Entry.Private.Equals(address))
        {
            throw new ConfigurationException(
                $"engine ctdb: {SocketPath} is the daemon of CTDB's node {number} at {address}, and {_self.Name} has "
                + $"the private address {_self.Entry.Private}: set engine.socket, or the address in the cluster file");
        }
    }

    private async Task StayAttachedAsync(Attachment first)
    {
        try
        {
            for (var attached = first; ; attached = await AttachAgainAsync())
            {
                await using var client = attached.Client;
                var ended = await client.Ended.WaitAsync(_stopping.Token);
                await _loop.DoAsync(() => Detached(ended.Message));
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private async Task<Attachment> AttachAgainAsync()
    {
        string? told = null;
        while (true)
        {
            await Task.Delay(Pause, _parts.Clock.Provider, _stopping.Token);
            try
            {
                var attached = await AttachAsync(_stopping.Token);
                await _loop.DoAsync(() => Attached(attached));
                return attached;
            }
            catch (Exception trouble) when (IsTrouble(trouble) || trouble is ConfigurationException)
            {
                if (trouble.Message != told && !_stopping.IsCancellationRequested)
                {
                    told = trouble.Message;
                    _parts.Log($"failover: cannot attach to {SocketPath}: {told}");
                }
            }
        }
    }

    private void Attached(Attachment attached)
    {
        (_client, _life) = (attached.Client, attached.Life);
        (_isPolling, _pollAgain, _told) = (false, false, null);
        // A daemon that this node has stopped may be the one that it attaches to again.
        (_leaderHeardAt, _isCutOff, _runsHeldUntil) = (null, false, TimeSpan.Zero);
        foreach (var member in _members)
        {
            (member.IsAsked, member.OwnedAt) = (false, 0);
        }

        _parts.Log($"failover: attached to {SocketPath}, node {attached.Number} of CTDB");
        Poll();
        Send(CtdbNodeNumber.Connected, Presence());
    }

    /// <summary>What others have is not known to have changed; what this node had, it has no more.</summary>
    private void Detached(string why)
    {
        _parts.Log($"failover: {why}");
        (_client, _life, _isComplete) = (null, 0, false);
        LosePermission("no daemon says that this node may serve");
        SetLeader(null);
        foreach (var member in _members)
        {
            member.Forget();
            FailRequests(member, "the daemon was lost");
        }

        TellStates();
        Rebuild();
        Publish();
    }

    private static byte[] Encoded(PeerMessage message) =>
        JsonSerializer.SerializeToUtf8Bytes(message, ControlJson.Default.PeerMessage);

    /// <param name="Life">Of this attachment: what belongs to another one is old news.</param>
    private sealed record Attachment(CtdbClient Client, long Life, uint Number);
}
