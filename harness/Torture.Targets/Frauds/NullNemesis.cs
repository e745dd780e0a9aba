using Torture.Harness.Clusters;
using Torture.Harness.Faults;

namespace Torture.Targets.Frauds;

/// <summary>Breaks nothing and says that it did: every case that breaks something must be inconclusive.</summary>
internal sealed class NullNemesis(ICluster cluster) : PassingCluster(cluster)
{
    public override Task ApplyAsync(Fault fault, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task HealAsync(Fault fault, CancellationToken cancellationToken) => Task.CompletedTask;
}
