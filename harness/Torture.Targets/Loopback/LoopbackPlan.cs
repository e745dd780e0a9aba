using System.Net;
using System.Security.Cryptography;
using Torture.Harness.Clusters;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Loopback;

/// <summary>What a loopback cluster shall be: its cluster file, and what the harness must know of it.</summary>
internal sealed class LoopbackPlan
{
    private const string Domain = "TORTURE";
    private static readonly string[] Users = ["alice", "bob"];

    public LoopbackPlan(TargetOptions options, LoopbackNetwork network, PortSettings ports, bool ipv6)
    {
        Folder = options.Folder;
        ControlFolder = LoopbackTraces.NewControlFolder();
        Nodes = [.. Enumerable.Range(0, options.Nodes).Select(i =>
            new Node($"n{i + 1}", network.Node(i), ipv6 ? network.Node6(i) : null) { Private = network.Private(i) })];
        var addresses = Enumerable.Range(0, options.Nodes).Select(network.Public);
        PublicAddresses = [.. (ipv6 ? addresses.Concat(Enumerable.Range(0, options.Nodes).Select(network.Public6))
            : addresses).Select(address => new PublicAddress(address))];
        // A cluster that another process speaks to gets its passwords from there.
        Accounts = [.. Users.Select(user => new Account(
            Domain, user, Environment.GetEnvironmentVariable(VariableOf(user)) ?? NewPassword()))];
        File = Path.Combine(Folder, "cluster.json");
        Configuration = Describe(options, network, ports, ipv6);
    }

    public string Folder { get; }

    public string ControlFolder { get; }

    public string File { get; }

    public IReadOnlyList<Node> Nodes { get; }

    public IReadOnlyList<PublicAddress> PublicAddresses { get; }

    public IReadOnlyList<Account> Accounts { get; }

    public ClusterConfiguration Configuration { get; }

    /// <summary>Environment variables that hold the passwords: the cluster file names them only.</summary>
    public IReadOnlyDictionary<string, string> Secrets =>
        Accounts.ToDictionary(account => VariableOf(account.User), account => account.Password);

    private ClusterConfiguration Describe(
        TargetOptions options, LoopbackNetwork network, PortSettings ports, bool ipv6) => new()
    {
        Name = $"loopback {network.Prefix}",
        NetName = "WITNESSED",
        Aliases = ["witnessed.torture.test", "ALIAS"],
        Nodes = [.. Nodes.Select(node => new NodeEntry(node.Name, node.Private!, node.Address, node.Address6))],
        PublicAddresses = [.. PublicAddresses.Select(address => address.Address)],
        Shares =
        [
            new ShareEntry("scaleout", ShareEntryKind.ScaleOut),
            new ShareEntry("failover", ShareEntryKind.Failover, Nodes[0].Name),
            new ShareEntry("plain", ShareEntryKind.Plain),
        ],
        Ports = ports,
        Profile = options.Settings.GetValueOrDefault("profile") == "ctdb"
            ? new FailoverProfile()
            : FailoverProfile.Fast,
        UnusedRegistrationTimeout = LoopbackLimits.UnusedRegistration.TotalSeconds,
        SweepInterval = LoopbackLimits.Sweep.TotalSeconds,
        WindowsProfile = options.Settings.GetValueOrDefault("blocking") == "windows",
        Lock = new LockSettings(
            IsFileLock(options) ? LockKind.File : LockKind.Lease, Path.Combine(ControlFolder, "lock")),
        Users = [.. Users.Select(user => new UserEntry(user, Domain, PasswordEnvironment: VariableOf(user)))],
        ControlFolder = ControlFolder,
        LogFolder = Path.Combine(Folder, "nodes"),
        KeyLogFolder = options.Keys ? Path.Combine(Folder, "keys") : null,
        Supervisor = Path.Combine(ControlFolder, "keep.sock"),
        Routes = ipv6 ? [network.Prefix6] : [],
        Mutant = options.Mutant,
    };

    /// <summary><c>--set lock=file</c>: as CTDB's, a holder that is frozen keeps it.</summary>
    public static bool IsFileLock(TargetOptions options) => options.Settings.ContainsKey("lock");

    private static string VariableOf(string user) => $"TORTURE_PASSWORD_{user.ToUpperInvariant()}";

    private static string NewPassword() => Convert.ToHexString(RandomNumberGenerator.GetBytes(12)) + "aA1!";
}
