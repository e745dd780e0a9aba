namespace Torture.SelfTests.Failover.Locks;

/// <summary>
/// Time of a cluster of locks: it stands until it is advanced. A look at it can be the moment at which something else
/// happens first.
/// </summary>
internal sealed class ContendersClock : TimeProvider
{
    private long _now;
    private int _looks;
    private Action? _before;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>What the wall clock says, which nobody may go by.</summary>
    public DateTimeOffset Wall { get; set; } = DateTimeOffset.UnixEpoch;

    public override DateTimeOffset GetUtcNow() => Wall;

    public override long GetTimestamp()
    {
        if (_before is { } action && --_looks == 0)
        {
            _before = null;
            action();
        }

        return Volatile.Read(ref _now);
    }

    /// <summary>So much later than now.</summary>
    public TimeSpan Plus(TimeSpan more) => new TimeSpan(_now) + more;

    public void Advance(TimeSpan by) => Volatile.Write(ref _now, _now + by.Ticks);

    /// <summary>Does it just before the look that comes after so many others.</summary>
    public void BeforeLook(int number, Action action) => (_looks, _before) = (number, action);
}
