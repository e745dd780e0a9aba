using Torture.Captures;
using Torture.Harness.Clusters;

namespace Torture.Targets.Reference;

/// <summary>What the targets with nodes of the reference server make of a run's options alike.</summary>
internal static class ReferenceOptions
{
    private static readonly (string Setting, Capability Capability)[] Switches =
        [("capture", Capability.Capture), ("ipv6", Capability.IPv6)];

    /// <param name="settings">Each with the one value that the target knows.</param>
    /// <exception cref="TargetUnusableException">A value that it does not know, or too many nodes.</exception>
    public static void Require(
        TargetOptions options, string target, params ReadOnlySpan<(string Setting, string Known)> settings)
    {
        if (options.Nodes is < 1 or > 8)
        {
            throw new TargetUnusableException($"the target {target} has 1 to 8 nodes, not {options.Nodes}");
        }

        foreach (var (setting, known) in settings)
        {
            if (options.Settings.TryGetValue(setting, out var value) && value != known)
            {
                throw new TargetUnusableException(
                    $"--set {setting}={value}: the target {target} knows {setting}={known}");
            }
        }
    }

    /// <summary>Without what the run's settings and its nodes do not give.</summary>
    public static CapabilitySet Narrow(CapabilitySet capabilities, TargetOptions options)
    {
        if (!ClusterPlan.IsFileLock(options))
        {
            capabilities = capabilities.Without(
                Capability.StallRecoveryLock, "the lease of a frozen holder ends by itself: --set lock=file");
        }

        if (options.Nodes < 3)
        {
            capabilities = capabilities.Without(Capability.ThreeNodes, $"the cluster has {options.Nodes}: --nodes 3");
        }

        foreach (var (setting, capability) in Switches)
        {
            if (options.Settings.GetValueOrDefault(setting) == "off")
            {
                capabilities = capabilities.Without(capability, $"switched off by --set {setting}=off");
            }
        }

        return capabilities;
    }

    /// <summary>Without captures, where this machine cannot make them.</summary>
    public static CapabilitySet WithLibpcap(CapabilitySet capabilities) =>
        LibpcapDevice.WhyNot() is { } reason ? capabilities.Without(Capability.Capture, reason) : capabilities;
}
