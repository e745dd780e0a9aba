namespace Torture.Requirements;

// The client (3.2).
public static partial class Swn
{
    /// <summary>
    /// A client keeps for each registration its server, address, key, handle and whether a call is outstanding.
    /// </summary>
    [Requirement("3.2.1/3.2.3", Level.Defines)]
    public const string ClientState = "SWN-R158";

    /// <summary>A client's call time-out is longer than the keep-alive that it asks for.</summary>
    [Requirement("3.2.2", Level.Defines)]
    public const string ClientCallTimeout = "SWN-R159";

    /// <summary>A client does not register a net name that is an address.</summary>
    [Requirement("3.2.4.1", Level.Must)]
    public const string ClientRefusesAddressAsNetName = "SWN-R160";

    /// <summary>A client asks the file server's address for the interface list, then closes that connection.</summary>
    [Requirement("3.2.4.1", Level.Must)]
    public const string ClientAsksForInterfaces = "SWN-R161";

    /// <summary>A client selects an AVAILABLE interface with INTERFACE_WITNESS.</summary>
    [Requirement("3.2.4.1", Level.Must)]
    public const string ClientChoosesWitness = "SWN-R162";

    /// <summary>A client connects to the flagged address of the selected interface.</summary>
    [Requirement("3.2.4.1", Level.Should)]
    public const string ClientConnectsByFamily = "SWN-R163";

    /// <summary>A version 2 client keeps the version of the entry as the server's.</summary>
    [Requirement("3.2.4.1", Level.Must)]
    public const string ClientRemembersVersion = "SWN-R164";

    /// <summary>A version 2 client that wants share or IP notifications calls RegisterEx.</summary>
    [Requirement("3.2.4.1", Level.Must)]
    public const string ClientRegistersEx = "SWN-R165";

    /// <summary>Any other client calls Register with version 1.</summary>
    [Requirement("3.2.4.1", Level.Must)]
    public const string ClientRegisters = "SWN-R166";

    /// <summary>After a registration error a client tries the other interfaces, then asks for the list again.</summary>
    [Requirement("3.2.4.1", Level.Must)]
    public const string ClientTriesOtherInterfaces = "SWN-R167";

    /// <summary>A client repeats that until it succeeds.</summary>
    [Requirement("3.2.4.1", Level.Should, Note = "Windows: every 60 seconds.")]
    public const string ClientRepeats = "SWN-R168";

    /// <summary>On success a client stores key, handle, names and what it wants.</summary>
    [Requirement("3.2.4.1", Level.Must)]
    public const string ClientStoresRegistration = "SWN-R169";

    /// <summary>
    /// A notification request without a matching registration, or with a call outstanding, is a local error.
    /// </summary>
    [Requirement("3.2.4.2", Level.Must)]
    public const string ClientFindsRegistration = "SWN-R170";

    /// <summary>A client has at most one AsyncNotify outstanding for a registration.</summary>
    [Requirement("3.2.4.2", Level.Must)]
    public const string OneNotifyOutstanding = "SWN-R171";

    /// <summary>After ERROR_TIMEOUT a version 2 client calls AsyncNotify again on the same registration.</summary>
    [Requirement("3.2.4.2", Level.Must)]
    public const string ClientPollsAgain = "SWN-R172";

    /// <summary>Any other reply of AsyncNotify ends the request and goes to the caller.</summary>
    [Requirement("3.2.4.2", Level.Must)]
    public const string ClientHandsReplyOver = "SWN-R173";

    /// <summary>Unregistering without a match, or with a call outstanding, is a local error.</summary>
    [Requirement("3.2.4.3", Level.Must)]
    public const string ClientUnregisterNeedsIdle = "SWN-R174";

    /// <summary>
    /// A version 2 client calls UnRegisterEx and falls back to UnRegister when the server does not have it.
    /// </summary>
    [Requirement("3.2.4.3", Level.Should)]
    public const string ClientUnRegistersEx = "SWN-R175";

    /// <summary>A version 1 client calls UnRegister.</summary>
    [Requirement("3.2.4.3", Level.Must)]
    public const string ClientUnRegisters = "SWN-R176";

    /// <summary>After a successful unregistration a client closes the handle and forgets the registration.</summary>
    [Requirement("3.2.4.3", Level.Must)]
    public const string ClientClosesAfterUnRegister = "SWN-R177";

    /// <summary>When its call time-out expires a client closes the connection.</summary>
    [Requirement("3.2.5", Level.Must)]
    public const string ClientGivesUpOnTimeout = "SWN-R178";

    /// <summary>A Windows client registers again only when its old registration is gone.</summary>
    [Requirement("derived", Level.Defines)]
    public const string ClientRegistersAgain = "SWN-R179";

    /// <summary>
    /// A Windows client uses the witness only for shares that are clustered and continuously available.
    /// </summary>
    [Requirement("derived", Level.Defines)]
    public const string ClientNeedsContinuousAvailability = "SWN-R180";
}
