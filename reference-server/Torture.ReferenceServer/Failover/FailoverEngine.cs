using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Takeover;

namespace Torture.ReferenceServer.Failover;

/// <summary>
/// One node's part in the failover. Everything that it knows belongs to one loop; whoever wants something posts it
/// there. Timers, links, lock and addresses come in through the constructor.
/// </summary>
/// <remarks>
/// The promise is that no address is served by two nodes. A node serves while its <see cref="Fence"/> holds: the
/// leader's as long as its lock, the others' for a keep-alive time after they sent a heartbeat that the leader has
/// answered. The leader gives an address away once its last owner has said that it let go, or has ended, or can no
/// longer have permission.
/// </remarks>
public partial class FailoverEngine : IFailoverEngine
{
    private readonly EngineLoop _loop;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Member[] _members;
    private readonly Member _self;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _limit;
    private readonly List<Task> _tasks = [];
    private EngineSnapshot _snapshot = EngineSnapshot.Empty;
    private ITimer? _timer;
    private TimeSpan _lastTick;
    private TimeSpan _patientUntil;

    public FailoverEngine(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    {
        Cluster = cluster;
        Parts = parts;
        _loop = new EngineLoop(parts.Log);
        _members = [.. cluster.Nodes.Select((node, index) => new Member(node, index))];
        _self = _members.First(member => member.Name == self.Name);
        _interval = TimeSpan.FromSeconds(cluster.Profile.KeepAliveInterval);
        _limit = _interval * cluster.Profile.KeepAliveLimit;
        Connections = new ConnectionBook(self.Name, cluster.PublicAddresses);
    }

    /// <summary>Takes, releases, states; called on the loop, must not wait.</summary>
    public event Action<NodeEvent>? Changed;

    /// <summary>The table before and the table now; called on the loop, must not wait.</summary>
    public event Action<ClusterTable, ClusterTable>? TableChanged;

    public ClusterConfiguration Cluster { get; }

    public EngineSnapshot Snapshot => Volatile.Read(ref _snapshot);

    protected FailoverParts Parts { get; }

    /// <summary>Number of heartbeats that this node sends in the time after which a silent peer is dead.</summary>
    protected virtual int KeepAliveLimit => Cluster.Profile.KeepAliveLimit;

    private TimeSpan Now => Parts.Clock.Now;

    private IEnumerable<Member> Peers => _members.Where(member => member != _self);

    /// <summary>Listens on the private address and begins.</summary>
    /// <exception cref="ConfigurationException">The private address cannot be listened on.</exception>
    public void Start()
    {
        var listener = Parts.Listeners.Listen(new System.Net.IPEndPoint(_self.Entry.Private, Cluster.Ports.Link));
        _lastTick = Now;
        _tasks.Add(AcceptAsync(listener));
        foreach (var peer in Peers.Where(peer => peer.Index < _self.Index))
        {
            _tasks.Add(DialAsync(peer));
        }

        _tasks.Add(_loop.RunAsync(TellConnections));
        _timer = Parts.Clock.Provider.CreateTimer(_ => Post(Tick), null, TimeSpan.Zero, _interval);
    }

    ValueTask IFailoverEngine.StartAsync()
    {
        Start();
        return ValueTask.CompletedTask;
    }

    /// <summary>Lets go of everything, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
            var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Post(() => LeaveCluster(released));
            await released.Task;
        }

        _stopping.Cancel();
        _loop.End();
        await Task.WhenAll(_tasks);
        await Parts.Lock.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Something for the loop to do.</summary>
    /// <returns>False: it has ended.</returns>
    protected bool Post(Action action) => _loop.Post(action);

    private void Tick()
    {
        var now = Now;
        if (now - _lastTick > _limit / 2)
        {
            // This node itself stood still: what its peers have sent meanwhile is heard before they are called dead.
            _patientUntil = now + (_interval * 2);
        }

        _lastTick = now;
        CheckBan(now);
        CheckPermission();
        CheckPeers(now);
        KeepLock();
        Work();
        Reconcile();
        SendBeats();
        TellWhatWasMissed();
        Publish();
    }

    private void CheckPeers(TimeSpan now)
    {
        if (now < _patientUntil)
        {
            return;
        }

        foreach (var peer in Peers.Where(peer => peer.Link is not null))
        {
            if (IsSilent(peer, now))
            {
                Lost(peer, "silent", safeAt: now);
            }
            else if (IsDeaf(peer, now))
            {
                // What it said last may have been answered: the permission that came of it runs out first.
                Lost(peer, "does not hear this node", safeAt: peer.LastHeard + _limit);
            }
        }
    }

    /// <summary>Nothing came from the peer for the keep-alive time.</summary>
    protected virtual bool IsExpired(TimeSpan since) => since > _interval * KeepAliveLimit;

    private bool IsSilent(Member peer, TimeSpan now) => IsExpired(now - peer.LastHeard);

    private bool IsDeaf(Member peer, TimeSpan now) => IsExpired(now - peer.EchoedAt);

    private void Publish()
    {
        CheckState();
        Volatile.Write(ref _snapshot, new EngineSnapshot(
            State, LeaderName, _term, Parts.Fence.Holds && _isPermitted, _table,
            [.. _held.Select(entry => new HeldAddress(entry.Key, entry.Value.Sequence))],
            [.. _members.Select(member => new MemberStatus(
                member.Name,
                member == _self ? State : member.Alive ? member.State : MemberState.Disconnected,
                member == _self || member.Alive))]));
    }

    private void Raise(
        NodeEventKind kind, string node, System.Net.IPAddress? address = null, MemberState? state = null) =>
        Changed?.Invoke(new NodeEvent(Parts.Clock.Sequence, kind, node) { Address = address, State = state });
}
