namespace Torture.ReferenceServer.Failover;

/// <summary>Time that only goes forward, also while the process is stopped.</summary>
public sealed class MonotonicClock(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();

    public TimeProvider Provider => time;

    /// <summary>Since the clock was made.</summary>
    public TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>Nanoseconds that all processes of a host count alike: orders events over nodes.</summary>
    public long Sequence => (long)(time.GetTimestamp() * (1e9 / time.TimestampFrequency));
}
