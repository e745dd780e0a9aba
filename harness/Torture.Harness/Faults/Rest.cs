using Torture.Harness.Clusters;

namespace Torture.Harness.Faults;

/// <summary>
/// Whether a healed cluster is what it was. Where addresses may stay elsewhere, it equals its baseline but for the
/// owners, and these have not changed for a while: an address that is on its way home would move under the next case.
/// </summary>
public sealed class Rest(ClusterObservation baseline, bool ownersMayDiffer, Limits limits)
{
    private ClusterObservation? _since;

    public bool IsReached(ClusterObservation now)
    {
        var isBaseline = Effects.Recovered(baseline, now, ownersMayDiffer: false);
        if (!isBaseline && !(ownersMayDiffer && Effects.Recovered(baseline, now, ownersMayDiffer: true)))
        {
            _since = null;
            return false;
        }

        if (_since is null || !Effects.Recovered(_since, now, ownersMayDiffer: false) || HasReconfigured(_since, now))
        {
            _since = now;
        }

        return now.At - _since.At >= (isBaseline ? limits.Settle : limits.Rest);
    }

    private static bool HasReconfigured(ClusterObservation before, ClusterObservation now) =>
        before.Nodes.Any(node => now.Of(node.Node).Generation != node.Generation);
}
