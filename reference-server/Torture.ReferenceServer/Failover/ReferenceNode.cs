using System.Net;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Management;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;
using Torture.Protocol.Smb2;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Ctdbd;
using Torture.ReferenceServer.Takeover;
using Torture.ReferenceServer.Witness;

namespace Torture.ReferenceServer.Failover;

/// <summary>
/// One node: failover, and on its own address and the public addresses that it holds the endpoint mapper, management
/// and witness; SMB on the latter only. Each part comes from a factory method, so that another node can differ in one.
/// </summary>
public partial class ReferenceNode : IAsyncDisposable
{
    private readonly List<ServedPort> _own = [];
    private readonly Lock _randomGate = new();
    private IFailoverEngine? _engine;
    private NodeClusterView? _view;
    private RpcServer? _mapper;
    private EndpointMapperService? _known;
    private Smb2Server? _smb;
    private Fence? _fence;
    private LosableLock? _lock;
    private IAddressPlane? _plane;

    public ReferenceNode(ClusterConfiguration cluster, NodeEntry self, NodeEnvironment environment)
    {
        Cluster = cluster;
        Self = self;
        Environment = environment;
        Clock = new MonotonicClock(environment.Time);
    }

    public ClusterConfiguration Cluster { get; }

    public NodeEntry Self { get; }

    public NodeEnvironment Environment { get; }

    public MonotonicClock Clock { get; }

    public LinkGate Gate { get; } = new();

    public IFailoverEngine Engine => _engine ?? throw new InvalidOperationException("The node was not started.");

    /// <summary>The witness service; null while it is stopped.</summary>
    public WitnessService? Witness { get; private set; }

    internal NodeClusterView View => _view ?? throw new InvalidOperationException("The node was not started.");

    /// <summary>Null where another program has the lock.</summary>
    internal LosableLock? Lock => _lock;

    private IEnumerable<IPAddress> OwnAddresses =>
        Self.Address6 is null ? [Self.Address] : [Self.Address, Self.Address6];

