namespace Torture.Requirements;

// The nodes among themselves.
public static partial class Ctdb
{
    /// <summary>A workload is served again within the target's failover limit.</summary>
    [Requirement("Failover", Level.Must)]
    public const string FailoverWithin = "CTDB-016";

    /// <summary>No operation that was acknowledged is lost or undone by a failover.</summary>
    [Requirement("Failover", Level.Must)]
    public const string NoAcknowledgedOperationLost = "CTDB-017";

    /// <summary>No generation has two leaders.</summary>
    [Requirement("Cluster", Level.Must)]
    public const string OneLeader = "CTDB-018";

    /// <summary>Each recovery has a generation greater than the one before.</summary>
    [Requirement("Cluster", Level.Must)]
    public const string GenerationGrows = "CTDB-019";

    /// <summary>Only a node that holds the cluster lock leads.</summary>
    [Requirement("Cluster", Level.Must)]
    public const string LeaderHoldsLock = "CTDB-020";

    /// <summary>After the loss of the leader another node leads and the addresses are served.</summary>
    [Requirement("Cluster", Level.Must)]
    public const string LeaderLossSurvived = "CTDB-021";

    /// <summary>A leader whose lock expired stops leading before another one starts.</summary>
    [Requirement("Cluster", Level.Must)]
    public const string LockLossStopsServing = "CTDB-022";

    /// <summary>Two nodes lost at once are survived as long as one node gets the lock.</summary>
    [Requirement("Cluster", Level.Must)]
    public const string TwoFailuresSurvived = "CTDB-023";

    /// <summary>A node that fails and returns again and again leaves a cluster that converges when it stops.</summary>
    [Requirement("Cluster", Level.Must)]
    public const string FlappingSurvived = "CTDB-024";

    /// <summary>A node that was healed takes part again and may own addresses.</summary>
    [Requirement("Cluster", Level.Must)]
    public const string NodeReturns = "CTDB-025";

    /// <summary>
    /// Restarting one node after the other leaves every address served all but the time of each failover.
    /// </summary>
    [Requirement("Cluster", Level.Must)]
    public const string RollingRestartSurvived = "CTDB-026";

    /// <summary>A banned node takes no part until its ban ends.</summary>
    [Requirement("Cluster", Level.Must)]
    public const string BannedNodeStaysOut = "CTDB-027";

    /// <summary>
    /// While the recovery lock cannot be had, nobody takes an address, and afterwards the cluster recovers.
    /// </summary>
    [Requirement("Cluster", Level.Should)]
    public const string StalledLockStalls = "CTDB-028";

    /// <summary>
    /// A node whose links are slow, but quicker than the limit of silence, stays in the cluster with its addresses.
    /// </summary>
    [Requirement("Cluster", Level.Must)]
    public const string SlowIsNotDead = "CTDB-048";
}
