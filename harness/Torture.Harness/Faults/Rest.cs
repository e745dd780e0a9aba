using Torture.Harness.Clusters;

namespace Torture.Harness.Faults;

/// <summary>
/// Whether a healed cluster is what it was. Where addresses may stay elsewhere, it equals its baseline but for the
/// owners, and these have not changed for a while: an address that is on its way home would move under the next case.
/// </summary>
/// <param name="stays">How long other owners must stay the same; null: they must be those of the baseline.</param>
internal sealed class Rest(ClusterObservation baseline, TimeSpan? stays)
{
    private ClusterObservation? _since;

    public bool IsReached(ClusterObservation now)
    {
        if (Effects.Recovered(baseline, now, ownersMayDiffer: false))
        {
            return true;
        }

        if (stays is null || !Effects.Recovered(baseline, now, ownersMayDiffer: true))
        {
            _since = null;
            return false;
        }

        if (_since is null || !Effects.Recovered(_since, now, ownersMayDiffer: false))
        {
            _since = now;
        }

        return now.At - _since.At >= stays;
    }
}
