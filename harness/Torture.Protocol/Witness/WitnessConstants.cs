namespace Torture.Protocol.Witness;

/// <summary>The two protocol versions ([MS-SWN] 1.7) and what Windows writes into the interface list.</summary>
public static class WitnessVersion
{
    public const uint V1 = 0x00010001;
    public const uint V2 = 0x00020000;
    public const uint Unspecified = 0xFFFFFFFF;
}

/// <summary>Operation numbers ([MS-SWN] 3.1.4).</summary>
public enum WitnessOperation : ushort
{
    WitnessrGetInterfaceList = 0,
    WitnessrRegister = 1,
    WitnessrUnRegister = 2,
    WitnessrAsyncNotify = 3,
    WitnessrRegisterEx = 4,
    WitnessrUnRegisterEx = 5,
}

/// <summary>WITNESS_INTERFACE_INFO.State ([MS-SWN] 2.2.2.5).</summary>
public enum InterfaceState : ushort
{
    UNKNOWN = 0x0000,
    AVAILABLE = 0x0001,
    UNAVAILABLE = 0x00FF,
}

/// <summary>WITNESS_INTERFACE_INFO.Flags ([MS-SWN] 2.2.2.5).</summary>
[Flags]
public enum InterfaceFlags : uint
{
    None = 0,
    IPv4 = 0x1,
    IPv6 = 0x2,
    INTERFACE_WITNESS = 0x4,
}

/// <summary>WitnessrRegisterEx Flags ([MS-SWN] 3.1.4.5).</summary>
[Flags]
public enum RegisterFlags : uint
{
    WITNESS_REGISTER_NONE = 0,
    WITNESS_REGISTER_IP_NOTIFICATION = 0x1,
}

/// <summary>RESP_ASYNC_NOTIFY.MessageType ([MS-SWN] 2.2.2.4).</summary>
public enum NotificationKind : uint
{
    RESOURCE_CHANGE_NOTIFICATION = 1,
    CLIENT_MOVE_NOTIFICATION = 2,
    SHARE_MOVE_NOTIFICATION = 3,
    IP_CHANGE_NOTIFICATION = 4,
}

/// <summary>RESOURCE_CHANGE.ChangeType ([MS-SWN] 2.2.2.3).</summary>
public enum ChangeType : uint
{
    RESOURCE_STATE_UNKNOWN = 0x00,
    RESOURCE_STATE_AVAILABLE = 0x01,
    RESOURCE_STATE_UNAVAILABLE = 0xFF,
}

/// <summary>IPADDR_INFO.Flags ([MS-SWN] 2.2.2.1).</summary>
[Flags]
public enum AddressFlags : uint
{
    None = 0,
    IPADDR_V4 = 0x01,
    IPADDR_V6 = 0x02,
    IPADDR_ONLINE = 0x08,
    IPADDR_OFFLINE = 0x10,
}
