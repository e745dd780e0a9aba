using System.Globalization;
using System.Net;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Protocol.Security;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;
using Torture.Targets.Reference;

namespace Torture.Targets.Simulation;

/// <summary>Nodes as objects of one world, on its network.</summary>
internal sealed class SimulationHost : INodeHost
{
    private readonly World _world;
    private readonly SimulatedAddresses _addresses;
    private readonly ClusterPlan _plan;
    private readonly SimulatedLock _lock;
    private readonly NtlmAccountList _accounts;
    private readonly MemoryNetwork _control;
    private readonly Dictionary<string, SimulatedNode> _nodes = [];
    private readonly Dictionary<string, List<string>> _logs = [];
    private readonly Dictionary<(string Node, IPAddress Address), ServingPermit> _permits = [];

    public SimulationHost(World world, SimulatedAddresses addresses, ClusterPlan plan, bool captures)
    {
        (_world, _addresses, _plan) = (world, addresses, plan);
        var profile = plan.Configuration.Profile;
        var isFile = plan.Configuration.Lock is { Kind: LockKind.File };
        var lease = TimeSpan.FromSeconds(profile.Lease);
        _lock = new SimulatedLock(
            world, isFile ? null : lease,
            isFile ? TimeSpan.FromSeconds(profile.KeepAliveInterval * profile.KeepAliveLimit) : lease);
        _accounts = new NtlmAccountList([.. plan.Accounts.Select(
            account => NtlmAccount.FromPassword(account.User, account.Password, account.Domain))]);
        _control = new MemoryNetwork(world, world.NewRandom());
        if (captures)
        {
            Capture = world.Network.Capture = new SimulatedCapture(world, addresses.Marker);
        }
    }

    public event Action<HostEvent>? Happened;

    public ICaptureSession? Capture { get; }

    private long Sequence => _world.Now * TimeSpan.NanosecondsPerTick;

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task BeginAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task EndAsync()
    {
        foreach (var node in _nodes.Values)
        {
            End(node);
        }

        return Task.CompletedTask;
    }

    public async Task SpawnAsync(Node node, CancellationToken cancellationToken)
    {
        var life = NewLife(node.Name);
        _nodes[node.Name] = life;
        try
        {
            await life.StartAsync().WaitAsync(cancellationToken);
        }
        catch (ConfigurationException refused)
        {
            End(life);
            throw new TargetUnusableException($"{node} does not start: {refused.Message}", refused);
        }
    }

    public async ValueTask<ControlClient> OpenControlAsync(string node, CancellationToken cancellationToken) =>
        new(await _control.ConnectAsync(
            _world.Case, _addresses.Marker, SimulatedNode.ControlPortOf(_plan.Configuration.Node(node)),
            cancellationToken));

    public Task<ControlResponse> AskAsync(
        string node, ControlRequest request, CancellationToken cancellationToken) =>
        _nodes[node].AskAsync(request, cancellationToken);

    public Task<string?> ReadLogAsync(Node node, CancellationToken cancellationToken) =>
        Task.FromResult(_logs.TryGetValue(node.Name, out var lines) ? string.Join('\n', lines) + '\n' : null);

    public Task<IReadOnlyDictionary<string, ProcessState>> StatesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, ProcessState>>(_nodes.ToDictionary(
            entry => entry.Key, entry => StateOf(entry.Value.Party)));

    public Task? ApplyAsync(Fault fault, CancellationToken cancellationToken) => fault switch
    {
        KillNode kill => Kill(kill.Node),
        PauseNode pause => Freeze(pause.Node, isFrozen: true),
        LinkFault link => Spoil(link),
        _ => null,
    };

    public Task? HealAsync(Fault fault, CancellationToken cancellationToken) => fault switch
    {
        PauseNode pause => Freeze(pause.Node, isFrozen: false),
        LinkFault link => Mend(link),
        _ => null,
    };

    public void AskEchoes(IPAddress address, int count) =>
        _world.Network.AskEchoes(_world.Case, _addresses.Marker, address, count);

