using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Histories;

namespace Torture.Harness.Running;

/// <summary>A cluster that is up, shared by the cases of a run: who owns what, which packet is whose.</summary>
internal sealed class RunSession : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<(PublicAddress Address, Node Owner)> _owned = [];
    private readonly HashSet<CaseRun> _cases = [];
    private readonly SemaphoreSlim _repair = new(1, 1);
    private readonly RunRecord? _record;
    private long _markers;
    private string? _broken;
    private bool _unrepairable;

    /// <param name="world">Where the cluster lives, if that is one of its own.</param>
    public RunSession(string runId, ICluster cluster, RunRecord? record = null, IWorld? world = null)
    {
        (RunId, Cluster, _record, World) = (runId, cluster, record, world);
        Router = new PacketRouter(cluster.Capture);
        cluster.Changed += OnChanged;
    }

    public string RunId { get; }

    public ICluster Cluster { get; }

    public IWorld? World { get; }

    public PacketRouter Router { get; }

    /// <summary>Learns who owns what before the first case.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (!Cluster.Capabilities.Has(Capability.Observe))
        {
            return;
        }

        var observed = await Cluster.ObserveAsync(cancellationToken);
        lock (_gate)
        {
            foreach (var node in observed.Nodes)
            {
                foreach (var address in node.Owned)
                {
                    _owned.Add((address, node.Node));
                }
            }
        }
    }

    /// <summary>From here on the case's history follows the cluster; it begins with who owns what.</summary>
    public void Enter(CaseRun run)
    {
        lock (_gate)
        {
            foreach (var (address, owner) in _owned)
            {
                run.History.Add(at => new AddressTaken(at, address, owner));
            }

            _cases.Add(run);
        }
    }

    public void Leave(CaseRun run)
    {
        lock (_gate)
        {
            _cases.Remove(run);
        }
    }

    /// <summary>Puts a marker on the wire; null without a capture.</summary>
    public async Task<(Marker Marker, FrameStamp Stamp)?> MarkAsync(
        string phase, string text, CancellationToken cancellationToken)
    {
        if (Cluster.Capture is not { } capture)
        {
            return null;
        }

        var monotonic = (long)(Cluster.Time.GetElapsedTime(0).TotalMilliseconds * 1e6);
        var marker = new Marker(RunId, Interlocked.Increment(ref _markers), monotonic, phase, text);
        return (marker, await capture.MarkAsync(marker, cancellationToken));
    }

    /// <summary>The next case gets a new cluster.</summary>
    public void Break(string reason)
    {
        lock (_gate)
        {
            _broken ??= reason;
        }
    }

    /// <summary>Rebuilds what an earlier case left broken.</summary>
    /// <exception cref="InconclusiveException">It cannot be rebuilt.</exception>
    public async Task RepairAsync(CancellationToken cancellationToken)
    {
        if (Broken() is null)
        {
            return;
        }

        await _repair.WaitAsync(cancellationToken);
        try
        {
            if (Broken() is not { } reason)
            {
                return;
            }

            if (_unrepairable || !await Cluster.RebuildAsync(cancellationToken))
            {
                _unrepairable = true;
                throw new InconclusiveException($"the cluster is not what it was: {reason}");
            }

            _record?.Note($"cluster rebuilt: {reason}");
            lock (_gate)
            {
                _broken = null;
                _owned.Clear();
            }

            await BeginAsync(cancellationToken);
        }
        finally
        {
            _repair.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cluster.Changed -= OnChanged;
        Router.Dispose();
        _repair.Dispose();
        await Cluster.DisposeAsync();
    }

    private string? Broken()
    {
        lock (_gate)
        {
            return _broken;
        }
    }

    private void OnChanged(ClusterEvent change)
    {
        lock (_gate)
        {
            Remember(change);
            foreach (var run in _cases)
            {
                Tell(run, change);
            }
        }
    }

    private void Remember(ClusterEvent change)
    {
        switch (change)
        {
            case ClusterEvent.AddressTaken taken:
                _owned.Add((taken.Address, taken.By));
                break;
            case ClusterEvent.AddressReleased released:
                _owned.Remove((released.Address, released.By));
                break;
            case ClusterEvent.NodeDied died when !_cases.Any(run => run.Breaks):
                _broken ??= $"{died.Node} died: {died.LastLogLines}";
                break;
        }
    }

    private static void Tell(CaseRun run, ClusterEvent change)
    {
        switch (change)
        {
            case ClusterEvent.AddressTaken taken:
                run.History.Add(new AddressTaken(taken.At, taken.Address, taken.By, taken.Sequence));
                break;
            case ClusterEvent.AddressReleased released:
                run.History.Add(
                    new AddressReleased(released.At, released.Address, released.By, released.Sequence));
                break;
            case ClusterEvent.NodeStateChanged changed:
                run.History.Add(new NodeStateChanged(changed.At, changed.Node, changed.State));
                break;
            case ClusterEvent.NodeDied died:
                run.Note($"{died.Node} died: {died.LastLogLines}");
                break;
        }
    }
}
