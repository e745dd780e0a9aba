namespace Torture.Requirements;

// WitnessrRegister, opnum 1 (3.1.4.2).
public static partial class Swn
{
    /// <summary>Register is opnum 1 and takes a version and three strings that may be NULL on the wire.</summary>
    [Requirement("3.1.4.2", Level.Defines)]
    public const string RegisterMethod = "SWN-R072";

    /// <summary>Register returns one of its documented codes.</summary>
    [Requirement("3.1.4.2", Level.Defines)]
    public const string RegisterStatuses = "SWN-R073";

    /// <summary>Register with a version other than 1 fails with ERROR_REVISION_MISMATCH.</summary>
    [Requirement("3.1.4.2", Level.Must)]
    public const string RegisterRevisionMismatch = "SWN-R074";

    /// <summary>Register with a NULL net name, address or client name fails with ERROR_INVALID_PARAMETER.</summary>
    [Requirement("3.1.4.2", Level.Must)]
    public const string RegisterNullParameter = "SWN-R075";

    /// <summary>Register of a net name that is not the server's fails with ERROR_INVALID_PARAMETER.</summary>
    [Requirement("3.1.4.2", Level.Must)]
    public const string RegisterUnknownNetName = "SWN-R076";

    /// <summary>
    /// Where a scale-out share exists, Register of an address outside the interface list fails with
    /// ERROR_INVALID_STATE.
    /// </summary>
    [Requirement("3.1.4.2", Level.Must)]
    public const string RegisterAddressNotInList = "SWN-R077";

    /// <summary>Register checks the version, then NULLs, then the net name, then the address.</summary>
    [Requirement("3.1.4.2", Level.Defines)]
    public const string RegisterOrderOfChecks = "SWN-R078";

    /// <summary>Register keeps the client's names and address under a fresh key, with nothing pending.</summary>
    [Requirement("3.1.4.2", Level.Must)]
    public const string RegisterCreatesRegistration = "SWN-R079";

    /// <summary>
    /// A registration by Register has client version 1, no share name, and wants neither share nor IP notifications.
    /// </summary>
    [Requirement("3.1.4.2", Level.Must)]
    public const string RegisterIsVersion1 = "SWN-R080";

    /// <summary>Register returns the key in ppContext with ERROR_SUCCESS.</summary>
    [Requirement("3.1.4.2", Level.Must)]
    public const string RegisterReturnsHandle = "SWN-R081";

    /// <summary>A registration that fails returns the null context handle.</summary>
    [Requirement("3.1.4.2", Level.Defines)]
    public const string NullHandleOnFailure = "SWN-R082";

    /// <summary>
    /// A server out of resources answers ERROR_NO_SYSTEM_RESOURCES; no number of registrations is specified.
    /// </summary>
    [Requirement("3.1.4.2", Level.Defines)]
    public const string RegistrationLimit = "SWN-R083";

    /// <summary>The net name is accepted short and fully qualified, in any letter case.</summary>
    [Requirement("3.1.4.2", Level.Defines)]
    public const string NetNameSpellings = "SWN-R084";

    /// <summary>ERROR_INVALID_STATE is also the answer when the enumeration of shares itself fails.</summary>
    [Requirement("3.1.4.2", Level.Defines)]
    public const string ShareEnumerationFails = "SWN-R085";

    /// <summary>ClientComputerName may be any string and serves only to match events.</summary>
    [Requirement("derived", Level.Defines)]
    public const string ClientNameIsOpaque = "SWN-R086";

    /// <summary>IpAddress is compared as an address of its family; what is no address is refused.</summary>
    [Requirement("derived", Level.Defines)]
    public const string AddressMatchedByFormat = "SWN-R087";

    /// <summary>
    /// Strings of any length and shape get INVALID_PARAMETER or bad stub data, never a hang or a crash.
    /// </summary>
    [Requirement("derived", Level.Defines)]
    public const string StringLengthsUnbounded = "SWN-R088";
}
