using System.Net;
using System.Security.Cryptography;
using Torture.Harness.Clusters;
using Torture.Protocol;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;
using Torture.Protocol.Witness;

namespace Torture.Targets.Hooks;

/// <summary>One question to the witness of a node, outside of any case: what a plain client would do.</summary>
/// <param name="from">Source address of IPv4.</param>
internal sealed class WitnessAsk(ICluster cluster, IPAddress from)
{
    /// <summary>Port of the witness, as the endpoint mapper of the node says.</summary>
    /// <returns>Null: it knows none.</returns>
    /// <exception cref="IOException">It cannot be asked.</exception>
    public async Task<IPEndPoint?> TryMapAsync(Node node, CancellationToken cancellationToken)
    {
        var mapper = new IPEndPoint(node.Address, cluster.Ports.EndpointMapper);
        return await CallAsync(
            mapper, new RpcClientOptions { Interface = SyntaxId.EndpointMapper, TimeProvider = cluster.Time },
            async client =>
            {
                var request = new EptMapRequest(
                    Guid.Empty, Tower.Build(SyntaxId.Witness, new IPEndPoint(IPAddress.Any, 0)), default, 4);
                var stub = await client.Start(
                    (ushort)EndpointMapperOperation.ept_map, EndpointMapperCodec.Encode(request, client.Syntax))
                    .Response.WaitAsync(cancellationToken);
                var answer = EndpointMapperCodec.DecodeMapResponse(stub.Span, client.Syntax);
                return answer.Towers.Select(tower => tower.Port).FirstOrDefault(port => port is not null) is { } port
                    ? new IPEndPoint(node.Address, port)
                    : null;
            },
            cancellationToken);
    }

    /// <exception cref="IOException">It does not say, or cannot be asked.</exception>
    public async Task<IPEndPoint> MapAsync(Node node, CancellationToken cancellationToken) =>
        await TryMapAsync(node, cancellationToken)
        ?? throw new IOException($"the endpoint mapper at {node.Address} knows no witness");

    /// <exception cref="IOException">It cannot be asked, or says no.</exception>
    public Task<IReadOnlyList<WitnessInterface>> ListAsync(
        IPEndPoint witness, AuthenticationLevel level, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<WitnessInterface>>(
            witness,
            new RpcClientOptions
            {
                Interface = SyntaxId.Witness,
                Level = level,
                SecurityContext = level == AuthenticationLevel.None ? null : Ntlm(),
                TimeProvider = cluster.Time,
            },
            async client =>
            {
                var stub = await client.Start((ushort)WitnessOperation.WitnessrGetInterfaceList, default)
                    .Response.WaitAsync(cancellationToken);
                var answer = WitnessCodec.DecodeGetInterfaceListResponse(stub.Span, client.Syntax);
                return answer.Status == Win32Error.ERROR_SUCCESS
                    ? [.. answer.Interfaces ?? []]
                    : throw new IOException($"GetInterfaceList at {witness} is answered {answer.Status}");
            },
            cancellationToken);

    private NtlmInitiator Ntlm()
    {
        var credential = cluster.Accounts is [var account, ..]
            ? new NtlmCredential(account.User, account.Password, account.Domain)
            : NtlmCredential.Anonymous;
        return new NtlmInitiator(credential, cluster.Time, RandomNumberGenerator.Fill);
    }

    private async Task<T> CallAsync<T>(
        IPEndPoint to, RpcClientOptions options, Func<RpcClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await cluster.ConnectAsync(from, to, cancellationToken);
            await using var client = await RpcClient.BindAsync(
                connection.Stream, connection.Local, connection.Remote, options, cancellationToken);
            return await ask(client);
        }
        catch (Exception failed) when (failed is RpcBindException or RpcConnectionClosedException or RpcFaultException
            or ProtocolException or SecurityContextException)
        {
            throw new IOException($"{to}: {failed.Message}", failed);
        }
    }
}
