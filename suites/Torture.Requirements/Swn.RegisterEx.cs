namespace Torture.Requirements;

// WitnessrRegisterEx, opnum 4 (3.1.4.5).
public static partial class Swn
{
    /// <summary>RegisterEx is opnum 4, version 2 only: it adds a share name, flags and a keep-alive time.</summary>
    [Requirement("3.1.4.5", Level.Defines)]
    public const string RegisterExMethod = "SWN-R119";

    /// <summary>RegisterEx returns one of its documented codes.</summary>
    [Requirement("3.1.4.5", Level.Defines)]
    public const string RegisterExStatuses = "SWN-R120";

    /// <summary>A client sets Flags to NONE or IP_NOTIFICATION.</summary>
    [Requirement("3.1.4.5", Level.Must)]
    public const string RegisterExFlags = "SWN-R121";

    /// <summary>
    /// Without IP_NOTIFICATION a registration hears of its own address only, with it of any eligible one.
    /// </summary>
    [Requirement("3.1.4.5", Level.Defines)]
    public const string IpNotificationScope = "SWN-R122";

    /// <summary>KeepAliveTimeout counts seconds that the server may hold an AsyncNotify.</summary>
    [Requirement("3.1.4.5", Level.Defines)]
    public const string KeepAliveInSeconds = "SWN-R123";

    /// <summary>RegisterEx with a version other than 2 fails with ERROR_REVISION_MISMATCH.</summary>
    [Requirement("3.1.4.5", Level.Must)]
    public const string RegisterExRevisionMismatch = "SWN-R124";

    /// <summary>
    /// RegisterEx with a NULL net name, address or client name fails with ERROR_INVALID_PARAMETER; the share name may
    /// be NULL.
    /// </summary>
    [Requirement("3.1.4.5", Level.Must)]
    public const string RegisterExNullParameter = "SWN-R125";

    /// <summary>RegisterEx of a net name that is not the server's fails with ERROR_INVALID_PARAMETER.</summary>
    [Requirement("3.1.4.5", Level.Must)]
    public const string RegisterExUnknownNetName = "SWN-R126";

    /// <summary>
    /// With a share name, RegisterEx fails with ERROR_INVALID_STATE if shares cannot be enumerated or there are none.
    /// </summary>
    [Requirement("3.1.4.5", Level.Must)]
    public const string RegisterExNoShares = "SWN-R127";

    /// <summary>Where no share is scale-out, RegisterEx ignores the share name.</summary>
    [Requirement("3.1.4.5", Level.Must)]
    public const string RegisterExShareIgnored = "SWN-R128";

    /// <summary>Where a share is scale-out, RegisterEx of an unknown share fails with ERROR_INVALID_STATE.</summary>
    [Requirement("3.1.4.5", Level.Must)]
    public const string RegisterExUnknownShare = "SWN-R129";

    /// <summary>
    /// RegisterEx for a scale-out share with an address outside the interface list fails with ERROR_INVALID_STATE.
    /// </summary>
    [Requirement("3.1.4.5", Level.Must, Note = "Samba checks the address always (A7).")]
    public const string RegisterExAddressNotInList = "SWN-R130";

    /// <summary>RegisterEx keeps what was asked, starts the use time, and has nothing pending.</summary>
    [Requirement("3.1.4.5", Level.Must)]
    public const string RegisterExCreatesRegistration = "SWN-R131";

    /// <summary>A registration wants share moves exactly if it named a share.</summary>
    [Requirement("3.1.4.5", Level.Must)]
    public const string ShareNotificationWanted = "SWN-R132";

    /// <summary>A registration wants IP changes exactly if it set IP_NOTIFICATION.</summary>
    [Requirement("3.1.4.5", Level.Must)]
    public const string IpNotificationWanted = "SWN-R133";

    /// <summary>RegisterEx returns the key in ppContext with ERROR_SUCCESS.</summary>
    [Requirement("3.1.4.5", Level.Must)]
    public const string RegisterExReturnsHandle = "SWN-R134";

    /// <summary>A KeepAliveTimeout of 0 is accepted, and AsyncNotify then ends with ERROR_TIMEOUT.</summary>
    [Requirement("3.1.4.5", Level.Defines, Note = "Samba takes 0 as no time-out (A15).")]
    public const string KeepAliveZero = "SWN-R135";

    /// <summary>On Windows the first AsyncNotify for an asymmetric share returns a SHARE_MOVE at once.</summary>
    [Requirement("3.1.4.5", Level.Defines)]
    public const string ShareMoveAtOnce = "SWN-R136";
}
