using System.Net;
using FluentAssertions;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;
using Torture.SelfTests.Witness;

namespace Torture.SelfTests.Failover;

/// <summary>
/// Engines on one thread, in time that stands until it is advanced. At every step no two nodes may answer at one
/// address.
/// </summary>
internal sealed class SimulatedCluster
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    private readonly Dictionary<string, SimulatedNode> _nodes = [];
    private readonly List<string> _past = [];

    public SimulatedCluster(int nodes = 3, int addresses = 3, bool failback = true)
    {
        Configuration = new ClusterConfiguration
        {
            Name = "simulated",
            NetName = "CLUSTER",
            Nodes = [.. Enumerable.Range(1, nodes)
                .Select(i => new NodeEntry($"n{i}", Address(10 + i), Address(20 + i)))],
            PublicAddresses = [.. Enumerable.Range(1, addresses).Select(i => Address(100 + i))],
            Shares = [new ShareEntry("share", ShareEntryKind.Failover, "n1")],
            Profile = FailoverProfile.Fast with { Failback = failback },
            Lock = new LockSettings(LockKind.Lease, "-"),
            ControlFolder = "/tmp",
        };
        Lease = new SharedLease(Time, TimeSpan.FromSeconds(Configuration.Profile.Lease));
        foreach (var entry in Configuration.Nodes)
        {
            Start(entry.Name);
        }
    }

    public ManualTime Time { get; } = new();

    public MemoryNetwork Network { get; } = new();

    public SharedLease Lease { get; }

    public ClusterConfiguration Configuration { get; }

    public IEnumerable<SimulatedNode> Nodes => _nodes.Values;

    public SimulatedNode this[string name] => _nodes[name];

    public SimulatedNode Leader =>
        Nodes.First(node => !node.IsDead && !node.IsFrozen && node.Engine.Snapshot.Leader == node.Name);

    public SimulatedNode Follower => Nodes.First(node => node != Leader);

    public static IPAddress Address(int host) => new([10, 0, 0, (byte)host]);

    public void Start(string name)
    {
        if (_nodes.TryGetValue(name, out var before))
        {
            _past.AddRange(before.Log);
        }

        _nodes[name] = new SimulatedNode(this, Configuration.Node(name));
    }

    public void Kill(SimulatedNode node)
    {
        node.IsDead = true;
        Network.CloseAllOf(node);
    }

    public void Cut(SimulatedNode from, SimulatedNode to) => from.Gate.Close(to.Entry.Private);

    public void Heal()
    {
        foreach (var node in Nodes)
        {
            foreach (var other in Configuration.Nodes)
            {
                node.Gate.Open(other.Private);
            }
        }
    }

    public IReadOnlyList<string> OwnersOf(IPAddress address) =>
        [.. Nodes.Where(node => node.Answers.Contains(address)).Select(node => node.Name)];

    public bool IsAtHome() => Configuration.PublicAddresses.Index().All(entry =>
        OwnersOf(entry.Item) is [var owner]
        && owner == Configuration.Nodes[entry.Index % Configuration.Nodes.Count].Name);

    /// <summary>Every address is answered for by one of the living.</summary>
    public bool IsServed() => Configuration.PublicAddresses.All(address =>
        OwnersOf(address) is [var owner] && !this[owner].IsFrozen);

    public TimeSpan Until(Func<bool> holds, string what, double limit = 30)
    {
        var start = Time.GetTimestamp();
        while (true)
        {
            Drain();
            var passed = new TimeSpan(Time.GetTimestamp() - start);
            if (holds())
            {
                return passed;
            }

            (passed.TotalSeconds < limit).Should().BeTrue($"{what}, within {limit} s:\n{Log()}\n{State()}");
            Time.Advance(Step);
        }
    }

    public void For(double seconds)
    {
        var end = Time.GetTimestamp() + TimeSpan.FromSeconds(seconds).Ticks;
        while (Time.GetTimestamp() < end)
        {
            Drain();
            Time.Advance(Step);
        }

        Drain();
    }

    public string Log() => string.Join('\n', _past.Concat(Nodes.SelectMany(node => node.Log)).Order().TakeLast(80));

    private string State() => string.Join('\n', Nodes.Select(node =>
    {
        var seen = node.Engine.Snapshot;
        return $"{node.Name} frozen {node.IsFrozen} dead {node.IsDead} {seen.State}"
            + $" leader {seen.Leader} term {seen.Term} permitted {seen.Permitted}"
            + $" answers {string.Join(',', node.Answers)}"
            + $" sees {string.Join(',', seen.Members.Select(member => $"{member.Node}:{member.State}"))}"
            + $" pins {string.Join(',', seen.Table.AddressPins)}";
    }));

    private void Drain()
    {
        while (Nodes.FirstOrDefault(node => !node.IsDead && !node.IsFrozen && !node.Context.IsEmpty) is { } next)
        {
            next.Context.RunOne();
            CheckOwners();
        }

        CheckOwners();
    }

    private void CheckOwners()
    {
        foreach (var address in Configuration.PublicAddresses)
        {
            var owners = OwnersOf(address);
            if (owners.Count > 1)
            {
                throw new InvalidOperationException(
                    $"{address} is answered for by {string.Join(" and ", owners)}"
                    + $" at {Time.GetUtcNow():mm:ss.fff}\n{Log()}");
            }
        }
    }
}
