using Torture.Harness.Clusters;
using Torture.ReferenceServer.Control;
using Torture.Targets.Frauds;
using Torture.Targets.Reference;

namespace Torture.Targets.Simulation;

/// <summary>
/// The reference cluster as objects of this process: no socket, no file, no time of day. The same seed gives the same
/// run, to the byte.
/// </summary>
public sealed class SimulationTarget : IWorldTarget
{
    public IWorld NewWorld(int seed) => new World(seed);

    public async Task<ICluster> UpAsync(TargetOptions options, CancellationToken cancellationToken)
    {
        ReferenceOptions.Require(
            options, "simulation", ("nemesis", "null"), ("observer", "lying"), ("lock", "file"));
        var world = options.World as World ?? throw new TargetUnusableException(
            "a cluster of the target simulation lives as long as a case: torture run");
        var capabilities = ReferenceOptions.Narrow(CapabilitySet.Everything, options);
        var addresses = new SimulatedAddresses();
        var secrets = world.NewRandom();
        var plan = new ClusterPlan(
            options, "simulation", options.Folder, addresses, new PortSettings(),
            capabilities.Has(Capability.IPv6), secrets.NextBytes);
        plan.Configuration = plan.Configuration with { Network = new NetworkSettings() };
        var host = new SimulationHost(world, addresses, plan, capabilities.Has(Capability.Capture));
        var cluster = new ReferenceCluster(options, plan, host, ReferenceLimits.Of(options), capabilities);
        await cluster.StartAsync(cancellationToken);
        return Fraud.Around(cluster, options);
    }
}
