using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Torture.Mutants;
using Torture.Node.Ctdbd;
using Torture.Node.Keep;
using Torture.Node.Kernel;
using Torture.Node.Sockets;
using Torture.Protocol.Security;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.Node;

/// <summary><c>torture-node node</c>: one node, until it is told to end.</summary>
[SupportedOSPlatform("linux")]
internal static class NodeCommand
{
    public static async Task<int> RunAsync(NodeArguments arguments)
    {
        if (arguments.Parent is { } parent && !Native.DieWithParent(parent))
        {
            return 0;
        }

        var cluster = ClusterFile.Load(arguments.Cluster);
        var self = cluster.Node(arguments.Name);
        using var log = NodeLog.Open(cluster.LogFolder, self.Name);
        using var keys = OpenKeyLog(cluster, self);
        var shutdown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var daemon = DaemonOf(cluster, self, log.Write);
        var environment = Environment(cluster, self, log, keys, shutdown);
        await using var node = MutatedNode.Create(
            arguments.Mutant ?? cluster.Mutant, cluster, self, daemon is null
                ? environment
                : environment with { Daemon = daemon, LocalConnector = daemon });
        daemon?.Start();
        await node.StartAsync();
        var control = new ControlServer(node);
        using var port = new ControlPort(ControlSocket.PathOf(cluster, self.Name), control.ServeAsync);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => End(signal, shutdown));
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => End(signal, shutdown));
        Console.Out.WriteLine("ready");
        await shutdown.Task;
        return 0;
    }

    private static void End(PosixSignalContext signal, TaskCompletionSource shutdown)
    {
        signal.Cancel = true;
        shutdown.TrySetResult();
    }

    private static NodeEnvironment Environment(
        ClusterConfiguration cluster, NodeEntry self, NodeLog log, IKeyLog? keys,
        TaskCompletionSource shutdown) => new()
    {
        Random = new Random(RandomNumberGenerator.GetInt32(int.MaxValue)),
        Connector = new SocketConnector(),
        Listeners = new SocketListeners(),
        PublicLink = cluster.Network is { } network && cluster.Engine.Kind == EngineKind.Embedded
            ? PublicLink.Open(self, network)
            : null,
        Plane = cluster.Supervisor is { } path ? new SupervisedAddressPlane(path, self.Name) : new OpenAddressPlane(),
        Lock = cluster.Lock is { } settings ? clock => LockOf(cluster, settings, clock) : null,
        LocalConnector = new UnixConnector(),
        Accounts = new NtlmAccountList([.. cluster.Users.Select(AccountOf)]),
        Secrets = RandomNumberGenerator.Fill,
        KeyLog = keys,
        Log = log.Write,
        ProcessId = System.Environment.ProcessId,
        Shutdown = () => shutdown.TrySetResult(),
    };

    private static CtdbDaemon? DaemonOf(ClusterConfiguration cluster, NodeEntry self, Action<string> log) =>
        cluster.Engine is { Kind: EngineKind.Ctdb, Daemon: { } settings }
            ? new CtdbDaemon(cluster, self, settings, new UnixConnector(), () => RemoveAddresses(cluster, self), log)
            : null;

    /// <summary>A daemon that was killed leaves them on the interface, and another node has them.</summary>
    private static void RemoveAddresses(ClusterConfiguration cluster, NodeEntry self)
    {
        using var link = PublicLink.Open(self, cluster.Network!);
        foreach (var left in link.Addresses().Intersect(cluster.PublicAddresses).ToArray())
        {
            link.EndConnections(left);
            link.Remove(left);
        }
    }

    private static IClusterLock LockOf(ClusterConfiguration cluster, LockSettings settings, MonotonicClock clock) =>
        settings.Kind == LockKind.File
            ? new FileLock(
                settings.Path,
                TimeSpan.FromSeconds(cluster.Profile.KeepAliveInterval * cluster.Profile.KeepAliveLimit), clock)
            : new LeaseLock(settings.Path, TimeSpan.FromSeconds(cluster.Profile.Lease), clock);

    private static NtlmAccount AccountOf(UserEntry user)
    {
        string? password;
        try
        {
            password = user.PasswordEnvironment is { } name
                ? System.Environment.GetEnvironmentVariable(name)
                : File.ReadLines(user.PasswordFile!).FirstOrDefault();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"password of {user.Name}: {refused.Message}", refused);
        }

        return password is not null
            ? NtlmAccount.FromPassword(user.Name, password, user.Domain)
            : throw new ConfigurationException(
                $"password of {user.Name}: {user.PasswordEnvironment ?? user.PasswordFile} is empty");
    }

    private static KeyLogFile? OpenKeyLog(ClusterConfiguration cluster, NodeEntry self)
    {
        if (cluster.KeyLogFolder is not { } folder)
        {
            return null;
        }

        try
        {
            Directory.CreateDirectory(folder);
            return new KeyLogFile(Path.Combine(folder, self.Name + ".keys.json"));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"key log: {refused.Message}", refused);
        }
    }
}
