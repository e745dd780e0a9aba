using System.Collections.Immutable;
using System.Net;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Protocol.EndpointMapper;

/// <summary>Asks an endpoint mapper, as a client does before it binds.</summary>
public static class EndpointMapperClient
{
    private const uint TowersAtOnce = 4;

    private static readonly IPEndPoint _anyEndpoint = new(IPAddress.Any, 135);

    /// <summary>Binds without authentication over a connected stream, asks, and closes it.</summary>
    /// <returns>All towers found; none where the interface is not registered.</returns>
    /// <exception cref="RpcBindException">The endpoint mapper refused the bind.</exception>
    /// <exception cref="RpcFaultException">It answered with a fault.</exception>
    /// <exception cref="RpcConnectionClosedException">The connection ended first.</exception>
    public static async Task<ImmutableArray<Tower>> MapAsync(
        Stream transport, IPEndPoint local, IPEndPoint remote, SyntaxId rpcInterface,
        CancellationToken cancellationToken)
    {
        await using var client = await RpcClient.BindAsync(
            transport, local, remote, new RpcClientOptions { Interface = SyntaxId.EndpointMapper },
            cancellationToken);
        return await MapAsync(client, rpcInterface, cancellationToken);
    }

    /// <summary>All towers of an interface, over as many calls as it takes.</summary>
    public static async Task<ImmutableArray<Tower>> MapAsync(
        RpcClient client, SyntaxId rpcInterface, CancellationToken cancellationToken)
    {
        var towers = ImmutableArray.CreateBuilder<Tower>();
        var handle = ContextHandle.Null;
        do
        {
            var response = await MapAsync(
                client, new EptMapRequest(null, Tower.Build(rpcInterface, _anyEndpoint), handle, TowersAtOnce),
                cancellationToken);
            towers.AddRange(response.Towers);
            handle = response.Towers.IsEmpty ? ContextHandle.Null : response.EntryHandle;
        }
        while (!handle.IsNull);

        return towers.ToImmutable();
    }

    public static async Task<EptMapResponse> MapAsync(
        RpcClient client, EptMapRequest request, CancellationToken cancellationToken)
    {
        var stub = await CallAsync(
            client, EndpointMapperOperation.ept_map, EndpointMapperCodec.Encode(request, client.Syntax),
            cancellationToken);
        return EndpointMapperCodec.DecodeMapResponse(stub.Span, client.Syntax);
    }

    public static async Task<EptLookupResponse> LookupAsync(
        RpcClient client, EptLookupRequest request, CancellationToken cancellationToken)
    {
        var stub = await CallAsync(
            client, EndpointMapperOperation.ept_lookup, EndpointMapperCodec.Encode(request, client.Syntax),
            cancellationToken);
        return EndpointMapperCodec.DecodeLookupResponse(stub.Span, client.Syntax);
    }

    public static async Task<EptLookupHandleFreeResponse> FreeAsync(
        RpcClient client, ContextHandle handle, CancellationToken cancellationToken)
    {
        var stub = await CallAsync(
            client, EndpointMapperOperation.ept_lookup_handle_free,
            EndpointMapperCodec.Encode(new EptLookupHandleFreeRequest(handle), client.Syntax), cancellationToken);
        return EndpointMapperCodec.DecodeLookupHandleFreeResponse(stub.Span, client.Syntax);
    }

    private static Task<ReadOnlyMemory<byte>> CallAsync(
        RpcClient client, EndpointMapperOperation operation, byte[] stub, CancellationToken cancellationToken) =>
        client.Start((ushort)operation, stub).Response.WaitAsync(cancellationToken);
}
