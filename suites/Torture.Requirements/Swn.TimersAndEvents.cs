namespace Torture.Requirements;

// Timers (3.1.5) and local events (3.1.6) of the server.
public static partial class Swn
{
    /// <summary>A registration without AsyncNotify for longer than the unused time is removed.</summary>
    [Requirement("3.1.5.1", Level.Must, Note = "Windows and Samba: 30 seconds.")]
    public const string UnusedRegistrationReaped = "SWN-R143";

    /// <summary>A registration that keeps polling, or has a call pending, is never reaped as unused.</summary>
    [Requirement("3.1.5.1", Level.Defines)]
    public const string UsedRegistrationKept = "SWN-R144";

    /// <summary>A pending AsyncNotify fails with ERROR_TIMEOUT once the keep-alive time has passed.</summary>
    [Requirement("3.1.5.2", Level.Must)]
    public const string KeepAliveElapses = "SWN-R145";

    /// <summary>ERROR_TIMEOUT never comes before the keep-alive time.</summary>
    [Requirement("3.1.5.2", Level.Defines)]
    public const string KeepAliveNeverEarly = "SWN-R146";

    /// <summary>A version 1 registration has no keep-alive; whether it is reaped as unused is left open.</summary>
    [Requirement("3.1.5", Level.Defines, Note = "Samba reaps it after 30 s (A5).")]
    public const string Version1Timers = "SWN-R147";

    /// <summary>An event for an interface sets the state of the interface whose group and address match.</summary>
    [Requirement("3.1.6.1", Level.Must)]
    public const string InterfaceEventSetsState = "SWN-R148";

    /// <summary>An interface event queues a change for each registration of that net name and address.</summary>
    [Requirement("3.1.6.1", Level.Should, Note = "Revision 11.0 compares the net name with the group name.")]
    public const string InterfaceEventQueuesChange = "SWN-R149";

    /// <summary>An event for an unknown interface adds it to the list.</summary>
    [Requirement("3.1.6.1", Level.Must)]
    public const string InterfaceEventCreatesInterface = "SWN-R150";

    /// <summary>An interface event wakes pending GetInterfaceList and AsyncNotify calls.</summary>
    [Requirement("3.1.6.1", Level.Must)]
    public const string InterfaceEventWakes = "SWN-R151";

    /// <summary>A move request reaches all registrations of that client, and no other's.</summary>
    [Requirement("3.1.6.2", Level.Must)]
    public const string MoveReachesClient = "SWN-R152";

    /// <summary>A change of a share's owner reaches the client's registrations that named the share.</summary>
    [Requirement("3.1.6.3", Level.Must)]
    public const string ShareMoveReachesClient = "SWN-R153";

    /// <summary>A change of an address reaches the client's registrations that want IP changes.</summary>
    [Requirement("3.1.6.4", Level.Must)]
    public const string IpChangeReachesClient = "SWN-R154";

    /// <summary>The loss of the connection removes the registrations made over it.</summary>
    [Requirement("3.1.6.5", Level.Must)]
    public const string ConnectionLossRunsDown = "SWN-R155";

    /// <summary>On Windows, stopping a node that does not own the scale-out resource notifies nobody.</summary>
    [Requirement("3.1.6.1 (Windows)", Level.Defines)]
    public const string NonOwnerStopIsSilent = "SWN-R156";

    /// <summary>After a failover a client hears UNAVAILABLE and then AVAILABLE, also if it polls late.</summary>
    [Requirement("3.1.6.1 (sequence)", Level.Defines)]
    public const string UnavailableThenAvailable = "SWN-R157";
}
