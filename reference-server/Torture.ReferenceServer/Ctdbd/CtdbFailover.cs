using System.Net;
using Torture.Protocol;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Ctdbd;

/// <summary>
/// The failover of a real CTDB, of whose daemon this node is a client: the daemon decides who has which address, and
/// the node serves what its own daemon has. Everything that it knows belongs to one loop.
/// </summary>
/// <remarks>
/// Permission to serve is an answer of the daemon, and lasts for a keep-alive time from when it was asked for: a daemon
/// that is gone, frozen, stopped or banned takes it away, and so does a cut to the leader. What other nodes have, their
/// own daemons are asked.
/// </remarks>
public sealed partial class CtdbFailover : IFailoverEngine
{
    private readonly EngineLoop _loop;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CtdbMember[] _members;
    private readonly CtdbMember _self;
    private readonly AddressKeeper _keeper;
    private readonly CtdbParts _parts;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _limit;
    private readonly List<Task> _tasks = [];
    private EngineSnapshot _snapshot = EngineSnapshot.Empty;
    private ITimer? _timer;
    private bool _isPermitted;

    public CtdbFailover(ClusterConfiguration cluster, NodeEntry self, CtdbParts parts)
    {
        (Cluster, _parts) = (cluster, parts);
        _loop = new EngineLoop(parts.Log);
        _members = [.. cluster.Nodes.Select((node, index) => new CtdbMember(node, index))];
        _self = _members.First(member => member.Name == self.Name);
        _keeper = new AddressKeeper(parts.Host, parts.Fence, parts.Clock, _loop.Post, AddressHappened, parts.Log);
        _interval = TimeSpan.FromSeconds(Math.Min(cluster.Profile.KeepAliveInterval, 1));
        _limit = TimeSpan.FromSeconds(cluster.Profile.KeepAliveInterval * cluster.Profile.KeepAliveLimit);
    }

    /// <inheritdoc/>
    public event Action<NodeEvent>? Changed;

    /// <inheritdoc/>
    public event Action<ClusterTable, ClusterTable>? TableChanged;

    public ClusterConfiguration Cluster { get; }

    public EngineSnapshot Snapshot => Volatile.Read(ref _snapshot);

    public Func<ControlRequest, ControlResponse>? LocalRequests { get; set; }

    private TimeSpan Now => _parts.Clock.Now;

    private IEnumerable<CtdbMember> Peers => _members.Where(member => member != _self);

    /// <summary>Attaches to the daemon, waiting for its socket for the start timeout.</summary>
    /// <exception cref="ConfigurationException">
    /// Nobody answers there, it is no CTDB daemon, or that of another node.
    /// </exception>
    public async ValueTask StartAsync()
    {
        var first = await AttachFirstAsync();
        _tasks.Add(_loop.RunAsync());
        await _loop.DoAsync(() => Attached(first));
        _tasks.Add(StayAttachedAsync(first));
        _tasks.Add(TellConnectionsAsync());
        _timer = _parts.Clock.Provider.CreateTimer(_ => _loop.Post(Tick), null, _interval, _interval);
    }

    /// <summary>Lets go of everything here, then ends; what the daemon has, it keeps.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _timer, null) is { } timer)
        {
            await timer.DisposeAsync();
            await await _loop.DoAsync(LeaveAsync);
        }

        _stopping.Cancel();
        _loop.End();
        await Task.WhenAll(_tasks);
    }

    private static bool IsTrouble(Exception exception) =>
        exception is IOException or TimeoutException or CtdbRefusedException or ProtocolException
            or OperationCanceledException;

    private Task LeaveAsync()
    {
        LosePermission("shutdown");
        _isLeaving = true;
        return _keeper.DropAsync();
    }

    private void Tick()
    {
        CheckPermission();
        CheckSide();
        Poll();
        foreach (var peer in Peers.Where(peer => peer is { AskAgain: true, IsAsked: false }))
        {
            Ask(peer);
        }

        // What was said before their daemons knew each other went nowhere.
        foreach (var peer in Peers.Where(peer => peer is { Number: not null, Life: null }
            && peer.State != MemberState.Disconnected))
        {
            Answer(peer, Presence());
        }

        Publish();
    }

    private void CheckPermission()
    {
        if (_isPermitted && !_parts.Fence.Holds)
        {
            _self.State = MemberState.Disconnected;
            LosePermission("ctdbd has not answered for the keep-alive time");
            Rebuild();
        }
    }

    private void Permit(TimeSpan until)
    {
        if (_self.IsActive && until > Now && !_isLeaving && !_isCutOff)
        {
            _parts.Fence.Extend(until);
            _isPermitted = true;
        }
    }

    /// <summary>Lets go of every address, at once.</summary>
    private void LosePermission(string why)
    {
        if (_isPermitted)
        {
            _parts.Log($"failover: lets go of everything: {why}");
            _isPermitted = false;
            _ = _keeper.DropAsync();
            _parts.Fence.Revoke();
        }
    }

    private void AddressHappened(IPAddress address, bool taken, long sequence)
    {
        var kind = taken ? NodeEventKind.Taken : NodeEventKind.Released;
        Changed?.Invoke(new NodeEvent(sequence, kind, _self.Name) { Address = address });
        Rebuild();
    }

    private void Raise(NodeEventKind kind, string node, MemberState? state = null) =>
        Changed?.Invoke(new NodeEvent(_parts.Clock.Sequence, kind, node) { State = state });

    private void Publish() => Volatile.Write(ref _snapshot, new EngineSnapshot(
        _self.State, _leader?.Name, _term, _isPermitted && _parts.Fence.Holds, _table, _keeper.Held, Members())
    {
        IsReallocating = Now < _runsHeldUntil,
    });

    private MemberStatus[] Members() => [.. _members.Select(member => new MemberStatus(
        member.Name, member.State, member == _self || member.Life is not null))];
}
