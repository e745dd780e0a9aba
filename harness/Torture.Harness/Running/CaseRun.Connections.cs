using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Histories;
using Torture.Harness.Witness;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;
using Torture.Protocol.Witness;

namespace Torture.Harness.Running;

internal sealed partial class CaseRun
{
    public async Task<WitnessConnection> ConnectAsync(IPAddress address, ConnectOptions? options)
    {
        var reply = await TryConnectAsync(address, options);
        return reply.Connection
            ?? throw new InconclusiveException($"cannot bind the witness at {address}: {reply.Detail}");
    }

    public async Task<BindReply<WitnessConnection>> TryConnectAsync(IPAddress address, ConnectOptions? options)
    {
        var chosen = (options ?? ConnectOptions.Default) with { Interface = SyntaxId.Witness };
        var (endpoint, status, detail) = chosen.Port is { } port
            ? (new IPEndPoint(address, port), Outcome.Success, null)
            : await TryMapAsync(address, SyntaxId.Witness, chosen.Client);
        if (endpoint is null)
        {
            return new BindReply<WitnessConnection>(status, null, detail);
        }

        var reply = await TryBindAsync(endpoint, SyntaxId.Witness, chosen);
        return new BindReply<WitnessConnection>(
            reply.Status,
            reply.Connection is { } rpc ? new WitnessConnection(rpc, chosen.CallDeadline, Limits.Call) : null,
            reply.Detail);
    }

    public async Task<RpcConnection> BindAsync(IPEndPoint endpoint, SyntaxId contract, ConnectOptions? options)
    {
        var reply = await TryBindAsync(endpoint, contract, options);
        return reply.Connection
            ?? throw new InconclusiveException($"cannot bind {contract} at {endpoint}: {reply.Detail}");
    }

    public async Task<BindReply<RpcConnection>> TryBindAsync(
        IPEndPoint endpoint, SyntaxId contract, ConnectOptions? options)
    {
        var chosen = (options ?? ConnectOptions.Default) with { Interface = contract };
        Connection connection;
        try
        {
            connection = await OpenAsync(endpoint, chosen.Client ?? Client);
        }
        catch (IOException refused)
        {
            return Refused(Outcome.ConnectionClosed, $"no connection to {endpoint}: {refused.Message}");
        }

        try
        {
            var client = await RpcClient.BindAsync(
                connection.Stream, connection.Local, connection.Remote, RpcOptions(chosen), Deadline)
                .WaitAsync(Limits.Call, Time, Deadline);
            var bound = new RpcConnection(this, connection, client, chosen);
            return new BindReply<RpcConnection>(Outcome.Success, bound, null);
        }
        catch (Exception failure) when (OutcomeOf(failure) is { } outcome)
        {
            await connection.DisposeAsync();
            return Refused(outcome, failure.Message);
        }
    }

    public async Task<Registration> RegisterAsync(RegisterWish wish)
    {
        var address = wish.Address ?? Cluster.PublicAddresses[0];
        var node = wish.On
            ?? (wish.Over is { } over ? NodeAt(over.Remote.Address) : await WitnessForAsync(address));
        var options = (wish.Options ?? ConnectOptions.Default) with { Client = wish.Client };
        var connection = wish.Over ?? await ConnectAsync(node.Address, options);
        var request = new RegisterExRequest(
            wish.Version, wish.NetName ?? Cluster.NetName, wish.Share?.Name, address.ToString(), wish.Client.Name,
            wish.Flags, (uint)Math.Round((wish.KeepAlive ?? TimeSpan.FromSeconds(120)).TotalSeconds));
        var reply = wish.Version == WitnessVersion.V1
            ? await connection.RegisterAsync(request.NetName, request.IpAddress, request.ClientComputerName)
            : await connection.RegisterExAsync(request);
        return reply.Status.IsSuccess && !reply.Handle.IsNull
            ? new Registration(connection, node, request, reply, ownsConnection: wish.Over is null)
            : throw new InconclusiveException(
                $"registration for {address} at {node} was answered {reply.Status}, {reply.Handle}");
    }

    public Node NodeAt(IPAddress address) =>
        Cluster.Nodes.FirstOrDefault(node => node.Address.Equals(address) || address.Equals(node.Address6))
        ?? new Node(address.ToString(), address);

    private static BindReply<RpcConnection> Refused(Outcome outcome, string detail) => new(outcome, null, detail);

    private static Outcome? OutcomeOf(Exception failure) => failure switch
    {
        RpcBindException { Fault: { } fault } => fault,
        RpcBindException => Outcome.RefusedAtBind,
        RpcConnectionClosedException or IOException => Outcome.ConnectionClosed,
        TimeoutException => Outcome.NoAnswer,
        SecurityContextException => Outcome.RefusedAtBind,
        ProtocolException => Outcome.Unreadable,
        _ => null,
    };

    private RpcClientOptions RpcOptions(ConnectOptions options) => new()
    {
        Interface = options.Interface,
        TransferSyntaxes = options.TransferSyntaxes,
        Level = options.Level,
        SecurityContext = Credentials.ContextFor(options, Cluster, Time, Random),
        AssociationGroup = options.AssociationGroup,
        MaxFragment = options.MaxFragment,
        Multiplexing = options.Multiplexing,
        HeaderSigning = options.HeaderSigning,
        BindTimeFeatures = options.BindTimeFeatures,
        KeyLog = this,
        TimeProvider = Time,
    };
}
