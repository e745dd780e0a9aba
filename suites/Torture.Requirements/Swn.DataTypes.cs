namespace Torture.Requirements;

// Data types and their layout on the wire (2.2).
public static partial class Swn
{
    /// <summary>A registration is an RPC context handle: 4 bytes of attributes and a UUID.</summary>
    [Requirement("2.2.1.1", Level.Defines)]
    public const string ContextHandle = "SWN-R024";

    /// <summary>AsyncNotify takes the handle shared, so a pending call does not hold up others on it.</summary>
    [Requirement("2.2.1.3", Level.Defines)]
    public const string SharedContextHandle = "SWN-R025";

    /// <summary>Register and RegisterEx return the handle; UnRegisterEx takes and returns it.</summary>
    [Requirement("2.2.1.2", Level.Defines)]
    public const string ContextHandleReference = "SWN-R026";

    /// <summary>IPADDR_INFO is 24 bytes: flags, an IPv4 and an IPv6 address in network order.</summary>
    [Requirement("2.2.2.1", Level.Defines)]
    public const string AddressInfoLayout = "SWN-R027";

    /// <summary>IPADDR_INFO flags are V4, V6, ONLINE and OFFLINE and no other.</summary>
    [Requirement("2.2.2.1", Level.Should)]
    public const string AddressInfoFlags = "SWN-R028";

    /// <summary>IPADDR_V4 and IPADDR_V6 exclude each other in one IPADDR_INFO.</summary>
    [Requirement("2.2.2.1", Level.Must)]
    public const string OneFamilyPerAddressInfo = "SWN-R029";

    /// <summary>Only a version 2 server uses IPADDR_ONLINE and IPADDR_OFFLINE.</summary>
    [Requirement("2.2.2.1", Level.Defines)]
    public const string OnlineAndOfflineAreVersion2 = "SWN-R030";

    /// <summary>A client ignores the address whose family flag is clear.</summary>
    [Requirement("2.2.2.1", Level.Defines)]
    public const string UnflaggedAddressIgnored = "SWN-R031";

    /// <summary>The Length of IPADDR_INFO_LIST is that of the whole structure: 12 + 24 for each address.</summary>
    [Requirement("2.2.2.2", Level.Defines)]
    public const string AddressListLength = "SWN-R032";

    /// <summary>Reserved in IPADDR_INFO_LIST is 0.</summary>
    [Requirement("2.2.2.2", Level.Must)]
    public const string AddressListReservedZero = "SWN-R033";

    /// <summary>A client ignores Reserved in IPADDR_INFO_LIST.</summary>
    [Requirement("2.2.2.2", Level.Must)]
    public const string AddressListReservedIgnored = "SWN-R034";

    /// <summary>An IPADDR_INFO_LIST holds one IPADDR_INFO or more.</summary>
    [Requirement("2.2.2.2", Level.Defines)]
    public const string AddressListNotEmpty = "SWN-R035";

    /// <summary>RESOURCE_CHANGE is its Length, ChangeType and a null-terminated UTF-16LE name, unpadded.</summary>
    [Requirement("2.2.2.3", Level.Defines)]
    public const string ResourceChangeLayout = "SWN-R036";

    /// <summary>ChangeType is UNKNOWN (0x00), AVAILABLE (0x01) or UNAVAILABLE (0xFF).</summary>
    [Requirement("2.2.2.3", Level.Defines)]
    public const string ChangeTypes = "SWN-R037";

    /// <summary>
    /// ResourceName is the registered net name or address, or a group name that the client was given.
    /// </summary>
    [Requirement("2.2.2.3", Level.Must)]
    public const string ResourceNameKnownToClient = "SWN-R038";

    /// <summary>
    /// RESP_ASYNC_NOTIFY is MessageType, Length, NumberOfMessages and a unique pointer to Length bytes.
    /// </summary>
    [Requirement("2.2.2.4", Level.Defines)]
    public const string NotificationLayout = "SWN-R039";

    /// <summary>MessageType is RESOURCE_CHANGE, CLIENT_MOVE, SHARE_MOVE or IP_CHANGE.</summary>
    [Requirement("2.2.2.4", Level.Must)]
    public const string MessageTypes = "SWN-R040";

    /// <summary>SHARE_MOVE and IP_CHANGE come from version 2 servers only.</summary>
    [Requirement("2.2.2.4", Level.Defines)]
    public const string ShareMoveAndIpChangeAreVersion2 = "SWN-R041";

    /// <summary>
    /// Length is the size of MessageBuffer, NumberOfMessages the number of entries in it, all of one type.
    /// </summary>
    [Requirement("2.2.2.4", Level.Defines)]
    public const string NotificationCounts = "SWN-R042";

    /// <summary>WITNESS_INTERFACE_INFO is 552 bytes in NDR20: name, version, state, addresses, flags.</summary>
    [Requirement("2.2.2.5", Level.Defines)]
    public const string InterfaceInfoLayout = "SWN-R043";

    /// <summary>InterfaceGroupName is null-terminated within its 260 characters.</summary>
    [Requirement("2.2.2.5", Level.Defines)]
    public const string GroupNameTerminated = "SWN-R044";

    /// <summary>State is UNKNOWN (0), AVAILABLE (1) or UNAVAILABLE (0xFF).</summary>
    [Requirement("2.2.2.5", Level.Must)]
    public const string InterfaceStates = "SWN-R045";

    /// <summary>Interface flags are IPv4, IPv6 and INTERFACE_WITNESS and no other.</summary>
    [Requirement("2.2.2.5", Level.Must)]
    public const string InterfaceFlags = "SWN-R046";

    /// <summary>The IPv4 and IPv6 fields are valid only with their flag, and are in network order.</summary>
    [Requirement("2.2.2.5", Level.Defines)]
    public const string FlaggedAddressesValid = "SWN-R047";

    /// <summary>A client never registers at an interface without INTERFACE_WITNESS.</summary>
    [Requirement("2.2.2.5", Level.Must)]
    public const string WitnessInterfacesOnly = "SWN-R048";

    /// <summary>WITNESS_INTERFACE_LIST is a count and a unique pointer to that many interfaces.</summary>
    [Requirement("2.2.2.6", Level.Defines)]
    public const string InterfaceListLayout = "SWN-R049";
}
