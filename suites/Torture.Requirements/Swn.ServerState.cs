namespace Torture.Requirements;

// The server's abstract data model (3.1.1).
public static partial class Swn
{
    /// <summary>The server keeps an interface list, a registration list, its version and the name it serves.</summary>
    [Requirement("3.1.1.1", Level.Defines)]
    public const string ServerState = "SWN-R050";

    /// <summary>An interface has a group name, a state and an address of either family or both.</summary>
    [Requirement("3.1.1.2", Level.Defines)]
    public const string InterfaceRecord = "SWN-R051";

    /// <summary>The state kept for an interface is one of the three states of the wire.</summary>
    [Requirement("3.1.1.2", Level.Must)]
    public const string InterfaceRecordState = "SWN-R052";

    /// <summary>
    /// A registration keeps client, net name, address, a unique key, queued changes and the latest move.
    /// </summary>
    [Requirement("3.1.1.3", Level.Defines)]
    public const string RegistrationRecord = "SWN-R053";

    /// <summary>
    /// Version 2 adds share name, the wanted kinds, the latest share move and IP change, and the timers' times.
    /// </summary>
    [Requirement("3.1.1.3", Level.Defines)]
    public const string RegistrationRecordVersion2 = "SWN-R054";

    /// <summary>LastUseTime is the time of registration or of the last AsyncNotify request or response.</summary>
    [Requirement("3.1.1.3", Level.Defines)]
    public const string LastUseTime = "SWN-R055";

    /// <summary>Resource changes queue; of moves and IP changes only the most recent is kept.</summary>
    [Requirement("3.1.1.4-7", Level.Defines)]
    public const string ChangesQueueMovesCoalesce = "SWN-R056";

    /// <summary>A version 2 server periodically removes unused registrations.</summary>
    [Requirement("3.1.2.1", Level.Must)]
    public const string UnusedRegistrationTimer = "SWN-R057";

    /// <summary>A version 2 server periodically looks for AsyncNotify calls past their keep-alive.</summary>
    [Requirement("3.1.2.2", Level.Must)]
    public const string PendingTimer = "SWN-R058";

    /// <summary>
    /// At start there are no registrations, the interfaces and the name are configured, the version is the highest.
    /// </summary>
    [Requirement("3.1.3", Level.Must)]
    public const string Initialisation = "SWN-R059";
}
