using Torture.Captures;
using Torture.Harness.Faults;

namespace Torture.Harness.Clusters;

/// <summary>What a target can read of the packets between its own nodes.</summary>
public interface IClusterTraffic
{
    /// <param name="before">The cluster before the fault.</param>
    /// <param name="packets">From the fault's marker on.</param>
    /// <returns>
    /// One line that says by which frames the fault is seen to act; null: by none so far, or its kind cannot be seen
    /// here.
    /// </returns>
    string? Shows(Fault fault, ClusterObservation before, IReadOnlyList<PacketView> packets);
}
