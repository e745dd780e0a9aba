using Torture.Harness.Clusters;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Reference;

/// <summary>What a reference cluster promises.</summary>
internal static class ReferenceLimits
{
    public static readonly TimeSpan UnusedRegistration = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan Sweep = TimeSpan.FromSeconds(0.25);

    /// <summary>The fast profile, or with <c>--set profile=ctdb</c> CTDB's own intervals.</summary>
    public static bool IsFast(TargetOptions options) => options.Settings.GetValueOrDefault("profile") != "ctdb";

    public static FailoverProfile ProfileOf(TargetOptions options) =>
        options.Settings.GetValueOrDefault("profile") switch
        {
            "ctdb" => new FailoverProfile(),
            "sparse" => FailoverProfile.Sparse,
            _ => FailoverProfile.Fast,
        };

    public static Limits Of(TargetOptions options)
    {
        var isFast = IsFast(options);
        return new()
        {
            Failover = isFast ? TimeSpan.FromSeconds(5) : TimeSpan.FromSeconds(45),
            Announcement = TimeSpan.FromSeconds(3),
            Notification = TimeSpan.FromSeconds(2),
            Effect = isFast ? TimeSpan.FromSeconds(10) : TimeSpan.FromSeconds(60),
            Recovery = isFast ? TimeSpan.FromSeconds(15) : TimeSpan.FromSeconds(60),
            UnusedRegistration = UnusedRegistration,
            Sweep = Sweep,
            Case = isFast ? TimeSpan.FromSeconds(60) : TimeSpan.FromMinutes(5),
        };
    }
}
