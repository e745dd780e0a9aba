using Torture.Harness.Clusters;
using Torture.Targets.Reference;

namespace Torture.Targets.Hooks;

/// <summary>
/// Turns observations that follow each other into the cluster's events. What changed between two looks is told with
/// the time of the first: it happened then or a little later, never before.
/// </summary>
internal sealed class ObservationWatch(Action<ClusterEvent> tell, TimeProvider time, TimeSpan pace) : IDisposable
{
    /// <summary>A look asks one node after the other: both may claim an address that moves meanwhile.</summary>
    private readonly OwnershipLedger _ledger = new(tell, time, 8 * pace + TimeSpan.FromSeconds(1));
    private readonly Lock _gate = new();
    private ClusterObservation? _last;
    private long _sequence;

    public void See(ClusterObservation now)
    {
        lock (_gate)
        {
            if (_last is { } last && now.At > last.At)
            {
                Compare(last, now);
            }
            else if (_last is null)
            {
                Begin(now);
            }

            _last = _last is null || now.At > _last.At ? now : _last;
        }
    }

    public void Dispose() => _ledger.Dispose();

    /// <summary>The run looked for itself who owns what at the beginning: that is no event.</summary>
    private void Begin(ClusterObservation now)
    {
        foreach (var node in now.Nodes)
        {
            foreach (var address in node.Owned)
            {
                _ledger.Taken(now.At, address.Address, node.Node, ++_sequence);
            }
        }
    }

    private void Compare(ClusterObservation last, ClusterObservation now)
    {
        foreach (var was in last.Nodes)
        {
            var node = now.Of(was.Node);
            foreach (var lost in was.Owned.Except(node.Owned))
            {
                _ledger.Released(last.At, lost.Address, was.Node, ++_sequence);
            }
        }

        foreach (var was in last.Nodes)
        {
            var node = now.Of(was.Node);
            foreach (var gained in node.Owned.Except(was.Owned))
            {
                _ledger.Taken(last.At, gained.Address, was.Node, ++_sequence);
            }

            if (node.State != was.State)
            {
                tell(new ClusterEvent.NodeStateChanged(last.At, was.Node, node.State));
            }
        }
    }
}
