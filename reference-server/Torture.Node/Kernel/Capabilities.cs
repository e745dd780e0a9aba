using System.Globalization;
using Torture.ReferenceServer.Control;

namespace Torture.Node.Kernel;

/// <summary>What this process may do (capabilities(7)).</summary>
internal static class Capabilities
{
    private static readonly (string Name, int Bit)[] Network = [("NET_ADMIN", 12), ("NET_RAW", 13)];

    /// <exception cref="ConfigurationException">Something is missing; says how to give it.</exception>
    public static void RequireNetwork()
    {
        if (WhyNot(File.ReadLines("/proc/self/status")) is { } reason)
        {
            throw new ConfigurationException(reason);
        }
    }

    /// <param name="status">Lines of /proc/PID/status.</param>
    internal static string? WhyNot(IEnumerable<string> status)
    {
        const string effective = "CapEff:";
        var line = status.FirstOrDefault(line => line.StartsWith(effective, StringComparison.Ordinal));
        var held = ulong.TryParse(
            line.AsSpan(line is null ? 0 : effective.Length).Trim(), NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture, out var bits) ? bits : 0;
        var missing = Network.Where(capability => (held & (1UL << capability.Bit)) == 0).Select(c => c.Name).ToArray();
        return missing.Length == 0
            ? null
            : $"no permission to move addresses: {string.Join(" and ", missing)} missing; run as root; in a container:"
                + $" {string.Join(' ', Network.Select(capability => $"--cap-add {capability.Name}"))}";
    }
}
