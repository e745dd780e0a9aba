using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Torture.Captures;
using Torture.Harness.Histories;
using Torture.Harness.Running;
using Torture.Node.Keep;
using Torture.ReferenceServer.Control;
using Torture.SelfTests.Loopback;

namespace Torture.SelfTests.Takeover;

/// <summary>A client's connection and its ends, which a socket that was reset does not know any more.</summary>
internal sealed record ClientSocket(Socket Socket, int Port, IPEndPoint Local)
{
    public (int Port, IPEndPoint Client) End => (Port, Local);
}

/// <summary>Nodes that have a network stack each, a client, and eyes on the switch between them.</summary>
internal sealed class NamespaceCluster : IAsyncDisposable
{
    public const string Verb = "hold-namespaces";

    /// <summary>Patient: tests share a machine, and a node that gets no time must not be taken for dead.</summary>
    private static readonly FailoverProfile Profile = new() { KeepAliveInterval = 0.2, KeepAliveLimit = 15, Lease = 2 };
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly NodeSpawner _spawner = new();
    private readonly Dictionary<string, Process> _processes = [];
    private readonly List<Socket> _clients = [];
    private readonly HashSet<string> _frozen = [];
    private readonly List<CapturedPacket> _packets = [];

    private NamespaceCluster(int nodes)
    {
        Network = new NamespaceNetwork(nodes);
        Configuration = Describe(nodes);
        File.WriteAllText(ClusterFilePath, ClusterFile.Write(Configuration));
        Capture = CaptureSession.Start(
            NetworkNamespace.Inside(Network.PathOf(NamespaceNetwork.Switch), () => LibpcapDevice.Open(
                NamespaceNetwork.PublicBridge, new LibpcapOptions { Promiscuous = true, BufferSize = 4 << 20 })),
            new CaptureSessionOptions { RunId = "namespaces", Send = _ => { }, OnPacket = Keep });
    }

    public NamespaceNetwork Network { get; }

    public ClusterConfiguration Configuration { get; }

    public CaptureSession Capture { get; }

    public string ClusterFilePath => Path.Combine(_folder.Path, "cluster.json");

    /// <summary>Nodes that run, and are not frozen.</summary>
    public IEnumerable<string> Running => _processes.Keys.Except(_frozen);

    /// <summary>Brings one up in a process that is there to be killed; says its folder.</summary>
    public static async Task HoldAsync()
    {
        var cluster = await UpAsync([null]);
        Console.Out.WriteLine(Path.GetDirectoryName(cluster.ClusterFilePath));
    }

