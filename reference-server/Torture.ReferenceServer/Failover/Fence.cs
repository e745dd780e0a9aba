namespace Torture.ReferenceServer.Failover;

/// <summary>
/// Permission to serve public addresses. It ends by itself: a node that was stopped for longer than it lasts finds it
/// gone before it does anything else.
/// </summary>
public class Fence(MonotonicClock clock)
{
    private long _until;

    /// <summary>Whether the node may answer on a public address now.</summary>
    public virtual bool Holds => clock.Now.Ticks < Volatile.Read(ref _until);

    /// <summary>When it ends; only ever later, until revoked.</summary>
    public TimeSpan Until => new(Volatile.Read(ref _until));

    public void Extend(TimeSpan until)
    {
        if (until.Ticks > Volatile.Read(ref _until))
        {
            Volatile.Write(ref _until, until.Ticks);
        }
    }

    /// <summary>No later than this.</summary>
    public void Shorten(TimeSpan until) => Volatile.Write(ref _until, Math.Min(Volatile.Read(ref _until), until.Ticks));

    public void Revoke() => Volatile.Write(ref _until, 0);
}
