using System.Collections.Concurrent;
using System.Net;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Running;
using Torture.ReferenceServer.Control;
using Torture.Targets.Containers.Engine;
using Torture.Targets.Containers.Links;
using Torture.Targets.Reference;

namespace Torture.Targets.Containers.Clusters;

/// <summary>Nodes as containers, each with a network stack of its own.</summary>
/// <param name="image">Of a node of the reference server.</param>
internal sealed class ContainerHost(
    TargetOptions options, IContainerEngine engine, string image, ContainerNetworks networks, ClusterPlan plan,
    CapabilitySet capabilities) : INodeHost
{
    /// <summary>The setting that makes a kill one that nobody hears of.</summary>
    public const string PowerOff = "kill";

    private const int LastLines = 5;
    private static readonly LibpcapOptions OnBridge = new() { Promiscuous = true, BufferSize = 32 << 20 };

    private readonly ConcurrentDictionary<string, NodeWatch> _watches = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _isToEnd = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _isFrozen = new(StringComparer.Ordinal);
    private readonly bool _hasIPv6 = capabilities.Has(Capability.IPv6);
    private MarkedCapture? _capture;
    private FencePort? _fence;
    private LinkTroubles? _links;

    public event Action<HostEvent>? Happened;

    public ICaptureSession? Capture => _capture;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (capabilities.Has(Capability.Capture))
        {
            _capture ??= MarkedCapture.Start(
                [.. networks.Bridges.Select(bridge => LibpcapDevice.Open(bridge, OnBridge))],
                [.. networks.MarkerPaths.Select(path => MarkerSender.ToAll(path.From, path.To))], options.RunId);
        }

        return Task.CompletedTask;
    }

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await plan.WriteAsync(cancellationToken);
        _fence = new FencePort(plan.Configuration.Supervisor!, TakeFromOthers);
        _links = new LinkTroubles(PortOf, options.Seed, options.Time);
        await Task.WhenAll(plan.Nodes.Select((node, number) =>
            engine.CreateContainerAsync(SpecOf(node, number), cancellationToken)));
    }

    public async Task EndAsync()
    {
        foreach (var node in plan.Nodes)
        {
            _isToEnd[node.Name] = true;
        }

        _links?.Dispose();
        await Task.WhenAll(plan.Nodes.Select(node =>
            engine.RemoveContainerAsync(ContainerOf(node), CancellationToken.None)));
        foreach (var watch in _watches.Values)
        {
            watch.Dispose();
        }

        _watches.Clear();
        _fence?.Dispose();
        plan.Remove();
    }

    public async Task SpawnAsync(Node node, CancellationToken cancellationToken)
    {
        if (_watches.TryRemove(node.Name, out var before))
        {
            // Dead is what the kernel says; the engine takes longer to see it, and would not start it again before.
            before.Dispose();
            await engine.WaitForExitAsync(ContainerOf(node), cancellationToken);
        }

        _isToEnd[node.Name] = false;
        await engine.StartAsync(ContainerOf(node), cancellationToken);
        var started = await engine.InspectAsync(ContainerOf(node), cancellationToken);
        if (started is not { ProcessId: > 0 and var process }
            || NodeWatch.TryStart(process) is not { } watch)
        {
            throw await NotStartedAsync(node);
        }

        _watches[node.Name] = watch;
        _ = TellEndAsync(node, watch);
        if (IsCtdb && _hasIPv6)
        {
            await OwnThread.RunAsync(watch.TrustAddresses);
        }

        await Poll.UntilAsync(
            async () => await AnswersAsync(node, watch, cancellationToken) ? node : null, TimeSpan.MaxValue,
            options.Time, cancellationToken);
    }

    public async ValueTask<ControlClient> OpenControlAsync(string node, CancellationToken cancellationToken) =>
        await NodePort.OpenAsync(plan.Configuration, node, cancellationToken);

    public Task<string?> ReadLogAsync(Node node, CancellationToken cancellationToken) =>
        plan.ReadLogAsync(node, cancellationToken);

    public async Task<IReadOnlyDictionary<string, ProcessState>> StatesAsync(CancellationToken cancellationToken)
    {
        var found = await engine.ListContainersAsync(engine.Mark.Filter, cancellationToken);
        return plan.Nodes.ToDictionary(node => node.Name, node => !IsAlive(node)
            ? ProcessState.Gone
            : found.FirstOrDefault(container => container.Name == ContainerOf(node))?.State switch
            {
                ContainerState.Running => ProcessState.Running,
                ContainerState.Paused => ProcessState.Suspended,
                _ => ProcessState.Gone,
            });
    }

    public Task? ApplyAsync(Fault fault, CancellationToken cancellationToken) => fault switch
    {
        KillNode kill => KillAsync(kill.Node, cancellationToken),
        PauseNode pause => FreezeAsync(pause.Node, cancellationToken),
        Partition cut => OnLinksOf(cut, (from, to) => from.Cut(to)),
        LinkFault link => OwnThread.RunAsync(() => _links!.Make(link)),
        _ => null,
    };

    public Task? HealAsync(Fault fault, CancellationToken cancellationToken) => fault switch
    {
        PauseNode pause => GoOnAsync(pause.Node, cancellationToken),
        Partition cut => OnLinksOf(cut, (from, to) => from.Mend(to)),
        LinkFault link => OwnThread.RunAsync(() => _links!.Heal(link)),
        _ => null,
    };

    public CaseClient ClaimClient(string name) => networks.ClaimClient(name, _hasIPv6);

    public ValueTask<Connection> ConnectAsync(IPAddress from, IPEndPoint to, CancellationToken cancellationToken) =>
        TcpConnection.ConnectAsync(from, to, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_capture is not null)
        {
            await _capture.DisposeAsync();
        }

        await Sweep.ThisRunAsync(engine, CancellationToken.None);
        engine.Mark.Dispose();
        engine.Dispose();
    }

    private bool IsAlive(Node node) => _watches.TryGetValue(node.Name, out var watch) && !watch.Ended.IsCompleted;

    private bool IsCtdb => plan.Configuration.Engine.Kind == EngineKind.Ctdb;

    private string ContainerOf(Node node) => engine.Mark.NameOf(node.Name);

    /// <summary>
    /// Its folders are at the same paths inside: what the cluster file says is true there, and control ports are in
    /// reach from here.
    /// </summary>
    private ContainerSpec SpecOf(Node node, int number) => new(ContainerOf(node), image)
    {
        HostName = node.Name,
        Networks = networks.AttachmentsOf(number),
        Command = ["torture-node", "node", "--cluster", Path.GetFullPath(plan.File), "--name", node.Name],
        Capabilities = ["NET_ADMIN", "NET_RAW"],
        Sysctls = new Dictionary<string, string>
        {
            ["net.ipv6.conf.all.disable_ipv6"] = _hasIPv6 ? "0" : "1",
            // A node is no router: what comes for an address that it let go of goes nowhere.
            ["net.ipv4.ip_forward"] = "0",
            ["net.ipv6.conf.all.forwarding"] = "0",
        },
        Environment = NodeRuntime.Environment,
        Volumes = new[] { plan.ControlFolder, Path.GetFullPath(plan.Folder) }.ToDictionary(folder => folder),
    };

    private Task OnLinksOf(Partition cut, Action<NodeWatch, IPAddress> act)
    {
        if (cut.Direction != Direction.ToFrom)
        {
            act(_watches[cut.From.Name], cut.To.Private!);
        }

        if (cut.Direction != Direction.FromTo)
        {
            act(_watches[cut.To.Name], cut.From.Private!);
        }

        return Task.CompletedTask;
    }

    private (string Port, string Bridge) PortOf(Node node, NodeLink link) => (
        _watches[node.Name].OtherEnd(link == NodeLink.Private ? node.Private! : node.Address),
        networks.BridgeOf(link));

    private Task FreezeAsync(Node node, CancellationToken cancellationToken)
    {
        _isFrozen[node.Name] = true;
        Happened?.Invoke(new HostEvent.Frozen(node.Name, ClusterWatch.Now, IsFrozen: true));
        return engine.PauseAsync(ContainerOf(node), cancellationToken);
    }

    private async Task GoOnAsync(Node node, CancellationToken cancellationToken)
    {
        Happened?.Invoke(new HostEvent.Frozen(node.Name, ClusterWatch.Now, IsFrozen: false));
        await engine.UnpauseAsync(ContainerOf(node), cancellationToken);
        _isFrozen[node.Name] = false;
    }

    private async Task KillAsync(Node node, CancellationToken cancellationToken)
    {
        _isToEnd[node.Name] = true;
        if (options.Settings.ContainsKey(PowerOff))
        {
            _watches[node.Name].Unplug();
        }

        await engine.KillAsync(ContainerOf(node), "SIGKILL", cancellationToken);
        await _watches[node.Name].Ended.WaitAsync(cancellationToken);
    }

    private async Task TellEndAsync(Node node, NodeWatch watch)
    {
        var at = await watch.Ended;
        var isExpected = _isToEnd[node.Name];
        Happened?.Invoke(new HostEvent.Exited(
            node.Name, at, isExpected, isExpected ? "killed" : await LastWordsAsync(node)));
    }

    /// <summary>CTDB takes addresses from others by itself, but from those that are frozen.</summary>
    private bool MayFence(string node) => !IsCtdb || _isFrozen.GetValueOrDefault(node);

    private void TakeFromOthers(string taker, IPAddress address)
    {
        foreach (var (node, watch) in _watches.Where(entry => entry.Key != taker && MayFence(entry.Key)))
        {
            watch.Remove(address);
            if (IsCtdb)
            {
                // Else it would go on, for a moment, as if it had what others have by now.
                watch.Doom("ctdb");
            }

            // Also where it had let go before: it may not have come to say so.
            Happened?.Invoke(new HostEvent.Unplugged(node, ClusterWatch.Now, address));
        }
    }

    /// <exception cref="TargetUnusableException">It has ended.</exception>
    private async Task<bool> AnswersAsync(Node node, NodeWatch watch, CancellationToken cancellationToken)
    {
        if (watch.Ended.IsCompleted)
        {
            throw await NotStartedAsync(node);
        }

        try
        {
            await using var port = await OpenControlAsync(node.Name, cancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task<TargetUnusableException> NotStartedAsync(Node node) =>
        new($"{node.Name} does not start: {await LastWordsAsync(node)}");

    private async Task<string> LastWordsAsync(Node node)
    {
        try
        {
            var said = (await engine.ReadLogsAsync(ContainerOf(node), LastLines, CancellationToken.None)).Trim();
            return said.Length > 0 ? said.ReplaceLineEndings(" | ") : "it said nothing";
        }
        catch (EngineException silent)
        {
            return silent.Message;
        }
    }
}
