using System.Net;

namespace Torture.ReferenceServer.Control;

/// <summary>The cluster file: the same one for every node. Times are in seconds.</summary>
/// <remarks>What has a default can be set: generated JSON readers forget the defaults of init properties.</remarks>
public sealed record ClusterConfiguration
{
    /// <summary>Names the cluster in logs.</summary>
    public required string Name { get; init; }

    /// <summary>The name that clients register for, in its short form.</summary>
    public required string NetName { get; init; }

    /// <summary>Other names of the cluster, short or fully qualified.</summary>
    public IReadOnlyList<string> Aliases { get; set; } = [];

    /// <summary>In the order of their numbers.</summary>
    public required IReadOnlyList<NodeEntry> Nodes { get; init; }

    /// <summary>The addresses that move, in the order in which they are given to the nodes.</summary>
    public IReadOnlyList<IPAddress> PublicAddresses { get; set; } = [];

    public IReadOnlyList<ShareEntry> Shares { get; set; } = [];

    public PortSettings Ports { get; set; } = new();

    public FailoverProfile Profile { get; set; } = new();

    /// <summary>[MS-SWN] 3.1.5.1, seconds.</summary>
    public double UnusedRegistrationTimeout { get; set; } = 30;

    /// <summary>Period of the witness timers, seconds.</summary>
    public double SweepInterval { get; set; } = 1;

    /// <summary>GetInterfaceList as Windows waits for it ([MS-SWN] A18), instead of the text's way.</summary>
    public bool WindowsProfile { get; set; }

    public EngineSettings Engine { get; set; } = new();

    /// <summary>Of the embedded engine.</summary>
    public LockSettings? Lock { get; init; }

    public IReadOnlyList<UserEntry> Users { get; set; } = [];

    /// <summary>Folder of the control sockets, one a node; mode 0700.</summary>
    public required string ControlFolder { get; init; }

    /// <summary>Folder of <c>NODE.log</c>; null: standard error.</summary>
    public string? LogFolder { get; init; }

    /// <summary>Folder of <c>NODE.keys.json</c>; null: no session keys are written.</summary>
    public string? KeyLogFolder { get; init; }

    /// <summary>Socket of who takes addresses from owners that do not let go: supervisor or fence device.</summary>
    public string? Supervisor { get; init; }

    /// <summary>
    /// Prefixes that were routed to the loopback interface for this cluster; the supervisor removes them.
    /// </summary>
    public IReadOnlyList<string> Routes { get; set; } = [];

    /// <summary>
    /// Every node has a network stack of its own, where public addresses come and go; null: one host has them all.
    /// </summary>
    public NetworkSettings? Network { get; init; }

    /// <summary>Replaces parts of every node, by name.</summary>
    public string? Mutant { get; init; }
}

/// <summary>A member of the cluster.</summary>
/// <param name="Private">Where the nodes hold links to each other.</param>
/// <param name="Address">Where clients reach this very node.</param>
public sealed record NodeEntry(string Name, IPAddress Private, IPAddress Address, IPAddress? Address6 = null);

/// <summary>How a share is served, as the cluster file says it.</summary>
public enum ShareEntryKind
{
    /// <summary>By every node.</summary>
    ScaleOut,

    /// <summary>By its owner.</summary>
    Failover,

    /// <summary>Not a cluster share.</summary>
    Plain,
}

/// <summary>A share; the owner is where it is at home.</summary>
public sealed record ShareEntry(string Name, ShareEntryKind Kind = ShareEntryKind.ScaleOut, string? Owner = null);

/// <summary>The ports that are the same on every address.</summary>
public sealed record PortSettings
{
    public int EndpointMapper { get; set; } = 135;

    public int Smb { get; set; } = 445;

    public int Witness { get; set; } = 49_152;

    /// <summary>The links between nodes, on private addresses.</summary>
    public int Link { get; set; } = 4379;
}

/// <summary>
/// How public addresses come to a node's interface: the one that has the node's own address. The node needs NET_ADMIN
/// and NET_RAW.
/// </summary>
public sealed record NetworkSettings
{
    /// <summary>Of public IPv4 addresses; null: as the node's own address has it.</summary>
    public int? PrefixLength { get; init; }

    /// <summary>Of public IPv6 addresses; null: as the node's own address has it.</summary>
    public int? PrefixLength6 { get; init; }
}

/// <summary>How quickly failures are noticed. CTDB's own values are the defaults. Seconds.</summary>
public sealed record FailoverProfile
{
    /// <summary>One heartbeat to each peer in this time.</summary>
    public double KeepAliveInterval { get; set; } = 5;

    /// <summary>So many silent intervals, and a peer is dead.</summary>
    public int KeepAliveLimit { get; set; } = 5;

    /// <summary>
    /// How long a leader that does not renew its lock stays one; shorter than the keep-alive time, so that the next
    /// leader is there before the permissions of the last one end.
    /// </summary>
    public double Lease { get; set; } = 5;

    /// <summary>Addresses go home when their node comes back.</summary>
    public bool Failback { get; set; } = true;

    /// <summary>How long a ban lasts that says nothing else.</summary>
    public double Ban { get; set; } = 300;

    /// <summary>What the loopback target runs with.</summary>
    public static FailoverProfile Fast => new() { KeepAliveInterval = 0.1, KeepAliveLimit = 12, Lease = 0.8 };

    /// <summary>
    /// As fast, with a third of the heartbeats: where no machine is busy, the others would only say the same again.
    /// </summary>
    public static FailoverProfile Sparse => Fast with { KeepAliveInterval = 0.3, KeepAliveLimit = 4 };
}

/// <summary>What decides which node has which public address.</summary>
public enum EngineKind
{
    /// <summary>The nodes themselves.</summary>
    Embedded,

    /// <summary>The CTDB daemon of each node's host, of which the node is a client.</summary>
    Ctdb,
}

/// <summary>The failover engine.</summary>
public sealed record EngineSettings
{
    private const string NodePlace = "{node}";

    public EngineKind Kind { get; set; }

    /// <summary>
    /// Of ctdb: the unix socket of the daemon; <c>{node}</c> stands for the name of the node, where one host has
    /// several.
    /// </summary>
    public string Socket { get; set; } = "/var/run/ctdb/ctdbd.socket";

    /// <summary>So long a node that starts waits for the daemon, seconds.</summary>
    public double StartTimeout { get; set; } = 10;

    /// <summary>Of ctdb: the daemon that each node starts; null: somebody else does.</summary>
    public DaemonSettings? Daemon { get; set; }

    public string SocketOf(string node) => Socket.Replace(NodePlace, node, StringComparison.Ordinal);
}

/// <summary>Which lock the leader holds.</summary>
public enum LockKind
{
    /// <summary>Renewed by its holder, expires.</summary>
    Lease,

    /// <summary>A lock on a file, kept until the process ends: a frozen leader stalls the cluster.</summary>
    File,
}

/// <summary>The cluster lock.</summary>
/// <param name="Path">A folder for a lease, a file for a file lock; all nodes must see the same one.</param>
public sealed record LockSettings(LockKind Kind, string Path);

/// <summary>Somebody who may log on. The password is never in the cluster file.</summary>
/// <param name="PasswordEnvironment">Name of the environment variable that holds it.</param>
/// <param name="PasswordFile">File whose first line is it.</param>
public sealed record UserEntry(
    string Name, string Domain = "", string? PasswordEnvironment = null, string? PasswordFile = null);
