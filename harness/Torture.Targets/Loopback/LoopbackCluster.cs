using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Running;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Loopback;

/// <summary>Nodes as processes, addresses of the loopback interface, a supervisor above them.</summary>
internal sealed partial class LoopbackCluster : ICluster
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly TargetOptions _options;
    private readonly LoopbackNetwork _network;
    private readonly LoopbackPlan _plan;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _ready = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gone = new(StringComparer.Ordinal);
    private Supervisor? _supervisor;
    private ClusterWatch? _watch;
    private LoopbackCapture? _capture;
    private int _clients;

    public LoopbackCluster(
        TargetOptions options, LoopbackNetwork network, PortSettings ports, CapabilitySet capabilities)
    {
        (_options, _network, Capabilities) = (options, network, capabilities);
        _plan = new LoopbackPlan(options, network, ports, capabilities.Has(Capability.IPv6));
        Ports = new ClusterPorts(ports.EndpointMapper, ports.Smb);
        Limits = LoopbackLimits.Of(options.Settings.GetValueOrDefault("profile") != "ctdb");
    }

    public event Action<ClusterEvent>? Changed;

    public string Target => _options.Name;

    public string Id => _plan.Configuration.Name;

    public string NetName => _plan.Configuration.NetName;

    public IReadOnlyList<string> Aliases => _plan.Configuration.Aliases;

    public IReadOnlyList<Node> Nodes => _plan.Nodes;

    public IReadOnlyList<PublicAddress> PublicAddresses => _plan.PublicAddresses;

    public IReadOnlyList<Share> Shares =>
        [.. _plan.Configuration.Shares.Select(share => new Share(share.Name, Enum.Parse<ShareKind>($"{share.Kind}")))];

    public IReadOnlyList<Account> Accounts => _plan.Accounts;

    public ClusterPorts Ports { get; }

    public Limits Limits { get; }

    public CapabilitySet Capabilities { get; }

    public TimeProvider Time => _options.Time;

    public ICaptureSession? Capture => _capture;

    /// <summary>What the last up was made of.</summary>
    public IReadOnlyList<UpPhase> Phases { get; private set; } = [];

    /// <summary>The cluster file, for other commands and for tests.</summary>
    public ClusterConfiguration Configuration => _plan.Configuration;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var start = Time.GetTimestamp();
        await PrepareHostAsync(cancellationToken);
        if (Capabilities.Has(Capability.Capture))
        {
            _capture = LoopbackCapture.Start(_network, Capabilities.Has(Capability.IPv6), _options.RunId);
        }

        Phases = [new("host and capture", Time.GetElapsedTime(start))];
        await StartNodesAsync(cancellationToken);
    }

    public ValueTask<Connection> ConnectAsync(IPAddress from, IPEndPoint to, CancellationToken cancellationToken) =>
        LoopbackConnection.ConnectAsync(from, to, cancellationToken);

    public CaseClient ClaimClient(string caseId)
    {
        var number = _network.TakeClient()
            ?? throw new InconclusiveException("all client addresses of the loopback network are in use");
        var name = $"client-{Interlocked.Increment(ref _clients):D5}";
        var address6 = Capabilities.Has(Capability.IPv6) ? _network.Client6(number) : null;
        return new CaseClient(name, _network.Client(number), address6, () => _network.GiveBack(number));
    }

    public Task<string?> ReadLogAsync(Node node, CancellationToken cancellationToken)
    {
        var log = Path.Combine(_plan.Configuration.LogFolder!, node.Name + ".log");
        return File.Exists(log) ? ReadAsync() : Task.FromResult<string?>(null);

        async Task<string?> ReadAsync()
        {
            await using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            return await reader.ReadToEndAsync(cancellationToken);
        }
    }

    public async Task<bool> RebuildAsync(CancellationToken cancellationToken)
    {
        await StopNodesAsync();
        await PrepareHostAsync(cancellationToken);
        await StartNodesAsync(cancellationToken);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await StopNodesAsync();
        if (_capture is not null)
        {
            await _capture.DisposeAsync();
        }

        _network.Dispose();
    }

    private async Task StartNodesAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_plan.Configuration.LogFolder!);
        await File.WriteAllTextAsync(_plan.File, ClusterFile.Write(_plan.Configuration), cancellationToken);
        _watch = new ClusterWatch(_plan.Configuration, Nodes, Time, change => Changed?.Invoke(change));
        _supervisor = Supervisor.Start(_plan.File, _plan.Secrets, OnKept);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        try
        {
            var start = Time.GetTimestamp();
            await Task.WhenAll(Nodes.Select(node => SpawnAsync(node.Name, limit.Token)));
            Phases = [.. Phases, new("processes", Time.GetElapsedTime(start))];
            start = Time.GetTimestamp();
            await UntilConvergedAsync(limit.Token);
            Phases = [.. Phases, new("convergence", Time.GetElapsedTime(start))];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TargetUnusableException(
                $"the loopback cluster was not ready within {StartLimit.TotalSeconds:0} s:"
                + $" see {_plan.Configuration.LogFolder}");
        }
    }

    /// <summary>
    /// Makes what would outlive this process and its supervisor: written down first, so that another run can remove it.
    /// </summary>
    private async Task PrepareHostAsync(CancellationToken cancellationToken)
    {
        _network.Record(new LoopbackTraces(_plan.ControlFolder, _plan.File));
        MakeControlFolder();
        if (Capabilities.Has(Capability.IPv6))
        {
            await AddRouteAsync(cancellationToken);
        }
    }

    /// <summary>For nobody else's eyes.</summary>
    private void MakeControlFolder()
    {
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(
                _plan.ControlFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task StopNodesAsync()
    {
        if (_watch is { } watch)
        {
            await watch.DisposeAsync();
        }

        if (_supervisor is { } supervisor)
        {
            await supervisor.DisposeAsync();
        }

        // A supervisor that was killed, or never came, could not clean up.
        _network.RemoveTraces(_ => { });

        (_watch, _supervisor) = (null, null);
    }

    private async Task SpawnAsync(string node, CancellationToken cancellationToken)
    {
        var ready = _ready[node] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gone[node] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = new KeepRequest(KeepVerb.Spawn) { Node = node };
        await _supervisor!.AskAsync(request, cancellationToken);
        await ready.Task.WaitAsync(cancellationToken);
        await _watch!.FollowAsync(node).WaitAsync(cancellationToken);
    }

    private void OnKept(KeepMessage message)
    {
        switch (message.Event)
        {
            case Supervisor.Gone:
                foreach (var node in Nodes)
                {
                    OnKept(message with { Event = "exited", Node = node.Name, Expected = false });
                }

                return;
            case "ready":
                _ready[message.Node!].TrySetResult();
                break;
            case "exited":
                _gone[message.Node!].TrySetResult();
                _ready[message.Node!].TrySetException(new TargetUnusableException(
                    $"{message.Node} does not start: {message.LastLines ?? $"exit code {message.ExitCode}"}"));
                break;
        }

        _watch?.OnKept(message);
    }

    /// <summary>One leader, every node healthy and linked, every address held by one.</summary>
    private Task UntilConvergedAsync(CancellationToken cancellationToken) => Poll.UntilAsync(
        async () => await ObserveAsync(cancellationToken) is var seen && IsConverged(seen) ? seen : null,
        TimeSpan.MaxValue, Time, cancellationToken);

    private bool IsConverged(ClusterObservation seen) =>
        seen.Nodes.All(node => node is { Reachable: true, State: NodeState.Ok, Leader: not null }
            && node.Links.Count == Nodes.Count - 1)
        && seen.Nodes.Select(node => node.Leader).Distinct().Count() == 1
        && PublicAddresses.All(address => seen.OwnerOf(address) is not null)
        && Shares.Where(share => share.Kind == ShareKind.Failover).All(share => seen.OwnerOf(share) is not null);

    private async Task AddRouteAsync(CancellationToken cancellationToken)
    {
        using var ip = Process.Start(new ProcessStartInfo(
            "ip", ["-6", "route", "replace", "local", _network.Prefix6, "dev", "lo"])
        {
            RedirectStandardError = true,
        })!;
        var said = await ip.StandardError.ReadToEndAsync(cancellationToken);
        await ip.WaitForExitAsync(cancellationToken);
        if (ip.ExitCode != 0)
        {
            throw new TargetUnusableException($"no route for {_network.Prefix6} on lo: {said.Trim()}");
        }
    }
}
