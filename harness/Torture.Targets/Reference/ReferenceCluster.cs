using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Running;
using Torture.ReferenceServer.Control;

namespace Torture.Targets.Reference;

/// <summary>Nodes of the reference server, wherever their host runs them.</summary>
internal sealed partial class ReferenceCluster : ICluster
{
    private readonly TargetOptions _options;
    private readonly ClusterPlan _plan;
    private readonly INodeHost _host;
    private ClusterWatch? _watch;
    private int _clients;

    public ReferenceCluster(
        TargetOptions options, ClusterPlan plan, INodeHost host, Limits limits, CapabilitySet capabilities)
    {
        (_options, _plan, _host) = (options, plan, host);
        (Limits, Capabilities) = (limits, capabilities);
        Ports = new ClusterPorts(Configuration.Ports.EndpointMapper, Configuration.Ports.Smb);
        _host.Happened += happened => _watch?.OnHost(happened);
    }

    public event Action<ClusterEvent>? Changed;

    public string Target => _options.Name;

    public string Id => Configuration.Name;

    public string NetName => Configuration.NetName;

    public IReadOnlyList<string> Aliases => Configuration.Aliases;

    public IReadOnlyList<Node> Nodes => _plan.Nodes;

    public IReadOnlyList<PublicAddress> PublicAddresses => _plan.PublicAddresses;

    public IReadOnlyList<Share> Shares =>
        [.. Configuration.Shares.Select(share => new Share(share.Name, Enum.Parse<ShareKind>($"{share.Kind}")))];

    public IReadOnlyList<Account> Accounts => _plan.Accounts;

    public ClusterPorts Ports { get; }

    public Limits Limits { get; }

    public CapabilitySet Capabilities { get; }

    public TimeProvider Time => _options.Time;

    public ICaptureSession? Capture => _host.Capture;

    /// <summary>What the last up was made of.</summary>
    public IReadOnlyList<UpPhase> Phases { get; private set; } = [];

    /// <summary>The cluster file, for other commands and for tests.</summary>
    public ClusterConfiguration Configuration => _plan.Configuration;

    /// <summary>CTDB comes up in steps of a second, with processes in each: a busy machine needs long.</summary>
    private TimeSpan StartLimit =>
        TimeSpan.FromSeconds(Configuration.Engine.Kind == EngineKind.Ctdb ? 150 : 60);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Phases = [];
        await PhaseAsync("host and capture", _host.PrepareAsync(cancellationToken));
        _watch = new ClusterWatch(Configuration, Nodes, _host, Time, change => Changed?.Invoke(change));
        using var clock = new CancellationTokenSource(StartLimit, Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        try
        {
            await PhaseAsync("nodes", StartNodesAsync(limit.Token));
            await PhaseAsync("convergence", UntilConvergedAsync(limit.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TargetUnusableException(
                $"the {Target} cluster was not ready within {StartLimit.TotalSeconds:0} s:"
                + $" see {Configuration.LogFolder}");
        }
    }

    public ValueTask<Connection> ConnectAsync(IPAddress from, IPEndPoint to, CancellationToken cancellationToken) =>
        _host.ConnectAsync(from, to, cancellationToken);

    public void AskEchoes(IPAddress address, int count) => _host.AskEchoes(address, count);

    public CaseClient ClaimClient(string caseId) =>
        _host.ClaimClient($"client-{Interlocked.Increment(ref _clients):D5}");

    public Task<string?> ReadLogAsync(Node node, CancellationToken cancellationToken) =>
        _host.ReadLogAsync(node, cancellationToken);

    public async Task<bool> RebuildAsync(CancellationToken cancellationToken)
    {
        await StopNodesAsync();
        await StartAsync(cancellationToken);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await StopNodesAsync();
        await _host.DisposeAsync();
    }

    private async Task StartNodesAsync(CancellationToken cancellationToken)
    {
        await _host.BeginAsync(cancellationToken);
        await Task.WhenAll(Nodes.Select(node => SpawnAsync(node, cancellationToken)));
    }

    private async Task PhaseAsync(string name, Task phase)
    {
        var start = Time.GetTimestamp();
        await phase;
        Phases = [.. Phases, new(name, Time.GetElapsedTime(start))];
    }

    private async Task StopNodesAsync()
    {
        if (_watch is { } watch)
        {
            _watch = null;
            await watch.DisposeAsync();
        }

        await _host.EndAsync();
    }

    private async Task SpawnAsync(Node node, CancellationToken cancellationToken)
    {
        await _host.SpawnAsync(node, cancellationToken);
        await _watch!.FollowAsync(node.Name).WaitAsync(cancellationToken);
    }

    /// <summary>One leader, every node healthy and linked, every address held by one, and it stays so.</summary>
    private async Task UntilConvergedAsync(CancellationToken cancellationToken)
    {
        Rest? rest = null;
        await Poll.UntilAsync(
            async () =>
            {
                var seen = await ObserveAsync(cancellationToken);
                rest = IsConverged(seen) ? rest ?? new Rest(seen, ownersMayDiffer: false, Limits) : null;
                return rest?.IsReached(seen) == true ? seen : null;
            },
            TimeSpan.MaxValue, Time, cancellationToken);
    }

    private bool IsConverged(ClusterObservation seen) =>
        seen.Nodes.All(node => node is { Reachable: true, State: NodeState.Ok, Leader: not null }
            && node.Links.Count == Nodes.Count - 1)
        && seen.Nodes.Select(node => node.Leader).Distinct().Count() == 1
        && PublicAddresses.All(address => seen.OwnerOf(address) is not null)
        && Shares.Where(share => share.Kind == ShareKind.Failover).All(share => seen.OwnerOf(share) is not null)
        && (Configuration.Engine.Kind == EngineKind.Embedded || IsEven(seen));

    /// <summary>
    /// CTDB gives addresses to the nodes that are well, and takes some away again for each that gets well later.
    /// </summary>
    private bool IsEven(ClusterObservation seen) => PublicAddresses
        .GroupBy(address => address.Address.AddressFamily)
        .Select(family => Nodes.Select(node => family.Count(address => seen.OwnerOf(address) == node)).ToList())
        .All(counts => counts.Max() - counts.Min() <= 1);
}
