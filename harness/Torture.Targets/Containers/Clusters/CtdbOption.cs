using Torture.Harness.Clusters;
using Torture.ReferenceServer.Control;
using Torture.Targets.Reference;

namespace Torture.Targets.Containers.Clusters;

/// <summary>
/// The target containers-ctdb, or <c>--set engine=ctdb</c>: the nodes start a real ctdbd each, and what that decides is
/// what they serve. With <c>--set profile=ctdb</c> it has CTDB's own times, else such of about a second.
/// </summary>
internal static class CtdbOption
{
    /// <summary>A node waits no longer for a daemon that runs and does not answer, seconds.</summary>
    private const double StartTimeout = 40;

    /// <summary>So often each node asks its daemon, seconds, which has little time beside its scripts.</summary>
    private const double Asking = 0.3;

    /// <summary>Without an answer for so many times of asking it serves no more.</summary>
    private const int Unanswered = 5;

    /// <summary>A client that waits for a failover does not poll meanwhile.</summary>
    private static readonly TimeSpan UnusedRegistration = TimeSpan.FromSeconds(15);

    public static bool IsOn(TargetOptions options) =>
        options.Name == "containers-ctdb" || options.Settings.GetValueOrDefault("engine") == "ctdb";

    private static EngineSettings EngineOf(TargetOptions options) => new()
    {
        Kind = EngineKind.Ctdb,
        StartTimeout = StartTimeout,
        Daemon = ReferenceLimits.IsFast(options) ? DaemonSettings.Fast : new DaemonSettings(),
    };

    public static ClusterConfiguration In(TargetOptions options, ClusterConfiguration cluster) => IsOn(options)
        ? cluster with
        {
            Engine = EngineOf(options),
            UnusedRegistrationTimeout = UnusedRegistration.TotalSeconds,
            Profile = ReferenceLimits.IsFast(options)
                ? cluster.Profile with { KeepAliveInterval = Asking, KeepAliveLimit = Unanswered }
                : cluster.Profile,
        }
        : cluster;

    /// <summary>CTDB counts in seconds, and starts processes for all that it does.</summary>
    public static Limits LimitsOf(TargetOptions options)
    {
        var limits = ReferenceLimits.Of(options);
        return IsOn(options)
            ? limits with
            {
                Announcement = TimeSpan.FromSeconds(5),
                Failover = ReferenceLimits.IsFast(options) ? TimeSpan.FromSeconds(20) : TimeSpan.FromSeconds(60),
                AbandonedTakeover = TimeSpan.FromSeconds(60),
                Notification = TimeSpan.FromSeconds(5),
                Effect = ReferenceLimits.IsFast(options) ? TimeSpan.FromSeconds(20) : TimeSpan.FromSeconds(90),
                Recovery = TimeSpan.FromSeconds(90),
                Rest = TimeSpan.FromSeconds(2.5),
                Settle = TimeSpan.FromSeconds(2),
                UnusedRegistration = UnusedRegistration,
                Case = ReferenceLimits.IsFast(options) ? TimeSpan.FromMinutes(4) : TimeSpan.FromMinutes(7),
            }
            : limits;
    }

    public static CapabilitySet Of(CapabilitySet capabilities) => capabilities
        .Without(Capability.LoseRecoveryLock, "CTDB lets go of nothing when its lock is lost");
}
