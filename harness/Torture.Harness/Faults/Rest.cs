using Torture.Harness.Clusters;

namespace Torture.Harness.Faults;

/// <summary>
/// Whether a healed cluster is what it was. Where addresses may stay elsewhere, it equals its baseline but for the
/// owners, and these have not changed for a while: an address that is on its way home would move under the next case.
/// </summary>
public sealed class Rest(ClusterObservation baseline, bool ownersMayDiffer, Limits limits)
{
    private ClusterObservation? _since;

    /// <summary>What was not yet as it is to be, when it was last looked at.</summary>
    public string? WhyNot { get; private set; }

    public bool IsReached(ClusterObservation now)
    {
        WhyNot = Effects.WhyNotRecovered(baseline, now, ownersMayDiffer)
            ?? now.Nodes.Where(node => node.Reallocating).Select(node => $"{node.Node} has heard that addresses move")
                .FirstOrDefault();
        if (WhyNot is not null)
        {
            _since = null;
            return false;
        }

        if (_since is null || !Effects.Recovered(_since, now, ownersMayDiffer: false) || HasReconfigured(_since, now))
        {
            _since = now;
        }

        var isBaseline = Effects.Recovered(baseline, now, ownersMayDiffer: false);
        var isReached = now.At - _since.At >= (isBaseline ? limits.Settle : limits.Rest);
        WhyNot = isReached ? null : "its addresses move, or it is being reconfigured";
        return isReached;
    }

    private static bool HasReconfigured(ClusterObservation before, ClusterObservation now) =>
        before.Nodes.Any(node => now.Of(node.Node).Generation != node.Generation);
}
