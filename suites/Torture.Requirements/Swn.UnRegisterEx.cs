namespace Torture.Requirements;

// WitnessrUnRegisterEx, opnum 5 (3.1.4.6).
public static partial class Swn
{
    /// <summary>UnRegisterEx is opnum 5, version 2 since revision 14.0: it takes and returns the handle.</summary>
    [Requirement("3.1.4.6", Level.Defines)]
    public const string UnRegisterExMethod = "SWN-R137";

    /// <summary>A server without UnRegisterEx answers it with nca_op_rng_error.</summary>
    [Requirement("3.1.4.6 notes <3>,<6>", Level.Defines,
        Note = "Windows Server 2022 and older, and Samba, do not have it.")]
    public const string UnRegisterExOutOfRange = "SWN-R138";

    /// <summary>UnRegisterEx returns one of its documented codes or ERROR_INVALID_PARAMETER.</summary>
    [Requirement("3.1.4.6", Level.Defines, Note = "The table misses ERROR_INVALID_PARAMETER (A6).")]
    public const string UnRegisterExStatuses = "SWN-R139";

    /// <summary>UnRegisterEx of an unknown handle returns ERROR_INVALID_PARAMETER.</summary>
    [Requirement("3.1.4.6", Level.Must)]
    public const string UnRegisterExUnknownHandle = "SWN-R140";

    /// <summary>UnRegisterEx removes the registration and returns ERROR_SUCCESS with the null handle.</summary>
    [Requirement("3.1.4.6", Level.Must)]
    public const string UnRegisterExRemoves = "SWN-R141";

    /// <summary>No other public suite tests UnRegisterEx.</summary>
    [Requirement("3.1.4.6", Level.Defines)]
    public const string UnRegisterExUncovered = "SWN-R142";
}
