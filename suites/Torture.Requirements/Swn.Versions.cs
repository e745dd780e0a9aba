namespace Torture.Requirements;

// Versions of the protocol.
public static partial class Swn
{
    /// <summary>Protocol versions are 0x00010001 and 0x00020000 and no other.</summary>
    [Requirement("1.7", Level.Defines)]
    public const string TwoVersionsExist = "SWN-R019";

    /// <summary>
    /// Version 1 has opnums 0 to 3; version 2 adds RegisterEx and, since revision 14.0, UnRegisterEx.
    /// </summary>
    [Requirement("1.7/3.1.4", Level.Defines)]
    public const string MethodsOfEachVersion = "SWN-R020";

    /// <summary>WitnessServiceVersion is the highest version that the server supports.</summary>
    [Requirement("3.1.1.1/3.1.3", Level.Must)]
    public const string ServiceVersion = "SWN-R021";

    /// <summary>WitnessClientVersion is one of the two protocol versions.</summary>
    [Requirement("3.2.1.1/3.2.3", Level.Must)]
    public const string ClientVersion = "SWN-R022";

    /// <summary>An interface version of 0xFFFFFFFF means unspecified, and a client may use version 2.</summary>
    [Requirement("4.1 + WU", Level.Defines, Note = "Windows Server 2012 R2 and later report it.")]
    public const string UnspecifiedVersion = "SWN-R023";
}
