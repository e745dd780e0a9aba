namespace Torture.Requirements;

// WitnessrAsyncNotify, opnum 3 (3.1.4.4).
public static partial class Swn
{
    /// <summary>AsyncNotify is opnum 3: it ends only on event, time-out, unregistration or connection loss.</summary>
    [Requirement("3.1.4.4", Level.Defines)]
    public const string AsyncNotifyMethod = "SWN-R097";

    /// <summary>AsyncNotify returns one of its documented codes or ERROR_TIMEOUT.</summary>
    [Requirement("3.1.4.4", Level.Defines)]
    public const string AsyncNotifyStatuses = "SWN-R098";

    /// <summary>AsyncNotify on an unknown handle returns ERROR_NOT_FOUND at once.</summary>
    [Requirement("3.1.4.4", Level.Must)]
    public const string AsyncNotifyUnknownHandle = "SWN-R099";

    /// <summary>Accepting an AsyncNotify sets LastUseTime and marks the registration as waiting.</summary>
    [Requirement("3.1.4.4", Level.Must)]
    public const string AsyncNotifyStartsUse = "SWN-R100";

    /// <summary>AsyncNotify waits until a notification of any kind is pending.</summary>
    [Requirement("3.1.4.4", Level.Must, Note = "The text names only two of the four kinds (A3).")]
    public const string AsyncNotifyWaits = "SWN-R101";

    /// <summary>What became pending before the call is delivered by the next call, without a new event.</summary>
    [Requirement("3.1.4.4", Level.Must)]
    public const string EventBeforeCallDelivered = "SWN-R102";

    /// <summary>All queued changes come in one RESOURCE_CHANGE response, an entry each.</summary>
    [Requirement("3.1.4.4", Level.Must)]
    public const string ResourceChangeDelivered = "SWN-R103";

    /// <summary>An entry has its own Length, UNAVAILABLE or AVAILABLE, and the resource name.</summary>
    [Requirement("3.1.4.4", Level.Must)]
    public const string ResourceChangeEntry = "SWN-R104";

    /// <summary>A client move comes as MessageType CLIENT_MOVE with one IPADDR_INFO_LIST.</summary>
    [Requirement("3.1.4.4", Level.Must)]
    public const string ClientMoveDelivered = "SWN-R105";

    /// <summary>CLIENT_MOVE lists one IPADDR_INFO for each interface of the destination's group.</summary>
    [Requirement("3.1.4.4", Level.Must)]
    public const string ClientMoveAddresses = "SWN-R106";

    /// <summary>CLIENT_MOVE marks an AVAILABLE interface ONLINE and an UNAVAILABLE one OFFLINE.</summary>
    [Requirement("3.1.4.4", Level.Must)]
    public const string ClientMoveOnlineFlags = "SWN-R107";

    /// <summary>CLIENT_MOVE carries the addresses that the interface has, each with its family flag.</summary>
    [Requirement("3.1.4.4", Level.Must, Note = "A dual-stack interface needs two entries (A13).")]
    public const string ClientMoveFamilyFlags = "SWN-R108";

    /// <summary>
    /// SHARE_MOVE goes to version 2 registrations with a pending share move, as one IPADDR_INFO_LIST.
    /// </summary>
    [Requirement("3.1.4.4", Level.Must)]
    public const string ShareMoveDelivered = "SWN-R109";

    /// <summary>IP_CHANGE goes to version 2 registrations with a pending IP change, as one IPADDR_INFO_LIST.</summary>
    [Requirement("3.1.4.4", Level.Must)]
    public const string IpChangeDelivered = "SWN-R110";

    /// <summary>What was delivered is no longer pending: each event is reported once.</summary>
    [Requirement("3.1.4.4", Level.Must)]
    public const string DeliveredOnce = "SWN-R111";

    /// <summary>Answering an AsyncNotify sets LastUseTime and ends the waiting.</summary>
    [Requirement("3.1.4.4", Level.Must)]
    public const string AsyncNotifyEndsUse = "SWN-R112";

    /// <summary>ERROR_SUCCESS comes with a notification, an error without.</summary>
    [Requirement("3.1.4.4", Level.Must)]
    public const string NotificationOnSuccessOnly = "SWN-R113";

    /// <summary>
    /// A response carries one kind, in the order change, client move, share move, IP change; the rest stays pending.
    /// </summary>
    [Requirement("3.1.4.4", Level.Defines)]
    public const string OneKindPerResponse = "SWN-R114";

    /// <summary>Of two AsyncNotify calls on one handle an event completes one.</summary>
    [Requirement("derived", Level.Defines, Note = "Unspecified (A16).")]
    public const string ConcurrentNotify = "SWN-R115";

    /// <summary>A cancelled AsyncNotify ends with a fault.</summary>
    [Requirement("derived (MS-RPCE cancel)", Level.Defines, Note = "nca_s_fault_cancel in Samba, 0x6BA in Windows.")]
    public const string CancelledNotify = "SWN-R116";

    /// <summary>While an AsyncNotify is pending, other calls on its connection are served.</summary>
    [Requirement("derived", Level.Defines)]
    public const string PendingNotifyHoldsUpNothing = "SWN-R117";

    /// <summary>A client is told sooner than its own time-outs would tell it.</summary>
    [Requirement("derived", Level.Defines)]
    public const string NotifiedPromptly = "SWN-R118";
}
