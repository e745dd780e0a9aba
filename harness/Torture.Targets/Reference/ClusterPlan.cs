using System.Security.Cryptography;
using Torture.Harness.Clusters;
using Torture.Protocol.Security;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Reference;

/// <summary>What a reference cluster shall be: its cluster file, and what the harness must know of it.</summary>
internal sealed class ClusterPlan
{
    private const string Domain = "TORTURE";
    private static readonly string[] Users = ["alice", "bob"];

    /// <param name="name">Names the cluster in logs: target and network.</param>
    /// <param name="controlFolder">Not there yet; short: the path of a unix socket has 107 bytes at most.</param>
    /// <param name="secrets">Where passwords come from that nobody has given.</param>
    public ClusterPlan(
        TargetOptions options, string name, string controlFolder, IAddressBook addresses, PortSettings ports, bool ipv6,
        RandomFill? secrets = null)
    {
        Folder = options.Folder;
        ControlFolder = controlFolder;
        Nodes = [.. Enumerable.Range(0, options.Nodes).Select(i =>
            new Node($"n{i + 1}", addresses.Node(i), ipv6 ? addresses.Node6(i) : null)
            {
                Private = addresses.Private(i),
            })];
        var all = Enumerable.Range(0, options.Nodes).Select(addresses.Public);
        PublicAddresses = [.. (ipv6 ? all.Concat(Enumerable.Range(0, options.Nodes).Select(addresses.Public6)) : all)
            .Select(address => new PublicAddress(address))];
        // A cluster that another process speaks to gets its passwords from there.
        var fill = secrets ?? RandomNumberGenerator.Fill;
        Accounts = [.. Users.Select(user => new Account(
            Domain, user, Environment.GetEnvironmentVariable(VariableOf(user)) ?? NewPassword(fill)))];
        Configuration = Describe(options, name, ports);
    }

    public string Folder { get; }

    public string ControlFolder { get; }

    /// <summary>The cluster file.</summary>
    public string File => Path.Combine(Folder, "cluster.json");

    public IReadOnlyList<Node> Nodes { get; }

    public IReadOnlyList<PublicAddress> PublicAddresses { get; }

    public IReadOnlyList<Account> Accounts { get; }

    /// <summary>A host adds what only it knows.</summary>
    public ClusterConfiguration Configuration { get; set; }

    /// <summary>For nobody else's eyes.</summary>
    public void MakeControlFolder()
    {
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(
                ControlFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Writes the cluster file, and the passwords beside the control sockets.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        MakeControlFolder();
        Directory.CreateDirectory(Configuration.LogFolder!);
        foreach (var account in Accounts)
        {
            await System.IO.File.WriteAllTextAsync(SecretOf(account.User), account.Password, cancellationToken);
        }

        await System.IO.File.WriteAllTextAsync(File, ClusterFile.Write(Configuration), cancellationToken);
    }

    /// <summary>What a node has written into its log; null where it has none.</summary>
    public async Task<string?> ReadLogAsync(Node node, CancellationToken cancellationToken)
    {
        var log = Path.Combine(Configuration.LogFolder!, node.Name + ".log");
        if (!System.IO.File.Exists(log))
        {
            return null;
        }

        await using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    /// <summary>Removes what <see cref="WriteAsync"/> made.</summary>
    public void Remove()
    {
        if (Directory.Exists(ControlFolder))
        {
            Directory.Delete(ControlFolder, recursive: true);
        }

        System.IO.File.Delete(File);
    }

    private ClusterConfiguration Describe(TargetOptions options, string name, PortSettings ports) => new()
    {
        Name = name,
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
        Profile = ReferenceLimits.ProfileOf(options),
        UnusedRegistrationTimeout = ReferenceLimits.UnusedRegistration.TotalSeconds,
        SweepInterval = ReferenceLimits.Sweep.TotalSeconds,
        WindowsProfile = options.Settings.GetValueOrDefault("blocking") == "windows",
        Lock = new LockSettings(
            IsFileLock(options) ? LockKind.File : LockKind.Lease, Path.Combine(ControlFolder, "lock")),
        Users = [.. Users.Select(user => new UserEntry(user, Domain, PasswordFile: SecretOf(user)))],
        ControlFolder = ControlFolder,
        LogFolder = Path.Combine(Folder, "nodes"),
        KeyLogFolder = options.Keys ? Path.Combine(Folder, "keys") : null,
        Mutant = options.Mutant,
    };

    /// <summary><c>--set lock=file</c>: as CTDB's, a holder that is frozen keeps it.</summary>
    public static bool IsFileLock(TargetOptions options) => options.Settings.ContainsKey("lock");

    private string SecretOf(string user) => Path.Combine(ControlFolder, $"{user}.password");

    private static string VariableOf(string user) => $"TORTURE_PASSWORD_{user.ToUpperInvariant()}";

    private static string NewPassword(RandomFill secrets)
    {
        Span<byte> bytes = stackalloc byte[12];
        secrets(bytes);
        return Convert.ToHexString(bytes) + "aA1!";
    }
}
