namespace Torture.Requirements;

// WitnessrUnRegister, opnum 2 (3.1.4.3).
public static partial class Swn
{
    /// <summary>UnRegister is opnum 2, takes a handle, and ends its notifications.</summary>
    [Requirement("3.1.4.3", Level.Defines)]
    public const string UnRegisterMethod = "SWN-R089";

    /// <summary>UnRegister returns one of its documented codes.</summary>
    [Requirement("3.1.4.3", Level.Defines, Note = "The table misses ERROR_INVALID_PARAMETER (A6).")]
    public const string UnRegisterStatuses = "SWN-R090";

    /// <summary>UnRegister looks the registration up by the handle's key.</summary>
    [Requirement("3.1.4.3", Level.Must)]
    public const string UnRegisterFindsByKey = "SWN-R091";

    /// <summary>UnRegister of an unknown handle returns ERROR_INVALID_PARAMETER.</summary>
    [Requirement("3.1.4.3", Level.Should,
        Note = "Server 2012 and revision 11.0 answer ERROR_NOT_FOUND, and so does Samba.")]
    public const string UnRegisterUnknownHandle = "SWN-R092";

    /// <summary>UnRegister removes the registration and returns ERROR_SUCCESS.</summary>
    [Requirement("3.1.4.3", Level.Must)]
    public const string UnRegisterRemoves = "SWN-R093";

    /// <summary>A second UnRegister of one handle gets a method error, no fault.</summary>
    [Requirement("3.1.4.3", Level.Defines)]
    public const string UnRegisterTwice = "SWN-R094";

    /// <summary>An AsyncNotify that is pending when its handle is unregistered completes.</summary>
    [Requirement("derived", Level.Defines, Note = "Samba completes it with ERROR_NOT_FOUND (A17).")]
    public const string UnRegisterEndsPendingNotify = "SWN-R095";

    /// <summary>
    /// A handle of another association group is refused by the method error or a context mismatch fault.
    /// </summary>
    [Requirement("derived (C706/MS-RPCE)", Level.Defines)]
    public const string ForeignHandle = "SWN-R096";
}
