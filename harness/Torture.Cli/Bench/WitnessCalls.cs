using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Cli.Bench;

/// <summary>Witness calls without the harness around them: encoded, sent, decoded; what fails is an error.</summary>
internal static class WitnessCalls
{
    private const uint KeepAlive = 3600;

    public static async Task<GetInterfaceListResponse> GetInterfaceListAsync(RpcClient client)
    {
        var stub = await client.Start((ushort)WitnessOperation.WitnessrGetInterfaceList, default).Response;
        var response = WitnessCodec.DecodeGetInterfaceListResponse(stub.Span, client.Syntax);
        Expect(response.Status, WitnessOperation.WitnessrGetInterfaceList);
        return response;
    }

    public static async Task<ContextHandle> RegisterAsync(RpcClient client, BenchCluster cluster)
    {
        var request = new RegisterExRequest(
            WitnessVersion.V2, cluster.Cluster.NetName, null, cluster.Address.ToString(), "BENCH",
            RegisterFlags.WITNESS_REGISTER_NONE, KeepAlive);
        var call = client.Start(
            (ushort)WitnessOperation.WitnessrRegisterEx, WitnessCodec.Encode(request, client.Syntax));
        var response = WitnessCodec.DecodeHandleResponse((await call.Response).Span, client.Syntax);
        Expect(response.Status, WitnessOperation.WitnessrRegisterEx);
        return response.Context;
    }

    public static async Task UnRegisterAsync(RpcClient client, ContextHandle handle)
    {
        var call = client.Start((ushort)WitnessOperation.WitnessrUnRegister, Encode(client, handle));
        var response = WitnessCodec.DecodeStatusResponse((await call.Response).Span, client.Syntax);
        Expect(response.Status, WitnessOperation.WitnessrUnRegister);
    }

    public static RpcCall StartAsyncNotify(RpcClient client, ContextHandle handle) =>
        client.Start((ushort)WitnessOperation.WitnessrAsyncNotify, Encode(client, handle));

    private static byte[] Encode(RpcClient client, ContextHandle handle) =>
        WitnessCodec.Encode(new HandleRequest(handle), client.Syntax);

    private static void Expect(Win32Error status, WitnessOperation operation)
    {
        if (status != Win32Error.ERROR_SUCCESS)
        {
            throw new ProtocolException($"{operation} was answered {status}", "[MS-SWN] 3.1.4");
        }
    }
}
