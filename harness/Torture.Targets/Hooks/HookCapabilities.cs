using System.Net.Sockets;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;

namespace Torture.Targets.Hooks;

/// <summary>What a target file and this machine make possible, and what to write or grant for the rest.</summary>
internal static class HookCapabilities
{
    private const string Page = "docs/targets-and-hooks.md";

    public static CapabilitySet Of(TargetFile file, bool isInteractive, string? captureOff)
    {
        var missing = new SortedDictionary<Capability, string>();
        foreach (var verb in HookVerb.All)
        {
            if (WhyNot(verb, file, isInteractive) is { } reason)
            {
                missing[verb.Capability] = reason;
            }
        }

        foreach (var (capability, reason) in OfTopology(file))
        {
            missing[capability] = reason;
        }

        foreach (var link in LinkFault.All)
        {
            missing[link] = "nothing says yet how a link of hooks that is bad is seen to act";
        }

        missing[Capability.FailEnumeration] = "no hook can make a share enumeration fail";
        if (WhyNoCapture(file.Capture, captureOff) is { } why)
        {
            missing[Capability.Capture] = missing[Capability.LinkAddresses] = why;
        }

        foreach (var (capability, reason) in file.Lacks)
        {
            missing[capability] = $"{reason} (lacks, in {file.Path})";
        }

        return missing.Aggregate(
            CapabilitySet.Everything, (set, lack) => set.Without(lack.Key, lack.Value));
    }

    private static string? WhyNot(HookVerb verb, TargetFile file, bool isInteractive) =>
        !file.Hooks.TryGetValue(verb.Name, out var hook) ? $"write the hook {verb.Name} in {file.Path} ({Page})"
        : !file.MayBreak ? $"{file.Path} is read-only: write mode: faults, and {verb.Name} under allow"
        : !file.Allowed.Contains(verb.Name) ? $"{verb.Name} is not allowed: write it under allow in {file.Path}"
        : !isInteractive && new[] { hook.Do, hook.Undo, hook.Verify }.Any(step => step is ManualStep)
            ? $"{verb.Name}: {HookTerminal.Nobody}"
            : null;

    private static IEnumerable<(Capability, string)> OfTopology(TargetFile file)
    {
        if (file.Nodes.Count < 3)
        {
            yield return (Capability.ThreeNodes, $"{file.Path} has {file.Nodes.Count} of three nodes");
        }

        if (file.Shares.All(share => share.Kind != ShareKind.ScaleOut))
        {
            yield return (Capability.ScaleOutShare, $"name a share of kind scaleOut in {file.Path}");
        }

        if (file.Shares.All(share => share.Kind != ShareKind.Failover))
        {
            yield return (Capability.FailoverShare, $"name a share of kind failover in {file.Path}");
        }

        if (file.Accounts.Count < 2)
        {
            yield return (Capability.SecondAccount, $"name a second account in {file.Path}");
        }

        if (file.Ports is not { EndpointMapper: 135, Smb: 445 })
        {
            yield return (
                Capability.WellKnownPorts,
                $"{file.Path} has the ports {file.Ports.EndpointMapper} and {file.Ports.Smb} for 135 and 445");
        }

        if (file.Nodes.Any(node => node.Address6 is null)
            || file.PublicAddresses.All(one => one.Address.AddressFamily != AddressFamily.InterNetworkV6))
        {
            yield return (
                Capability.IPv6, $"give address6 for every node and a public address of IPv6 in {file.Path}");
        }
        else if (ClientAddresses.WhyNotIPv6(file) is { } reason)
        {
            yield return (Capability.IPv6, reason);
        }
    }

    private static string? WhyNoCapture(CaptureSettings capture, string? off) =>
        off == "off" ? "switched off by --set capture=off"
        : capture.Interfaces.Count == 0 ? "name the interfaces of this machine under capture"
        : capture.Interfaces.Select(name => LibpcapDevice.WhyNot(name)).FirstOrDefault(reason => reason is not null);
}
