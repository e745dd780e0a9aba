namespace Torture.Harness.Clusters;

/// <summary>What the target promises and how long the harness waits: nothing waits without one of these.</summary>
public sealed record Limits
{
    /// <summary>From the fault to the first operation that is served again.</summary>
    public TimeSpan Failover { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How much longer it takes where a leader dies amid a takeover that it leads: CTDB's other nodes begin none for a
    /// minute after the word of one that began.
    /// </summary>
    public TimeSpan AbandonedTakeover { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// From when a node tells that it has a public address, or is first heard to have it, to its first announcement, or
    /// the other way round: CTDB has first to end the script that takes it.
    /// </summary>
    public TimeSpan Announcement { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From an event to its notification on the wire.</summary>
    public TimeSpan Notification { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From a request to the answer of a call that has nothing to wait for.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From a workload's operation to its answer: beyond, the connection is given up.</summary>
    public TimeSpan Operation { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>For making a fault, and for undoing it, until the target's own means have ended.</summary>
    public TimeSpan Fault { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From applying a fault until it was seen to act.</summary>
    public TimeSpan Effect { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>From healing until the cluster equals its baseline.</summary>
    public TimeSpan Recovery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long owners other than those of the baseline must stay the same for a healed cluster to be at rest: it may
    /// still be giving addresses back.
    /// </summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a healed cluster must have looked like its baseline to be at rest, where it may yet be about to give
    /// addresses to others.
    /// </summary>
    public TimeSpan Settle { get; init; } = TimeSpan.Zero;

    /// <summary>How long nothing must come before a case says that nothing came.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Age at which a registration that nobody polls may be removed (SWN-R143).</summary>
    public TimeSpan UnusedRegistration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Period of the server's sweeps: how late a timer may act.</summary>
    public TimeSpan Sweep { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A whole case, unless it says otherwise.</summary>
    public TimeSpan Case { get; init; } = TimeSpan.FromSeconds(60);
}
