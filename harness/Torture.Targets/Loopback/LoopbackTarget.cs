using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.ReferenceServer.Control;
using Torture.Targets.Frauds;
using Torture.Targets.Reference;

namespace Torture.Targets.Loopback;

/// <summary>
/// The reference cluster as processes of this machine, on addresses of 127.0.0.0/8: no container engine, no
/// configuration. As root with IPv6 and on the well-known ports.
/// </summary>
public sealed class LoopbackTarget : ITarget
{
    public async Task<ICluster> UpAsync(TargetOptions options, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new TargetUnusableException("the target loopback needs Linux: use a target file, or a Linux machine");
        }

        ReferenceOptions.Require(
            options, "loopback", ("nemesis", "null"), ("observer", "lying"), ("lock", "file"));
        var isRoot = Environment.IsPrivilegedProcess;
        var ports = isRoot ? new PortSettings() : new PortSettings { EndpointMapper = 10135, Smb = 10445 };
        foreach (var removed in LoopbackNetwork.Sweep())
        {
            options.Log($"removed what an earlier run left: {removed}");
        }

        var network = LoopbackNetwork.Claim(ports.EndpointMapper);
        ReferenceCluster? cluster = null;
        try
        {
            cluster = Plan(options, network, ports, CapabilitiesHere(isRoot, options));
            await cluster.StartAsync(cancellationToken);
            return Fraud.Around(cluster, options);
        }
        catch (Exception failed)
        {
            if (cluster is not null)
            {
                await cluster.DisposeAsync();
            }
            else
            {
                network.Dispose();
            }

            throw failed is TargetUnusableException or OperationCanceledException
                ? failed
                : new TargetUnusableException($"the loopback cluster does not come up: {failed.Message}", failed);
        }
    }

    public Task<IReadOnlyList<string>> SweepAsync(CancellationToken cancellationToken) =>
        Task.FromResult(OperatingSystem.IsLinux() ? LoopbackNetwork.Sweep() : []);

    private static ReferenceCluster Plan(
        TargetOptions options, LoopbackNetwork network, PortSettings ports, CapabilitySet capabilities)
    {
        var hasIPv6 = capabilities.Has(Capability.IPv6);
        var plan = new ClusterPlan(
            options, $"loopback {network.Prefix}", LoopbackTraces.NewControlFolder(), network, ports, hasIPv6);
        plan.Configuration = plan.Configuration with
        {
            Supervisor = Path.Combine(plan.ControlFolder, "keep.sock"),
            Routes = hasIPv6 ? [network.Prefix6] : [],
        };
        var host = new LoopbackHost(options, network, plan, capabilities);
        return new ReferenceCluster(options, plan, host, ReferenceLimits.Of(options), capabilities);
    }

    private static CapabilitySet CapabilitiesHere(bool isRoot, TargetOptions options)
    {
        var capabilities = CapabilitySet.Everything
            .Without(Capability.LinkAddresses, "loopback has no link addresses: use the target containers")
            .WithoutAll(LinkFault.All, "loopback has no links that could be bad: use the target containers");
        if (!isRoot)
        {
            capabilities = capabilities
                .Without(Capability.IPv6, "addresses of IPv6 on lo need root: run as root")
                .Without(Capability.WellKnownPorts, "ports 135 and 445 need root: 10135 and 10445 stand in for them");
        }

        return ReferenceOptions.WithLibpcap(ReferenceOptions.Narrow(capabilities, options));
    }
}
