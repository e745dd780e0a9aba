using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.ReferenceServer.Control;
using Torture.Targets.Containers.Engine;
using Torture.Targets.Containers.Images;
using Torture.Targets.Reference;

namespace Torture.Targets.Containers.Clusters;

/// <summary>
/// The reference cluster in containers: each node has a network stack of its own, and public addresses really move.
/// </summary>
public sealed class ContainersTarget : ITarget
{
    private const string ControlFolder = "control";

    public async Task<ICluster> UpAsync(TargetOptions options, CancellationToken cancellationToken)
    {
        Require(options);
        ReferenceCluster? cluster = null;
        try
        {
            cluster = await PlanAsync(options, cancellationToken);
            await cluster.StartAsync(cancellationToken);
            return cluster;
        }
        catch (Exception failed)
        {
            if (cluster is not null)
            {
                await cluster.DisposeAsync();
            }

            throw failed is TargetUnusableException or OperationCanceledException
                ? failed
                : new TargetUnusableException($"the containers cluster does not come up: {failed.Message}", failed);
        }
    }

    public async Task<IReadOnlyList<string>> SweepAsync(CancellationToken cancellationToken)
    {
        using var mark = RunMark.Begin("sweep");
        try
        {
            using var engine = await DockerEngine.ConnectAsync(mark, cancellationToken);
            return await SweepAsync(engine, cancellationToken);
        }
        catch (EngineException none) when (none.Trouble == EngineTrouble.NoEngine)
        {
            // Without an engine nothing is left on one.
            return RunMark.SweepFolders();
        }
    }

    /// <summary>Networks are there, nodes are not yet. Ends what it made where it fails.</summary>
    private static async Task<ReferenceCluster> PlanAsync(TargetOptions options, CancellationToken cancellationToken)
    {
        var mark = RunMark.Begin(options.RunId);
        IContainerEngine? engine = null;
        try
        {
            engine = await DockerEngine.ConnectAsync(mark, cancellationToken);
            return await PlanAsync(options, engine, cancellationToken);
        }
        catch
        {
            if (engine is not null)
            {
                await Sweep.ThisRunAsync(engine, CancellationToken.None);
                engine.Dispose();
            }

            mark.Dispose();
            throw;
        }
    }

    private static async Task<ReferenceCluster> PlanAsync(
        TargetOptions options, IContainerEngine engine, CancellationToken cancellationToken)
    {
        if (!engine.IsLocal)
        {
            throw new TargetUnusableException(
                "the target containers needs an engine on this machine: its networks must be in reach");
        }

        foreach (var removed in await SweepAsync(engine, cancellationToken))
        {
            options.Log($"removed what an earlier run left: {removed}");
        }

        var images = new ClusterImages();
        await images.EnsureAsync(images.Node, engine, options.Log, cancellationToken);
        var capabilities = CapabilitiesHere(options);
        var hasIPv6 = capabilities.Has(Capability.IPv6);
        var networks = await ContainerNetworks.CreateAsync(engine, hasIPv6, cancellationToken);
        var plan = new ClusterPlan(
            options, $"containers {networks.Range}", Path.Combine(engine.Mark.Folder, ControlFolder), networks,
            new PortSettings(), hasIPv6);
        plan.Configuration = CtdbOption.In(options, plan.Configuration with
        {
            Network = new NetworkSettings(),
            Supervisor = Path.Combine(plan.ControlFolder, "fence.sock"),
        });
        var host = new ContainerHost(options, engine, images.Node, networks, plan, capabilities);
        return new ReferenceCluster(options, plan, host, CtdbOption.LimitsOf(options), capabilities);
    }

    private static async Task<IReadOnlyList<string>> SweepAsync(
        IContainerEngine engine, CancellationToken cancellationToken)
    {
        var report = await Sweep.CrashedRunsAsync(engine, cancellationToken);
        return
        [
            .. report.Removed, .. RunMark.SweepFolders(),
            .. report.Kept.Select(kept => $"not {kept}: remove it where it was made, or by hand"),
        ];
    }

    private static void Require(TargetOptions options)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            throw new TargetUnusableException(
                "the target containers needs root on Linux: its clients are addresses of this machine, and the"
                + " kernel tells what becomes of each node");
        }

        ReferenceOptions.Require(
            options, "containers", ("lock", "file"), ("capture", "off"), ("ipv6", "off"),
            (ContainerHost.PowerOff, "power-off"), ("engine", "ctdb"));
    }

    private static CapabilitySet CapabilitiesHere(TargetOptions options)
    {
        var capabilities = ReferenceOptions.WithLibpcap(ReferenceOptions.Narrow(CapabilitySet.Everything, options));
        if (CtdbOption.IsOn(options))
        {
            capabilities = CtdbOption.Of(capabilities);
        }

        return capabilities.WhyNot(Capability.Capture) is { } why
            ? capabilities.Without(Capability.LinkAddresses, why).WithoutAll(LinkFault.All, why)
            : capabilities;
    }
}
