namespace Torture.Requirements;

// WitnessrGetInterfaceList, opnum 0 (3.1.4.1).
public static partial class Swn
{
    /// <summary>GetInterfaceList is opnum 0 and takes no parameters.</summary>
    [Requirement("3.1.4.1", Level.Defines)]
    public const string GetInterfaceListMethod = "SWN-R060";

    /// <summary>GetInterfaceList returns one of its documented codes.</summary>
    [Requirement("3.1.4.1", Level.Defines)]
    public const string GetInterfaceListStatuses = "SWN-R061";

    /// <summary>With no interfaces at all GetInterfaceList fails with ERROR_NO_MORE_ITEMS.</summary>
    [Requirement("3.1.4.1", Level.Must)]
    public const string NoInterfaces = "SWN-R062";

    /// <summary>With no interface AVAILABLE GetInterfaceList waits until one is.</summary>
    [Requirement("3.1.4.1", Level.Must, Note = "Windows waits for a witness-capable one, Samba never waits (A18).")]
    public const string WaitsForAvailableInterface = "SWN-R063";

    /// <summary>GetInterfaceList returns an entry for each interface, with its group name.</summary>
    [Requirement("3.1.4.1", Level.Must)]
    public const string InterfaceForEachEntry = "SWN-R064";

    /// <summary>The state in the list is the state of the interface.</summary>
    [Requirement("3.1.4.1", Level.Must)]
    public const string InterfaceStateReported = "SWN-R065";

    /// <summary>The version in the list is the server's version.</summary>
    [Requirement("3.1.4.1", Level.Must, Note = "Windows reports 0xFFFFFFFF (A19).")]
    public const string InterfaceVersionReported = "SWN-R066";

    /// <summary>An address that the interface has is in its field and its flag is set.</summary>
    [Requirement("3.1.4.1", Level.Must)]
    public const string InterfaceAddressesFlagged = "SWN-R067";

    /// <summary>INTERFACE_WITNESS is set exactly where the address is not hosted by this server.</summary>
    [Requirement("3.1.4.1", Level.Must)]
    public const string WitnessFlagForOtherNodes = "SWN-R068";

    /// <summary>NumberOfInterfaces is the number of entries, and all of them are returned.</summary>
    [Requirement("3.1.4.1", Level.Must)]
    public const string InterfaceCount = "SWN-R069";

    /// <summary>GetInterfaceList returns ERROR_SUCCESS with the list.</summary>
    [Requirement("3.1.4.1", Level.Must)]
    public const string GetInterfaceListSucceeds = "SWN-R070";

    /// <summary>
    /// The list has no duplicates, only usable addresses, a family for each entry, and stays the same without a
    /// change.
    /// </summary>
    [Requirement("derived", Level.Defines)]
    public const string InterfaceListConsistent = "SWN-R071";
}
