using Torture.Harness.Clusters;

namespace Torture.Targets.Loopback;

/// <summary>What the reference cluster promises on loopback.</summary>
internal static class LoopbackLimits
{
    public static readonly TimeSpan UnusedRegistration = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan Sweep = TimeSpan.FromSeconds(0.25);

    /// <param name="isFast">With the fast profile; else with CTDB's own intervals.</param>
    public static Limits Of(bool isFast) => new()
    {
        Failover = isFast ? TimeSpan.FromSeconds(5) : TimeSpan.FromSeconds(45),
        Notification = TimeSpan.FromSeconds(2),
        Effect = isFast ? TimeSpan.FromSeconds(10) : TimeSpan.FromSeconds(60),
        Recovery = isFast ? TimeSpan.FromSeconds(15) : TimeSpan.FromSeconds(60),
        UnusedRegistration = UnusedRegistration,
        Sweep = Sweep,
        Case = isFast ? TimeSpan.FromSeconds(60) : TimeSpan.FromMinutes(5),
    };
}