    /// <param name="mutants">Of each node, in their order; as many nodes as are given are started.</param>
    public static async Task<NamespaceCluster> UpAsync(params string?[] mutants)
    {
        var cluster = new NamespaceCluster(mutants.Length);
        try
        {
            for (var i = 0; i < mutants.Length; i++)
            {
                cluster.Start($"n{i + 1}", mutants[i]);
            }

            await cluster.UntilAsync(cluster.IsAtHomeAsync, "at home");
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public void Start(string node, string? mutant = null) => _processes[node] = _spawner.Start(
        ["ip", "netns", "exec", Network.NameOf(node)],
        [
            "node", "--cluster", ClusterFilePath, "--name", node, "--parent", $"{Environment.ProcessId}",
            .. mutant is null ? (string[])[] : ["--mutant", mutant],
        ]);

    public void Freeze(string node)
    {
        _frozen.Add(node);
        Native.Signal(_processes[node].Id, Native.SIGSTOP);
    }

    public void Thaw(string node)
    {
        _frozen.Remove(node);
        Native.Signal(_processes[node].Id, Native.SIGCONT);
    }

    public bool HasProcess(string node) => _processes.ContainsKey(node);

    /// <summary>No packet leaves it any more, no FIN and no RST; then it dies.</summary>
    public void PowerOff(string node)
    {
        Network.Plug(node, isIn: false);
        Kill(node);
    }

    public void Kill(string node)
    {
        _processes.Remove(node, out var process);
        process!.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>A client's connection.</summary>
    public ClientSocket Connect(IPAddress address, int port)
    {
        var socket = NetworkNamespace.Inside(Network.PathOf(NamespaceNetwork.Client), () =>
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(address, port);
            return socket;
        });
        _clients.Add(socket);
        return new ClientSocket(socket, port, (IPEndPoint)socket.LocalEndPoint!);
    }

    public async Task<ControlResponse> AskAsync(string node, ControlRequest request)
    {
        using var deadline = new CancellationTokenSource(Limit);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(
            new UnixDomainSocketEndPoint(ControlSocket.PathOf(Configuration, node)), deadline.Token);
        await using var client = new ControlClient(new NetworkStream(socket));
        return await client.AskAsync(request, deadline.Token);
    }

    /// <summary>What a node says; null: it does not answer.</summary>
    public async Task<NodeStatus?> ObserveAsync(string node)
    {
        try
        {
            return (await AskAsync(node, new ControlRequest(ControlVerb.Observe))).Status;
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            return null;
        }
    }

    /// <summary>Who says that it holds the address; null: nobody, or more than one.</summary>
    public async Task<string?> OwnerOfAsync(IPAddress address)
    {
        var seen = await Task.WhenAll(Running.Select(ObserveAsync));
        var owners = seen.Where(node => node?.Held.Any(held => held.Address.Equals(address)) == true).ToArray();
        return owners is [{ } owner] ? owner.Node : null;
    }

    public async Task<bool> IsAtHomeAsync()
    {
        foreach (var (index, address) in Configuration.PublicAddresses.Index())
        {
            if (await OwnerOfAsync(address) != Configuration.Nodes[index % Configuration.Nodes.Count].Name)
            {
                return false;
            }
        }

        return true;
    }

    public async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var met = await Poll.UntilAsync(
            async () => await holds() ? "" : null, Limit, TimeProvider.System, CancellationToken.None);
        if (met is null)
        {
            throw new TimeoutException($"never: {what}\n{Logs()}");
        }
    }

    public Task UntilAsync(Func<bool> holds, string what) => UntilAsync(() => Task.FromResult(holds()), what);

    /// <summary>Waits until the packets show it.</summary>
    public async Task<WitnessTrace> SeenAsync(Func<WitnessTrace, bool> holds, string what)
    {
        using var deadline = new CancellationTokenSource(Limit);
        try
        {
            await Capture.WaitUntilAsync(trace => holds(trace.Snapshot()), deadline.Token);
            return Capture.Snapshot();
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"not seen: {what}\n{Logs()}");
        }
    }

    public string Logs() => string.Join('\n', Directory.EnumerateFiles(_folder.Path, "*.log")
        .SelectMany(file => File.ReadLines(file).TakeLast(30)).Order());

    /// <summary>What happened, and what the packets show of it.</summary>
    public History Tell(params IEnumerable<HistoryEvent> happened)
    {
        var history = new History(happened);
        lock (_packets)
        {
            new WireView(new KeyRing()).Read([.. _packets], history);
        }

        return history;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        foreach (var node in _processes.Keys.ToArray())
        {
            Kill(node);
        }

        _spawner.Dispose();
        await Capture.DisposeAsync();
        Network.Dispose();
        _folder.Dispose();
    }

    private void Keep(CapturedPacket packet)
    {
        lock (_packets)
        {
            _packets.Add(packet);
        }
    }

    private ClusterConfiguration Describe(int nodes) => new()
    {
        Name = "namespaces",
        NetName = "WITNESSED",
        Nodes =
        [
            .. Enumerable.Range(1, nodes).Select(i => new NodeEntry(
                $"n{i}", NamespaceNetwork.Private(i), NamespaceNetwork.Address(10 + i),
                NamespaceNetwork.Address6(0x10 + i))),
        ],
        PublicAddresses =
        [
            .. Enumerable.Range(1, nodes).Select(i => NamespaceNetwork.Address(100 + i)),
            .. Enumerable.Range(1, nodes).Select(i => NamespaceNetwork.Address6(0x100 + i)),
        ],
        Profile = Profile,
        Lock = new LockSettings(LockKind.Lease, Path.Combine(_folder.Path, "lock")),
        ControlFolder = _folder.Path,
        LogFolder = _folder.Path,
        Network = new NetworkSettings(),
    };
}
