using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Harness.Results;

namespace Torture.SelfTests.Harness;

using Node = Torture.Harness.Clusters.Node;

/// <summary>A cluster of two nodes that is nothing but its observation. No capture, no connection.</summary>
internal sealed class FakeCluster : ICluster
{
    private readonly Dictionary<string, NodeState> _states;
    private int _clients;

    public FakeCluster()
    {
        Nodes = [new Node("n1", IPAddress.Parse("10.0.0.1")), new Node("n2", IPAddress.Parse("10.0.0.2"))];
        PublicAddresses = [new PublicAddress(IPAddress.Parse("10.0.1.1"))];
        _states = Nodes.ToDictionary(node => node.Name, _ => NodeState.Ok);
    }

    public event Action<ClusterEvent>? Changed;

    /// <summary>Faults do something.</summary>
    public bool Acts { get; init; } = true;

    /// <summary>Healing undoes it.</summary>
    public bool Heals { get; init; } = true;

    public Expectations Expectations { get; init; } = Expectations.None;

    /// <summary>Before a connection is refused.</summary>
    public Func<CancellationToken, Task> Connecting { get; init; } = _ => Task.CompletedTask;

    public int Rebuilt { get; private set; }

    public string Target => "fake";

    public string Id { get; init; } = "two nodes in memory";

    public string NetName => "cluster";

    public IReadOnlyList<string> Aliases => [];

    public IReadOnlyList<Node> Nodes { get; }

    public IReadOnlyList<PublicAddress> PublicAddresses { get; }

    public IReadOnlyList<Share> Shares => [];

    public IReadOnlyList<Account> Accounts => [new Account("TEST", "user", "secret")];

    public ClusterPorts Ports { get; } = new();

    public Limits Limits { get; } = new()
    {
        Effect = TimeSpan.FromMilliseconds(40),
        Recovery = TimeSpan.FromMilliseconds(40),
    };

    public CapabilitySet Capabilities { get; } = CapabilitySet.Everything
        .Without(Capability.Capture, "no wire")
        .Without(Capability.BanNode, "write the hook ban");

    public TimeProvider Time => TimeProvider.System;

    public ICaptureSession? Capture => null;

    public async ValueTask<Connection> ConnectAsync(
        IPAddress from, IPEndPoint to, CancellationToken cancellationToken)
    {
        await Connecting(cancellationToken);
        throw new IOException("nobody listens");
    }

    public void AskEchoes(IPAddress address, int count) => throw new IOException("nobody answers");

    public CaseClient ClaimClient(string caseId) =>
        new(caseId, new IPAddress([10, 0, 2, (byte)Interlocked.Increment(ref _clients)]), null);

    public Task<ClusterObservation> ObserveAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new ClusterObservation(Time.GetUtcNow(), [.. Nodes.Select(Observe)]));

    public Task ApplyAsync(Fault fault, CancellationToken cancellationToken) =>
        Set(fault, Acts ? NodeState.Disabled : NodeState.Ok);

    public Task HealAsync(Fault fault, CancellationToken cancellationToken) =>
        Heals ? Set(fault, NodeState.Ok) : Task.CompletedTask;

    public Task<bool> RebuildAsync(CancellationToken cancellationToken)
    {
        Rebuilt++;
        Nodes.ToList().ForEach(node => _states[node.Name] = NodeState.Ok);
        return Task.FromResult(true);
    }

    public Task<string?> ReadLogAsync(Node node, CancellationToken cancellationToken) =>
        Task.FromResult<string?>($"log of {node}");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private NodeObservation Observe(Node node) => new(node, Reachable: true, _states[node.Name])
    {
        Owned = node == Nodes[0] ? PublicAddresses : [],
    };

    private Task Set(Fault fault, NodeState state)
    {
        var node = ((DisableNode)fault).Node;
        _states[node.Name] = state;
        Changed?.Invoke(new ClusterEvent.NodeStateChanged(Time.GetUtcNow(), node, state));
        return Task.CompletedTask;
    }
}
