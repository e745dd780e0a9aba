using Torture.Harness.Clusters;

namespace Torture.Targets.Frauds;

/// <summary>Frauds test the tester: <c>--set nemesis=null</c>, <c>--set observer=lying</c>.</summary>
internal static class Fraud
{
    public static ICluster Around(ICluster cluster, TargetOptions options) =>
        options.Settings.ContainsKey("nemesis") ? new NullNemesis(cluster)
        : options.Settings.ContainsKey("observer") ? new LyingObserver(cluster)
        : cluster;
}
