using Torture.Protocol.Rpc;

namespace Torture.Protocol.Management;

/// <summary>Asks the management interface over a client that is bound to it.</summary>
public static class ManagementClient
{
    public static async Task<InqIfIdsResponse> InqIfIdsAsync(RpcClient client, CancellationToken cancellationToken) =>
        ManagementCodec.DecodeInqIfIdsResponse(
            (await CallAsync(client, ManagementOperation.inq_if_ids, [], cancellationToken)).Span, client.Syntax);

    public static async Task<InqStatsResponse> InqStatsAsync(
        RpcClient client, uint count, CancellationToken cancellationToken) =>
        ManagementCodec.DecodeInqStatsResponse(
            (await CallAsync(
                client, ManagementOperation.inq_stats,
                ManagementCodec.Encode(new InqStatsRequest(count), client.Syntax), cancellationToken)).Span,
            client.Syntax);

    public static async Task<IsServerListeningResponse> IsServerListeningAsync(
        RpcClient client, CancellationToken cancellationToken) =>
        ManagementCodec.DecodeIsServerListeningResponse(
            (await CallAsync(client, ManagementOperation.is_server_listening, [], cancellationToken)).Span,
            client.Syntax);

    public static async Task<StopServerListeningResponse> StopServerListeningAsync(
        RpcClient client, CancellationToken cancellationToken) =>
        ManagementCodec.DecodeStopServerListeningResponse(
            (await CallAsync(client, ManagementOperation.stop_server_listening, [], cancellationToken)).Span,
            client.Syntax);

    public static async Task<InqPrincNameResponse> InqPrincNameAsync(
        RpcClient client, InqPrincNameRequest request, CancellationToken cancellationToken) =>
        ManagementCodec.DecodeInqPrincNameResponse(
            (await CallAsync(
                client, ManagementOperation.inq_princ_name, ManagementCodec.Encode(request, client.Syntax),
                cancellationToken)).Span,
            client.Syntax);

    private static Task<ReadOnlyMemory<byte>> CallAsync(
        RpcClient client, ManagementOperation operation, byte[] stub, CancellationToken cancellationToken) =>
        client.Start((ushort)operation, stub).Response.WaitAsync(cancellationToken);
}