    public CaseClient ClaimClient(string name)
    {
        var number = _addresses.TakeClient()
            ?? throw new InconclusiveException("all client addresses of the simulated network are in use");
        return new CaseClient(
            name, _addresses.Client(number), _plan.Nodes[0].Address6 is null ? null : _addresses.Client6(number),
            () => _addresses.GiveBack(number));
    }

    public async ValueTask<Connection> ConnectAsync(
        IPAddress from, IPEndPoint to, CancellationToken cancellationToken) =>
        new SimulatedConnection(await _world.Network.ConnectAsync(_world.Case, from, to, cancellationToken));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ProcessState StateOf(Party party) =>
        party.IsGone ? ProcessState.Gone : party.IsFrozen ? ProcessState.Suspended : ProcessState.Running;

    private SimulatedNode NewLife(string name)
    {
        var party = _world.NewParty(name);
        var self = _plan.Configuration.Node(name);
        var mac = MacOf(name);
        var stack = _world.Network.Join(
            party, mac, new[] { self.Private, self.Address, self.Address6 }.OfType<IPAddress>());
        _control.Join(party, mac, [self.Private]);
        return new SimulatedNode(
            _plan.Configuration, self, party, _world.Network, _control,
            environment => environment with
            {
                Accounts = _accounts,
                Plane = new SimulatedFence(this, name),
                PublicLink = new SimulatedLink(_world.Network, stack),
                Lock = clock => _lock.For(party, clock),
                Log = line => Write(name, line),
            });
    }

    private MacAddress MacOf(string node) =>
        SimulatedAddresses.MacOf(_plan.Configuration.Nodes.ToList().IndexOf(_plan.Configuration.Node(node)));

    private void Write(string node, string line)
    {
        if (!_logs.TryGetValue(node, out var lines))
        {
            _logs[node] = lines = [];
        }

        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{_world.UtcNow:HH:mm:ss.ffffff} {line}"));
    }

    private Task Kill(Node node)
    {
        End(_nodes[node.Name]);
        Happened?.Invoke(new HostEvent.Exited(node.Name, Sequence, Expected: true, "killed"));
        return Task.CompletedTask;
    }

    private void End(SimulatedNode node)
    {
        node.End();
        _world.Network.CloseAllOf(node.Party);
        _control.CloseAllOf(node.Party);
    }

    private Task Freeze(Node node, bool isFrozen)
    {
        _nodes[node.Name].Party.IsFrozen = isFrozen;
        return Task.CompletedTask;
    }

    private Task Spoil(LinkFault fault)
    {
        _world.Network.BadLinks.Make(MacOf(fault.Node.Name), fault);
        return Task.CompletedTask;
    }

    private Task Mend(LinkFault fault)
    {
        _world.Network.BadLinks.Heal(MacOf(fault.Node.Name), fault);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Who stands still, or has no permission any more, has lost the address and may not have come to say so. Who has
    /// one is to let go first.
    /// </summary>
    private void Unplug(string taker, IPAddress address)
    {
        foreach (var (name, node) in _nodes.Where(entry => entry.Key != taker && !entry.Value.Party.IsGone))
        {
            _world.Network.TakeFrom(node.Party, address);
            if (node.Party.IsFrozen || _permits.GetValueOrDefault((name, address))?.Holds != true)
            {
                Happened?.Invoke(new HostEvent.Unplugged(name, Sequence, address));
            }
        }
    }

    /// <summary>The fence device: whoever takes an address has it taken from the machines of the others.</summary>
    private sealed class SimulatedFence(SimulationHost host, string node) : IAddressPlane
    {
        public ValueTask TakeAsync(IPAddress address, ServingPermit permit, CancellationToken cancellationToken)
        {
            host.Unplug(node, address);
            host._permits[(node, address)] = permit;
            return ValueTask.CompletedTask;
        }

        public ValueTask ReleaseAsync(IPAddress address) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class SimulatedConnection(MemorySocket socket)
        : Connection(socket, socket.Local, socket.Remote)
    {
        public override void Reset() => socket.Abort();
    }
}
