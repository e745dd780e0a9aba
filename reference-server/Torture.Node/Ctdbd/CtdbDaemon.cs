using System.ComponentModel;
using System.Diagnostics;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Torture.Node.Keep;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Ctdbd;

namespace Torture.Node.Ctdbd;

/// <summary>
/// The ctdbd of this node: started with what the cluster file says of it, watched, and, when it ends, followed by the
/// removal of what it leaves on the interface: another node has the addresses then. One that a signal has ended is
/// started again, unless it was sent from here.
/// </summary>
/// <param name="sockets">Opens the daemon's socket.</param>
/// <param name="removeAddresses">Takes all public addresses from this node's interface.</param>
[SupportedOSPlatform("linux")]
internal sealed class CtdbDaemon(
    ClusterConfiguration cluster, NodeEntry self, DaemonSettings settings, ILocalConnector sockets,
    Action removeAddresses, Action<string> log) : ICtdbDaemon, ILocalConnector, IDisposable
{
    /// <summary>What a process ends with that a signal has ended, less the signal's number.</summary>
    private const int SignalExit = 128;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly LockPort? _lock = cluster.Lock!.Kind == LockKind.Lease
        ? new LockPort(cluster, self, TimeProvider.System, log)
        : null;

    private Process? _process;
    private string? _ended;
    private bool _isToStayDown;
    private volatile bool _isOver;

    public void Start()
    {
        lock (_gate)
        {
            if (_process is { HasExited: false })
            {
                return;
            }

            var process = Begin();
            (_process, _ended, _isToStayDown) = (process, null, false);
            log($"ctdbd: started, process {process.Id}");
            _ = FollowAsync(process);
        }
    }

    public void Kill()
    {
        Process process;
        lock (_gate)
        {
            process = _process is { HasExited: false } running
                ? running
                : throw new ConfigurationException("ctdbd does not run");
            _isToStayDown = true;
        }

        _ = Native.Signal(process.Id, Native.SIGKILL);
        process.WaitForExit(EndLimit);
    }

    /// <summary>Whoever waits for a daemon that has ended need not wait.</summary>
    public ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _ended is { } how
                ? throw new ConfigurationException(how)
                : sockets.ConnectAsync(path, cancellationToken);
        }
    }

    /// <summary>Ends it in order, and with force where that takes too long.</summary>
    public void Dispose()
    {
        _isOver = true;
        Process? process;
        lock (_gate)
        {
            process = _process;
        }

        if (process is not null)
        {
            _ = Native.Signal(process.Id, Native.SIGTERM);
            if (!process.WaitForExit(EndLimit))
            {
                process.Kill(entireProcessTree: true);
            }
        }

        _lock?.Dispose();
    }

    /// <exception cref="ConfigurationException">No such program, or no interface for the addresses.</exception>
    private Process Begin()
    {
        var start = new ProcessStartInfo(settings.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in EnvironmentOfDaemon())
        {
            start.Environment[name] = value;
        }

        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception refused)
        {
            throw new ConfigurationException(
                $"engine.daemon.program {settings.Program}: {refused.Message}: use an image with ctdb", refused);
        }
    }

    private Dictionary<string, string> EnvironmentOfDaemon()
    {
        var lengths = PrefixLengths();
        return new Dictionary<string, string>
        {
            ["NODE_ADDRESS"] = $"{self.Private}",
            ["NODE_ADDRESSES"] = string.Join(' ', cluster.Nodes.Select(node => node.Private)),
            ["OWN_ADDRESS"] = $"{self.Address}",
            ["PUBLIC_ADDRESSES"] = string.Join(' ', cluster.PublicAddresses.Select(
                address => $"{address}/{lengths[address.AddressFamily]}")),
            ["CLUSTER_LOCK"] = ClusterLock(),
            ["LOCK_SOCKET"] = _lock?.Path ?? "",
            ["LEADER_TIMEOUT"] = $"{settings.LeaderTimeout}",
            ["TUNABLES"] = string.Join(
                ' ', settings.Tunables.Append($"NoIPFailback={(cluster.Profile.Failback ? 0 : 1)}")),
        };
    }

    /// <summary>
    /// A file, which CTDB locks itself, or a program that holds the lease for it; the same words on every node, else
    /// CTDB refuses to work.
    /// </summary>
    private string ClusterLock() => _lock is null
        ? Path.GetFullPath(cluster.Lock!.Path)
        : $"!{Path.Combine(Path.GetDirectoryName(settings.Program)!, "ctdb-lock")}";

    /// <summary>As the cluster file says, else as the node's own addresses have them, else alone.</summary>
    private Dictionary<AddressFamily, int> PrefixLengths()
    {
        var own = NetworkInterface.GetAllNetworkInterfaces()
            .Select(link => link.GetIPProperties().UnicastAddresses)
            .FirstOrDefault(addresses => addresses.Any(entry => entry.Address.Equals(self.Address)))
            ?? throw new ConfigurationException(
                $"network: no interface here has the address {self.Address} of node {self.Name}");
        return new Dictionary<AddressFamily, int>
        {
            [AddressFamily.InterNetwork] = cluster.Network?.PrefixLength
                ?? own.First(entry => entry.Address.Equals(self.Address)).PrefixLength,
            [AddressFamily.InterNetworkV6] = cluster.Network?.PrefixLength6
                ?? own.FirstOrDefault(entry => entry.Address.Equals(self.Address6))?.PrefixLength ?? 128,
        };
    }

    private async Task FollowAsync(Process process)
    {
        using var said = NodeLog.Open(cluster.LogFolder, $"{self.Name}.ctdb");
        var last = "nothing";
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        process.Exited += (_, _) => Ended(
            process, $"ctdbd {Fate(process.ExitCode)}; the last that it said was: {Volatile.Read(ref last)}");
        process.EnableRaisingEvents = true;

        // Not before its children have closed their ends too.
        await process.WaitForExitAsync();

        void Hear(string? line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                Volatile.Write(ref last, line.Trim());
                said.Write(line);
            }
        }
    }

    private static string Fate(int exit) =>
        exit == SignalExit + Native.SIGKILL ? "was killed" : $"has ended with exit code {exit}";

    private void Ended(Process process, string line)
    {
        bool isToCome;
        lock (_gate)
        {
            if (_process == process)
            {
                (_process, _ended) = (null, line);
            }

            isToCome = process.ExitCode > SignalExit && !_isToStayDown && !_isOver;
        }

        if (!_isOver)
        {
            log(line);
        }

        _lock?.EndAll();
        try
        {
            removeAddresses();
        }
        catch (Exception refused) when (refused is IOException or ConfigurationException)
        {
            log($"ctdbd: the addresses that it left stay: {refused.Message}");
        }

        if (isToCome)
        {
            StartAgain();
        }
    }

    private void StartAgain()
    {
        try
        {
            Start();
        }
        catch (ConfigurationException refused)
        {
            log($"ctdbd: not started again: {refused.Message}");
        }
    }
}
