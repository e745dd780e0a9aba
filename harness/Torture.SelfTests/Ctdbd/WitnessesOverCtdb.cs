using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Torture.Node.Sockets;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;
using Torture.Protocol.Smb2;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;
using Torture.Targets.Loopback;

namespace Torture.SelfTests.Ctdbd;

/// <summary>Reference nodes of which each is a client of a real daemon.</summary>
internal sealed class WitnessesOverCtdb : IAsyncDisposable
{
    public const int WitnessPort = 49_152;
    private const int MapperPort = 10_135;
    private const int SmbPort = 10_445;
    private const string User = "alice";

    private readonly string _password = Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
    private readonly List<ReferenceNode> _nodes = [];
    private readonly List<string> _log = [];

    private WitnessesOverCtdb(ClusterConfiguration cluster) => Cluster = cluster;

    public ClusterConfiguration Cluster { get; }

    public IReadOnlyList<ReferenceNode> Nodes => _nodes;

    public static async Task<WitnessesOverCtdb> StartAsync(RealCtdb ctdb, LoopbackNetwork network)
    {
        var witnesses = new WitnessesOverCtdb(new ClusterConfiguration
        {
            Name = "over ctdb",
            NetName = "WITNESSED",
            Nodes = [.. ctdb.Nodes.Select((name, i) => new NodeEntry(name, RealCtdb.PrivateOf(i), network.Node(i)))],
            PublicAddresses = ctdb.Addresses,
            Shares = [new ShareEntry("scaleout"), new ShareEntry("failover", ShareEntryKind.Failover, "n1")],
            Ports = new PortSettings { EndpointMapper = MapperPort, Smb = SmbPort, Witness = WitnessPort },
            Engine = new EngineSettings { Kind = EngineKind.Ctdb, Socket = ctdb.Socket },
            ControlFolder = "/tmp",
        });
        foreach (var entry in witnesses.Cluster.Nodes)
        {
            var node = new ReferenceNode(witnesses.Cluster, entry, witnesses.EnvironmentOf(entry));
            await node.StartAsync();
            witnesses._nodes.Add(node);
        }

        return witnesses;
    }

    public ReferenceNode Node(string name) => _nodes.First(node => node.Self.Name == name);

    /// <summary>Who has the address, as all nodes say; null while they do not agree, or nobody has it.</summary>
    public string? OwnerOf(IPAddress address) => _nodes.Select(node => node.Engine.Snapshot.Table.OwnerOf(address))
        .Distinct().ToArray() is [var owner] ? owner : null;

    public Task UntilWellAsync() => UntilAsync(
        () => _nodes.All(node => node.Engine.Snapshot is { State: MemberState.Ok, Permitted: true, Leader: not null }
                && node.Engine.Snapshot.Members.All(member => member.State == MemberState.Ok))
            && Cluster.PublicAddresses.All(address => OwnerOf(address) is { } owner && Serves(owner, address)),
        "all nodes are well and serve");

    public bool Serves(string node, IPAddress address) =>
        Node(node).Engine.Snapshot.Held.Any(held => held.Address.Equals(address));

    public async Task UntilAsync(Func<bool> holds, string what)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            while (!holds())
            {
                await ticks.WaitForNextTickAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"never: {what}\n{string.Join('\n', Lines.TakeLast(60))}");
        }
    }

    /// <summary>What the nodes have logged.</summary>
    public string[] Lines
    {
        get
        {
            lock (_log)
            {
                return [.. _log];
            }
        }
    }

    public async Task<RpcClient> BindAsync(IPAddress address, CancellationToken cancellationToken)
    {
        var socket = await ConnectAsync(address, WitnessPort, cancellationToken);
        return await RpcClient.BindAsync(
            new NetworkStream(socket, ownsSocket: true), (IPEndPoint)socket.LocalEndPoint!,
            (IPEndPoint)socket.RemoteEndPoint!,
            new RpcClientOptions
            {
                Interface = SyntaxId.Witness,
                Level = AuthenticationLevel.Integrity,
                SecurityContext = new NtlmInitiator(
                    new NtlmCredential(User, _password), TimeProvider.System, RandomNumberGenerator.Fill),
            },
            cancellationToken);
    }

    /// <summary>Whose guid an SMB server at the address has.</summary>
    public async Task<(Smb2Client Client, EndPoint From)> NegotiateAsync(
        IPAddress address, CancellationToken cancellationToken)
    {
        var socket = await ConnectAsync(address, SmbPort, cancellationToken);
        var client = await Smb2Client.NegotiateAsync(
            new NetworkStream(socket, ownsSocket: true), new Smb2ClientOptions(TimeProvider.System, new Random(1)),
            cancellationToken);
        return (client, socket.LocalEndPoint!);
    }

    public static async Task<ContextHandle> RegisterAsync(RpcClient rpc, IPAddress address, string client)
    {
        var request = new RegisterRequest(WitnessVersion.V1, "WITNESSED", $"{address}", client);
        var answer = await rpc.Start(
            (ushort)WitnessOperation.WitnessrRegister, WitnessCodec.Encode(request, rpc.Syntax)).Response;
        return WitnessCodec.DecodeHandleResponse(answer.Span, rpc.Syntax).Context;
    }

    public static async Task<AsyncNotifyResult> NotifyAsync(RpcClient rpc, ContextHandle handle)
    {
        var answer = await rpc.Start(
            (ushort)WitnessOperation.WitnessrAsyncNotify,
            WitnessCodec.Encode(new HandleRequest(handle), rpc.Syntax)).Response;
        return WitnessCodec.DecodeAsyncNotifyResult(answer.Span, rpc.Syntax);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private NodeEnvironment EnvironmentOf(NodeEntry entry) => new()
    {
        Random = new Random(entry.Name[^1]),
        Connector = new SocketConnector(),
        Listeners = new SocketListeners(),
        Plane = new OpenAddressPlane(),
        LocalConnector = new UnixConnector(),
        Accounts = new NtlmAccountList([NtlmAccount.FromPassword(User, _password)]),
        Secrets = RandomNumberGenerator.Fill,
        Log = line =>
        {
            lock (_log)
            {
                _log.Add($"{entry.Name} {line}");
            }
        },
    };

    private static async Task<Socket> ConnectAsync(IPAddress to, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(to, port), cancellationToken);
        return socket;
    }
}