    /// <summary>Listens on the node's own addresses and takes part in the cluster.</summary>
    /// <exception cref="ConfigurationException">An address or port cannot be had.</exception>
    public async ValueTask StartAsync()
    {
        _fence = CreateFence(Clock);
        _view = CreateClusterView();
        _view.Holds = address => Engine.Snapshot.Held.Any(held => held.Address.Equals(address));
        _mapper = CreateMapperServer();
        _smb = CreateSmb2Server(new Smb2ServerOptions(Environment.Time, NewRandom())
        {
            // A guid of its own: so the wire shows which node answers on an address.
            ServerGuid = NewGuid(),
            Log = Environment.Log,
        });
        _engine = CreateEngine(_fence);
        _engine.TableChanged += OnTableChanged;
        _engine.LocalRequests = ExecuteHere;
        await StartPlaneAsync();
        foreach (var address in OwnAddresses)
        {
            _own.Add(Serve(address, Cluster.Ports.EndpointMapper, _mapper, permit: null));
        }

        await StartWitnessAsync();
        await _engine.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        await StopWitnessAsync();
        foreach (var port in _own)
        {
            await port.CloseAsync();
        }

        if (_plane is not null)
        {
            await _plane.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private IFailoverEngine CreateEngine(Fence fence)
    {
        if (Cluster.Engine.Kind == EngineKind.Ctdb)
        {
            var local = Environment.LocalConnector
                ?? throw new ConfigurationException("engine ctdb: unix sockets cannot be opened here");
            return new CtdbFailover(
                Cluster, Self, new CtdbParts(Clock, NewRandom(), local, fence, this, Environment.Log)
                {
                    Lease = Environment.Daemon is not null && Cluster.Lock is { Kind: LockKind.Lease, Path: var path }
                        ? new LeaseWatch(path, TimeSpan.FromSeconds(Cluster.Profile.Lease), Clock)
                        : null,
                });
        }

        var clusterLock = Environment.Lock?.Invoke(Clock)
            ?? throw new ConfigurationException("engine embedded: there is no cluster lock");
        _lock = new LosableLock(clusterLock);
        return CreateFailoverEngine(new FailoverParts(
            Clock, NewRandom(), Environment.Connector, Environment.Listeners, _lock, fence, Gate, this,
            Environment.Log));
    }

    private Guid NewGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        NewRandom().NextBytes(bytes);
        return new Guid(bytes);
    }

    protected virtual Fence CreateFence(MonotonicClock clock) => new(clock);

    protected virtual NodeClusterView CreateClusterView() => new(Cluster, Self);

    protected virtual WitnessService CreateWitnessService(NodeParts parts) => new(parts);

    protected virtual RpcServer CreateRpcServer(RpcServerOptions options) => new(options);

    protected virtual FailoverEngine CreateFailoverEngine(FailoverParts parts) => new(Cluster, Self, parts);

    protected virtual IAddressPlane CreateAddressPlane(AddressPlaneParts parts) => new KernelAddressPlane(parts);

    protected virtual Smb2Server CreateSmb2Server(Smb2ServerOptions options) => new(options);

    protected virtual ManagementService CreateManagementService(RpcServer server) => new(server);

    protected virtual EndpointMapperService CreateEndpointMapperService(Random random) => new(random);

    /// <summary>A connection of a public address, behind the fence.</summary>
    protected virtual Stream Fenced(Stream stream, ServingPermit permit) => new FencedStream(stream, permit);

    private async ValueTask StartPlaneAsync()
    {
        var profile = Cluster.Profile;
        _plane = Environment.PublicLink is not { } link
            ? Environment.Plane
            : CreateAddressPlane(new AddressPlaneParts(
                link, Environment.Plane, Cluster.PublicAddresses,
                TimeSpan.FromSeconds(profile.KeepAliveInterval * profile.KeepAliveLimit), Environment.Time,
                Engine.ClientsLeftAt, Engine.ClientsTold, Environment.Log));
        try
        {
            await _plane.StartAsync(CancellationToken.None);
        }
        catch (IOException refused)
        {
            throw new ConfigurationException($"network: {refused.Message}", refused);
        }
    }

    private RpcServer CreateMapperServer()
    {
        var server = CreateRpcServer(RpcOptions());
        _known = CreateEndpointMapperService(NewRandom());
        _known.Register(new EndpointRegistration(
            SyntaxId.EndpointMapper, Cluster.Ports.EndpointMapper, "Endpoint Mapper"));
        server.AddInterface(_known);
        server.AddInterface(CreateManagementService(server));
        return server;
    }

    private RpcServer CreateWitnessServer(WitnessService witness)
    {
        var server = CreateRpcServer(RpcOptions());
        server.AddInterface(witness);
        server.AddInterface(CreateManagementService(server));
        return server;
    }

    private RpcServerOptions RpcOptions() => new()
    {
        Random = NewRandom(),
        TimeProvider = Environment.Time,
        PrincipalName = $"cifs/{Cluster.NetName}",
        KeyLog = Environment.KeyLog,
        Log = Environment.Log,
        Acceptors = type => type switch
        {
            AuthenticationType.Ntlmssp => NewAcceptor(),
            AuthenticationType.Spnego => new SpnegoAcceptor(NewAcceptor()),
            _ => null,
        },
    };

    // Whoever is nobody may bind: it is the method that refuses a caller without a name ([MS-SWN] 3.1.4).
    private NtlmAcceptor NewAcceptor() => new(
        Environment.Accounts, Cluster.NetName, Environment.Time, Environment.Secrets,
        new NtlmAcceptorOptions { AllowAnonymous = true });

    private NodeParts WitnessParts() => new(
        Environment.Time,
        NewRandom(),
        new WitnessSettings
        {
            UnusedRegistrationTimeout = TimeSpan.FromSeconds(Cluster.UnusedRegistrationTimeout),
            SweepInterval = TimeSpan.FromSeconds(Cluster.SweepInterval),
            Profile = Cluster.WindowsProfile ? WitnessProfile.Windows : WitnessProfile.Literal,
        },
        View,
        Environment.Log);

    private void OnTableChanged(ClusterTable before, ClusterTable now)
    {
        View.Adopt(now);
        if (Witness is not { } witness)
        {
            return;
        }

        witness.OnInterfacesChanged();
        foreach (var share in now.Shares.Where(share => share.Owner is not null))
        {
            if (before.Version > 0 && before.OwnerOf(share.Share) != share.Owner)
            {
                witness.MoveShare(null, share.Share, share.Owner!);
            }
        }
    }

    private Random NewRandom()
    {
        lock (_randomGate)
        {
            return new Random(Environment.Random.Next());
        }
    }
}
