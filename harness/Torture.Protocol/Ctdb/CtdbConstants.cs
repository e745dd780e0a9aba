namespace Torture.Protocol.Ctdb;

/// <summary>What a packet is.</summary>
public enum CtdbOperation : uint
{
    CTDB_REQ_CALL = 0,
    CTDB_REPLY_CALL = 1,
    CTDB_REQ_DMASTER = 2,
    CTDB_REPLY_DMASTER = 3,
    CTDB_REPLY_ERROR = 4,
    CTDB_REQ_MESSAGE = 5,
    CTDB_REQ_CONTROL = 7,
    CTDB_REPLY_CONTROL = 8,
    CTDB_REQ_KEEPALIVE = 9,
    CTDB_REQ_TUNNEL = 10,
}

/// <summary>The controls that an outside daemon needs.</summary>
public enum CtdbControl : uint
{
    PROCESS_EXISTS = 0,
    PING = 3,
    GETVNNMAP = 5,
    GET_RECMODE = 15,
    REGISTER_SRVID = 23,
    DEREGISTER_SRVID = 24,
    GET_PID = 30,
    GET_RECMASTER = 31,
    GET_PNN = 35,
    SHUTDOWN = 36,
    TCP_CLIENT = 44,
    TCP_ADD = 45,
    TCP_REMOVE = 46,
    SET_TUNABLE = 48,
    GET_TUNABLE = 49,
    LIST_TUNABLES = 50,
    GET_ALL_TUNABLES = 53,
    GET_TCP_TICKLE_LIST = 55,
    UPTIME = 69,
    GET_CAPABILITIES = 80,
    RELEASE_IP = 88,
    TAKEOVER_IP = 89,
    GET_PUBLIC_IPS = 90,
    GET_NODEMAP = 91,
    GET_RECLOCK_FILE = 99,
    STOP_NODE = 101,
    CONTINUE_NODE = 102,
    SET_BAN_STATE = 109,
    GET_BAN_STATE = 110,
    REGISTER_NOTIFY = 114,
    DEREGISTER_NOTIFY = 115,
    GET_PUBLIC_IP_INFO = 123,
    GET_IFACES = 124,
    SET_IFACE_LINK_STATE = 125,
    CHECK_SRVIDS = 130,
    IPREALLOCATED = 137,
    GET_RUNSTATE = 138,
    GET_NODES_FILE = 140,
    DISABLE_NODE = 157,
    ENABLE_NODE = 158,
    TCP_CLIENT_DISCONNECTED = 159,
    START_IPREALLOCATE = 161,
}

/// <summary>Flags of a control.</summary>
[Flags]
public enum CtdbControlFlags : uint
{
    None = 0,

    /// <summary>No reply is wanted.</summary>
    NoReply = 0x0000_0001,

    /// <summary>GET_PUBLIC_IPS: only those that the node could host now.</summary>
    OnlyAvailable = 0x0001_0000,
}

/// <summary>Numbers of nodes that are none.</summary>
public static class CtdbNodeNumber
{
    /// <summary>The node whose daemon is asked.</summary>
    public const uint Current = 0xF000_0001;

    /// <summary>Every node of the nodes file.</summary>
    public const uint All = 0xF000_0002;

    /// <summary>Every node that takes part.</summary>
    public const uint Active = 0xF000_0003;

    /// <summary>Every node whose daemon can be reached, this one's too.</summary>
    public const uint Connected = 0xF000_0004;

    /// <summary>Nobody: the owner of an address that no node has.</summary>
    public const uint Unknown = 0xFFFF_FFFF;
}

/// <summary>Where messages go to, and who registers for what. The high half names the kind.</summary>
public static class CtdbSrvid
{
    /// <summary>The leader, every second: its number.</summary>
    public const ulong LEADER = 0xF101_0000_0000_0000;

    /// <summary>A recovery has ended.</summary>
    public const ulong RECONFIGURE = 0xF200_0000_0000_0000;

    /// <summary>From the own daemon, after it let an address go: the address as text.</summary>
    public const ulong RELEASE_IP = 0xF300_0000_0000_0000;

    /// <summary>From the own daemon, after it took an address: the address as text.</summary>
    public const ulong TAKE_IP = 0xF301_0000_0000_0000;

    /// <summary>From the own daemon, on every node, at the end of a takeover run.</summary>
    public const ulong IPREALLOCATED = 0xF302_0000_0000_0000;

    /// <summary>The same, at its beginning.</summary>
    public const ulong START_IPREALLOCATE = 0xF303_0000_0000_0000;

    /// <summary>Flags of a node have changed.</summary>
    public const ulong PUSH_NODE_FLAGS = 0xF900_0000_0000_0000;

    /// <summary>Asks the leader for a takeover run.</summary>
    public const ulong TAKEOVER_RUN = 0xFB00_0000_0000_0000;

    /// <summary>Holds takeover runs off for a time.</summary>
    public const ulong DISABLE_TAKEOVER_RUNS = 0xFB03_0000_0000_0000;
}

/// <summary>State of a node as the node map has it.</summary>
[Flags]
public enum CtdbNodeFlags : uint
{
    None = 0,
    DISCONNECTED = 0x01,
    UNHEALTHY = 0x02,
    PERMANENTLY_DISABLED = 0x04,
    BANNED = 0x08,
    DELETED = 0x10,
    STOPPED = 0x20,

    /// <summary>Takes part, but gets no public addresses.</summary>
    DISABLED = UNHEALTHY | PERMANENTLY_DISABLED,

    /// <summary>Takes no part.</summary>
    INACTIVE = DISCONNECTED | BANNED | DELETED | STOPPED,
}

/// <summary>How far a daemon has come.</summary>
public enum CtdbRunState : uint
{
    UNKNOWN = 0,
    INIT = 1,
    SETUP = 2,
    FIRST_RECOVERY = 3,
    STARTUP = 4,
    RUNNING = 5,
    SHUTDOWN = 6,
}

/// <summary>What a node can do for the cluster.</summary>
[Flags]
public enum CtdbCapabilities : uint
{
    None = 0,

    /// <summary>It may lead.</summary>
    RECMASTER = 0x0000_0001,
    LMASTER = 0x0000_0002,
    PARALLEL_RECOVERY = 0x0001_0000,
    FRAGMENTED_CONTROLS = 0x0002_0000,
}
