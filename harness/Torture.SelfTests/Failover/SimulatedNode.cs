using System.Net;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.SelfTests.Failover;

/// <summary>The callbacks of one node: run by the world, or not at all while the node stands still.</summary>
internal sealed class NodeContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = [];

    public bool IsEmpty => _queue.Count == 0;

    public override void Post(SendOrPostCallback d, object? state) => _queue.Enqueue((d, state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public void RunOne()
    {
        var (callback, state) = _queue.Dequeue();
        Run(() => callback(state));
    }

    public void Run(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}

/// <summary>The clock of a node: the world's, with callbacks in the node's own context.</summary>
internal sealed class NodeTime(TimeProvider world, NodeContext context) : TimeProvider
{
    public override long TimestampFrequency => world.TimestampFrequency;

    public override long GetTimestamp() => world.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => world.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        world.CreateTimer(_ => context.Post(given => callback(given), state), null, dueTime, period);
}

/// <summary>One node of a simulated cluster: an engine, and what it serves.</summary>
internal sealed class SimulatedNode : IAddressHost
{
    private readonly Dictionary<IPAddress, ServingPermit> _serving = [];

    public SimulatedNode(SimulatedCluster world, NodeEntry entry)
    {
        Entry = entry;
        var clock = new MonotonicClock(new NodeTime(world.Time, Context));
        Engine = new FailoverEngine(world.Configuration, entry, new FailoverParts(
            clock, new Random(1), world.Network.Of(this), world.Network.Of(this), world.Lease.For(this, clock),
            new Fence(clock), Gate, this, line => Log.Add($"{world.Time.GetUtcNow():mm:ss.fff} {entry.Name} {line}")));
        Engine.Changed += change => Events.Add(change);
        Context.Run(Engine.Start);
    }

    public NodeEntry Entry { get; }

    public string Name => Entry.Name;

    public NodeContext Context { get; } = new();

    public LinkGate Gate { get; } = new();

    public FailoverEngine Engine { get; }

    public List<NodeEvent> Events { get; } = [];

    public List<string> Log { get; } = [];

    public bool IsFrozen { get; set; }

    public bool IsDead { get; set; }

    /// <summary>What it would answer at, if it were asked now.</summary>
    public IEnumerable<IPAddress> Answers =>
        IsDead ? [] : _serving.Where(entry => entry.Value.Holds).Select(entry => entry.Key);

    public ValueTask TakeAsync(IPAddress address, ServingPermit permit, CancellationToken cancellationToken)
    {
        _serving[address] = permit;
        return ValueTask.CompletedTask;
    }

    public ValueTask ReleaseAsync(IPAddress address)
    {
        _serving.Remove(address);
        return ValueTask.CompletedTask;
    }
}
