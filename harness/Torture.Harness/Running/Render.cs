using Torture.Harness.Clusters;

namespace Torture.Harness.Running;

/// <summary>Values as failures show them.</summary>
internal static partial class Render
{
    public static string Cluster(ClusterObservation? seen) =>
        seen is null
            ? "never observed"
            : string.Join("; ", seen.Nodes.Select(node =>
                $"{node.Node} {(node.Reachable ? node.State.ToString() : "unreachable")}"
                + $" [{string.Join(", ", node.Owned)}]"));
}
