using System.Net;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Ctdbd;
using Torture.ReferenceServer.Failover;

namespace Torture.SelfTests.Ctdbd;

/// <summary>Three ctdb engines on daemons in memory, and waits for what they shall come to.</summary>
internal sealed class EngineWorld : IAsyncDisposable
{
    public static readonly IPAddress A = IPAddress.Parse("10.9.0.1");
    public static readonly IPAddress B = IPAddress.Parse("10.9.0.2");
    public static readonly IPAddress C = IPAddress.Parse("fd99::3");

    private readonly List<EngineNode> _nodes = [];

    public EngineWorld(FailoverProfile? profile = null)
    {
        Ctdb = new FakeCtdb(3, A, B, C);
        Configuration = new ClusterConfiguration
        {
            Name = "engine test",
            NetName = "WITNESSED",
            Nodes = [.. Enumerable.Range(0, 3).Select(i => new NodeEntry(
                $"n{i + 1}", FakeCtdb.AddressOf(i), IPAddress.Parse($"10.2.0.{i + 1}")))],
            PublicAddresses = [A, B, C],
            Shares = [new ShareEntry("failover", ShareEntryKind.Failover, "n1")],
            Engine = new EngineSettings { Kind = EngineKind.Ctdb, Socket = "/fake/{node}" },
            Profile = profile ?? new FailoverProfile { KeepAliveInterval = 0.05, KeepAliveLimit = 400 },
            ControlFolder = "/tmp",
        };
    }

    public FakeCtdb Ctdb { get; }

    /// <summary>Where a node sees the lease that is CTDB's cluster lock; null: it is none.</summary>
    public Func<string, string?> LeaseOf { get; init; } = _ => null;

    public ClusterConfiguration Configuration { get; }

    public EngineNode this[string name] => _nodes.First(node => node.Name == name);

    public IReadOnlyList<EngineNode> Nodes => _nodes;

    public async Task<EngineNode> StartAsync(string name)
    {
        var node = new EngineNode(this, Configuration.Node(name));
        await node.Engine.StartAsync();
        _nodes.Add(node);
        return node;
    }

    public async Task StartAllAsync()
    {
        foreach (var node in Configuration.Nodes)
        {
            await StartAsync(node.Name);
        }

        await UntilAsync(
            () => this["n1"].Serves(A) && this["n2"].Serves(B) && this["n3"].Serves(C) && AllSay(A, "n1")
                && AllSay(B, "n2") && AllSay(C, "n3"),
            "each serves what its daemon has");
    }

    public bool AllSay(IPAddress address, string? owner) =>
        _nodes.All(node => node.Engine.Snapshot.Table.OwnerOf(address) == owner);

    public async Task UntilAsync(Func<bool> holds, string what)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            while (!holds())
            {
                await ticks.WaitForNextTickAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"never: {what}\n{string.Join('\n', _nodes.Select(node => node.Told))}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.Engine.DisposeAsync();
        }
    }
}

/// <summary>One engine, and what it serves.</summary>
internal sealed class EngineNode : IAddressHost
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, ServingPermit> _serving = [];
    private readonly List<string> _log = [];
    private readonly List<string> _steps = [];

    public EngineNode(EngineWorld world, NodeEntry entry)
    {
        Name = entry.Name;
        var clock = new MonotonicClock(TimeProvider.System);
        Engine = new CtdbFailover(world.Configuration, entry, new CtdbParts(
            clock, new Random(entry.Name[^1]), world.Ctdb, new Fence(clock), this, Log)
        {
            Lease = world.LeaseOf(entry.Name) is { } folder
                ? new LeaseWatch(folder, TimeSpan.FromSeconds(world.Configuration.Profile.Lease), clock)
                : null,
        });
        Engine.LocalRequests = request => new ControlResponse(true) { Count = request.Client == Name ? 1 : 0 };
        Engine.Changed += Happened;
    }

    public string Name { get; }

    public CtdbFailover Engine { get; }

    public EngineSnapshot Seen => Engine.Snapshot;

    /// <summary>Said by the host when it is to take an address; null: it can.</summary>
    public Func<IPAddress, string?> Refuses { get; set; } = _ => null;

    /// <summary>The host's ports of an address are closed when this is done.</summary>
    public Func<IPAddress, Task> Closes { get; set; } = _ => Task.CompletedTask;

    public List<NodeEvent> Events { get; } = [];

    public string[] Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _log];
            }
        }
    }

    public string[] Steps
    {
        get
        {
            lock (_gate)
            {
                return [.. _steps];
            }
        }
    }

    public string Told =>
        $"{Name} {Seen.State} leader {Seen.Leader} table {string.Join(' ', Seen.Table.Addresses)}\n"
        + string.Join('\n', Lines);

    public bool Serves(IPAddress address)
    {
        lock (_gate)
        {
            return _serving.TryGetValue(address, out var permit) && permit.Holds;
        }
    }

    public ValueTask TakeAsync(IPAddress address, ServingPermit permit, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Refuses(address) is { } why)
            {
                return ValueTask.FromException(new IOException(why));
            }

            _steps.Add($"takes {address}");
            _serving[address] = permit;
            return ValueTask.CompletedTask;
        }
    }

    public async ValueTask ReleaseAsync(IPAddress address)
    {
        lock (_gate)
        {
            _steps.Add($"releases {address}");
            _serving.Remove(address);
        }

        await Closes(address);
    }

    /// <summary>Place of the last such event in the order of the whole machine.</summary>
    public long OrderOf(NodeEventKind kind, IPAddress address)
    {
        lock (Events)
        {
            return Events.Last(happened => happened.Kind == kind && address.Equals(happened.Address)).Sequence;
        }
    }

    private void Log(string line)
    {
        lock (_gate)
        {
            _log.Add(line);
        }
    }

    private void Happened(NodeEvent happened)
    {
        lock (Events)
        {
            Events.Add(happened);
        }
    }
}
