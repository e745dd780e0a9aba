using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Witness;
using Torture.Protocol;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Rpc;

namespace Torture.Harness.Running;

internal sealed partial class CaseRun
{
    private const uint MaxTowers = 4;

    /// <summary>Where an interface listens, as the endpoint mapper at the address says.</summary>
    /// <exception cref="InconclusiveException">It does not say.</exception>
    public async Task<IPEndPoint> MapAsync(IPAddress address, SyntaxId contract, CaseClient? client = null)
    {
        var (endpoint, _, detail) = await TryMapAsync(address, contract, client);
        return endpoint ?? throw new InconclusiveException(detail!);
    }

    public async Task<RpcConnection> BindMapperAsync(IPAddress address)
    {
        var bound = await TryBindMapperAsync(address, client: null);
        return bound.Connection
            ?? throw new InconclusiveException($"no endpoint mapper at {address}: {bound.Detail}");
    }

    private Task<BindReply<RpcConnection>> TryBindMapperAsync(IPAddress address, CaseClient? client) =>
        TryBindAsync(
            new IPEndPoint(address, Cluster.Ports.EndpointMapper), SyntaxId.EndpointMapper,
            ConnectOptions.Unauthenticated with { Client = client });

    private async Task<(IPEndPoint? Endpoint, Outcome Status, string? Detail)> TryMapAsync(
        IPAddress address, SyntaxId contract, CaseClient? client)
    {
        var bound = await TryBindMapperAsync(address, client);
        if (bound.Connection is not { } connection)
        {
            return (null, bound.Status, $"no endpoint mapper at {address}: {bound.Detail}");
        }

        await using (connection)
        {
            var request = new EptMapRequest(
                Guid.Empty, Tower.Build(contract, new IPEndPoint(IPAddress.Any, 0)), default, MaxTowers);
            var reply = await connection.CallAsync(
                (ushort)EndpointMapperOperation.ept_map, EndpointMapperCodec.Encode(request, connection.Syntax));
            return Answer(address, contract, reply, connection.Syntax);
        }
    }

    private static (IPEndPoint? Endpoint, Outcome Status, string? Detail) Answer(
        IPAddress address, SyntaxId contract, RawReply reply, Torture.Protocol.Ndr.NdrSyntax syntax)
    {
        if (!reply.Status.IsSuccess)
        {
            return (null, reply.Status, $"ept_map at {address} was answered {reply.Status}");
        }

        try
        {
            var answer = EndpointMapperCodec.DecodeMapResponse(reply.Stub.Span, syntax);
            var port = answer.Towers.Select(tower => tower.Port).FirstOrDefault(port => port is not null);
            return port is { } known
                ? (new IPEndPoint(address, known), Outcome.Success, null)
                : (null, Outcome.RefusedAtBind, $"{contract} is not registered at {address}: {answer.Status}");
        }
        catch (ProtocolException broken)
        {
            return (null, Outcome.Unreadable, $"ept_map at {address}: {broken.Message}");
        }
    }
}
