using Torture.Harness.Clusters;

namespace Torture.SelfTests.Loopback;

/// <summary>A cluster of whose own packets nobody can read anything, as most vendors' are.</summary>
internal sealed class SilentTraffic(ICluster cluster) : PassingCluster(cluster)
{
    public override IClusterTraffic? Traffic => null;
}
