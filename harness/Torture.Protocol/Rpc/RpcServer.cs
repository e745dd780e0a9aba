using System.Collections.Concurrent;
using System.Net;
using Torture.Protocol.Management;

namespace Torture.Protocol.Rpc;

/// <summary>
/// A connection-oriented DCE/RPC server ([C706] 9 to 13, [MS-RPCE] 3.3). Every rule is a step of its own that a
/// subclass may change (RpcServer.Steps.cs).
/// </summary>
public partial class RpcServer
{
    private readonly List<IRpcInterface> _interfaces = [];
    private readonly ConcurrentDictionary<long, RpcServerConnection> _connections = new();
    private readonly ConcurrentDictionary<uint, AssociationGroup> _groups = new();
    private readonly Lock _random = new();
    private long _lastConnection;

    private long _callsIn;
    private long _packetsIn;
    private long _packetsOut;

    public RpcServer(RpcServerOptions options)
    {
        Options = options;
        AddInterface(new ManagementService(this));
    }

    public RpcServerOptions Options { get; }

    /// <summary>The management interface is always among them.</summary>
    public IReadOnlyList<IRpcInterface> Interfaces => _interfaces;

    public RpcServerStatistics Statistics => new(
        Interlocked.Read(ref _callsIn), Interlocked.Read(ref _packetsIn), Interlocked.Read(ref _packetsOut));

    /// <summary>Those that are served now.</summary>
    public IEnumerable<RpcServerConnection> Connections => _connections.Values;

    public int ConnectionCount => _connections.Count;

    public int AssociationGroupCount => _groups.Count;

    /// <summary>Takes the place of one with the same id. To be called before the first connection is served.</summary>
    public void AddInterface(IRpcInterface rpcInterface)
    {
        _interfaces.RemoveAll(known => known.Id == rpcInterface.Id);
        _interfaces.Add(rpcInterface);
    }

    /// <summary>Serves one connection until it ends, whoever ends it; closes the stream.</summary>
    public virtual async Task ServeAsync(
        Stream connection, IPEndPoint local, IPEndPoint remote, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastConnection);
        var served = new RpcServerConnection(this, connection, local, remote, id);
        _connections[id] = served;
        try
        {
            await served.RunAsync(cancellationToken);
        }
        finally
        {
            _connections.TryRemove(id, out _);
        }
    }

    internal void CountCall() => Interlocked.Increment(ref _callsIn);

    internal void CountPacketIn() => Interlocked.Increment(ref _packetsIn);

    internal void CountPacketOut() => Interlocked.Increment(ref _packetsOut);

    internal AssociationGroup CreateAssociationGroup(IPAddress client)
    {
        while (true)
        {
            var group = new AssociationGroup(NextGroupId(), client);
            if (_groups.TryAdd(group.Id, group))
            {
                return group;
            }
        }
    }

    /// <summary>The group that lives under this id, or null.</summary>
    protected AssociationGroup? FindAssociationGroup(uint id) => _groups.GetValueOrDefault(id);

    internal void LeaveAssociationGroup(AssociationGroup group)
    {
        if (group.Leave())
        {
            _groups.TryRemove(group.Id, out _);
            OnRundown(group);
        }
    }

    private uint NextGroupId()
    {
        lock (_random)
        {
            return (uint)Options.Random.Next(1, int.MaxValue);
        }
    }
}
