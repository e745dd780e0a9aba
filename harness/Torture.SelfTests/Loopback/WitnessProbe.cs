using System.Net;
using System.Security.Cryptography;
using Torture.Harness.Clusters;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;
using Torture.Protocol.Witness;
using Torture.Targets.Loopback;
using Torture.Targets.Reference;

namespace Torture.SelfTests.Loopback;

using Node = Torture.Harness.Clusters.Node;

/// <summary>A client of a node's witness, outside of any case.</summary>
internal sealed class WitnessProbe : IAsyncDisposable
{
    private readonly Connection _connection;
    private readonly CaseClient _client;

    private WitnessProbe(Connection connection, CaseClient client, RpcClient rpc) =>
        (_connection, _client, Rpc) = (connection, client, rpc);

    public RpcClient Rpc { get; }

    public string Name => _client.Name;

    public static async Task<WitnessProbe> ConnectAsync(
        ReferenceCluster cluster, Node node, CancellationToken cancellationToken,
        AuthenticationLevel level = AuthenticationLevel.Integrity)
    {
        var client = cluster.ClaimClient("probe");
        var endpoint = new IPEndPoint(node.Address, cluster.Configuration.Ports.Witness);
        var connection = await cluster.ConnectAsync(client.Address, endpoint, cancellationToken);
        var account = cluster.Accounts[0];
        var credential = new NtlmCredential(account.User, account.Password, account.Domain);
        var rpc = await RpcClient.BindAsync(connection.Stream, connection.Local, connection.Remote, new RpcClientOptions
        {
            Interface = SyntaxId.Witness,
            Level = level,
            SecurityContext = new NtlmInitiator(credential, TimeProvider.System, RandomNumberGenerator.Fill),
        }, cancellationToken);
        return new WitnessProbe(connection, client, rpc);
    }

    public async Task<GetInterfaceListResponse> ListAsync()
    {
        var stub = await Rpc.Start((ushort)WitnessOperation.WitnessrGetInterfaceList, default).Response;
        return WitnessCodec.DecodeGetInterfaceListResponse(stub.Span, Rpc.Syntax);
    }

    public async Task<HandleResponse> RegisterAsync(string netName, IPAddress address)
    {
        var request = new RegisterRequest(WitnessVersion.V1, netName, address.ToString(), Name);
        var stub = WitnessCodec.Encode(request, Rpc.Syntax);
        var answer = await Rpc.Start((ushort)WitnessOperation.WitnessrRegister, stub).Response;
        return WitnessCodec.DecodeHandleResponse(answer.Span, Rpc.Syntax);
    }

    public async Task<HandleResponse> RegisterExAsync(
        string netName, IPAddress address, string? share = null, uint keepAlive = 60)
    {
        var request = new RegisterExRequest(
            WitnessVersion.V2, netName, share, address.ToString(), Name,
            RegisterFlags.WITNESS_REGISTER_IP_NOTIFICATION, keepAlive);
        var stub = WitnessCodec.Encode(request, Rpc.Syntax);
        var answer = await Rpc.Start((ushort)WitnessOperation.WitnessrRegisterEx, stub).Response;
        return WitnessCodec.DecodeHandleResponse(answer.Span, Rpc.Syntax);
    }

    public async Task<AsyncNotifyResult> NotifyAsync(ContextHandle handle)
    {
        var answer = await Rpc.Start((ushort)WitnessOperation.WitnessrAsyncNotify, Handle(handle)).Response;
        return WitnessCodec.DecodeAsyncNotifyResult(answer.Span, Rpc.Syntax);
    }

    public async Task<Win32Error> UnRegisterAsync(ContextHandle handle)
    {
        var answer = await Rpc.Start((ushort)WitnessOperation.WitnessrUnRegister, Handle(handle)).Response;
        return WitnessCodec.DecodeStatusResponse(answer.Span, Rpc.Syntax).Status;
    }

    public async Task<HandleResponse> UnRegisterExAsync(ContextHandle handle)
    {
        var answer = await Rpc.Start((ushort)WitnessOperation.WitnessrUnRegisterEx, Handle(handle)).Response;
        return WitnessCodec.DecodeHandleResponse(answer.Span, Rpc.Syntax);
    }

    public async ValueTask DisposeAsync()
    {
        await Rpc.DisposeAsync();
        await _connection.DisposeAsync();
        _client.Dispose();
    }

    private byte[] Handle(ContextHandle handle) => WitnessCodec.Encode(new HandleRequest(handle), Rpc.Syntax);
}
