using System.Net;
using Torture.Protocol.Management;

namespace Torture.Suites.Rpc.Management;

/// <summary>The management interface that every endpoint has ([C706] appendix Q, [MS-RPCE] 2.2.1.3).</summary>
public sealed class Inquiries : Suite
{
    private const uint UnknownAuthenticationService = 0x6D3;
    private const uint InsufficientBuffer = 122;

    [Test, Verifies(Rpce.IsServerListening, Rpce.ManagementWithoutAuthentication)]
    public async Task TheServerIsListening()
    {
        await using var management = await OpenWitnessEndpointAsync();

        var reply = await CallAsync(management, ManagementOperation.is_server_listening, default);

        var listening = ManagementCodec.DecodeIsServerListeningResponse(reply.Stub.Span, management.Syntax);
        Check.That(Rpce.IsServerListening, listening, new IsServerListeningResponse(Status: 0, Listening: 1));
        Check.That(Rpce.ManagementWithoutAuthentication, reply, r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Rpce.InterfaceIds, Rpce.ManagementWithoutAuthentication, Swn.InterfaceUuid)]
    public async Task TheWitnessEndpointServesTheWitness()
    {
        await using var management = await OpenWitnessEndpointAsync();

        var reply = await CallAsync(management, ManagementOperation.inq_if_ids, default);

        Check.That(Rpce.ManagementWithoutAuthentication, reply, r => r.Status, ERROR_SUCCESS);
        var ids = reply.Stub.IsEmpty
            ? null
            : ManagementCodec.DecodeInqIfIdsResponse(reply.Stub.Span, management.Syntax);
        Check.That(Rpce.InterfaceIds, ids?.Status, 0u);
        Check.That(Rpce.InterfaceIds, ids?.Interfaces?.Contains(SyntaxId.Witness), true);
        Check.That(Swn.InterfaceUuid, ids?.Interfaces?.Contains(SyntaxId.Witness), true);
    }

    [Test, Verifies(Rpce.ManagementOnEveryEndpoint)]
    public async Task TheEndpointMapperServesItToo()
    {
        var bound = await TryBindAsync(
            new IPEndPoint(Cluster.Nodes[0].Address, Cluster.Ports.EndpointMapper), SyntaxId.Management,
            ConnectOptions.Unauthenticated);
        await using var management = bound.Connection;

        Check.That(Rpce.ManagementOnEveryEndpoint, bound.Status, Outcome.Success);
        if (management is not null)
        {
            var reply = await CallAsync(management, ManagementOperation.is_server_listening, default);
            Check.That(Rpce.ManagementOnEveryEndpoint, reply, r => r.Status, ERROR_SUCCESS);
        }
    }

    [Test, Verifies(Rpce.PrincipalName, Swn.ServicePrincipalName)]
    public async Task ThePrincipalNameIsTold()
    {
        var name = await InquirePrincipalAsync(service: 10, size: 4096);

        Check.That(Rpce.PrincipalName, name.Status, 0u);
        Check.That(Rpce.PrincipalName, name.Name.Length > 0, true);
        Check.Holds(
            Swn.ServicePrincipalName,
            Cluster.Aliases.Prepend(Cluster.NetName).Select(host => $"cifs/{host}")
                .Contains(name.Name, StringComparer.OrdinalIgnoreCase),
            $"cifs/{Cluster.NetName}", name.Name);
    }

    [Test, Verifies(Rpce.PrincipalNameUnknownService)]
    public async Task AnUnknownServiceHasNoPrincipalName()
    {
        var name = await InquirePrincipalAsync(service: 77, size: 4096);

        Check.That(Rpce.PrincipalNameUnknownService, name.Status, UnknownAuthenticationService);
    }

    [Test, Verifies(Rpce.PrincipalNameTooSmall)]
    public async Task ATooSmallBufferIsAnError()
    {
        var name = await InquirePrincipalAsync(service: 10, size: 2);

        Check.That(Rpce.PrincipalNameTooSmall, name.Status, InsufficientBuffer);
    }

    [Test, Verifies(Rpce.StopDenied, House.StaysUp)]
    public async Task NobodyMayStopTheServer()
    {
        await using var management = await OpenWitnessEndpointAsync();

        var reply = await CallAsync(management, ManagementOperation.stop_server_listening, default);

        var stopped = ManagementCodec.DecodeStopServerListeningResponse(reply.Stub.Span, management.Syntax);
        Check.That(Rpce.StopDenied, stopped.Status, 5u);
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        Check.Holds(
            House.StaysUp, await Alive.AskAsync(witness), r => Alive.Answers(r.Status), Alive.InWords);
    }

    [TestCase(0u, TestName = "{m}_0")]
    [TestCase(1u, TestName = "{m}_1")]
    [TestCase(4u, TestName = "{m}_4")]
    [Verifies(Rpce.Statistics)]
    public async Task NoMoreCountersThanAskedFor(uint count)
    {
        await using var management = await OpenWitnessEndpointAsync();
        var stub = ManagementCodec.Encode(new InqStatsRequest(count), management.Syntax);

        var reply = await CallAsync(management, ManagementOperation.inq_stats, stub);

        if (reply.Stub.IsEmpty)
        {
            Check.Holds(Rpce.Statistics, holds: false, "statistics", $"{reply.Status}");
            return;
        }

        var statistics = ManagementCodec.DecodeInqStatsResponse(reply.Stub.Span, management.Syntax);
        Check.That(Rpce.Statistics, statistics.Statistics.Length <= count, true);
    }

    private async Task<InqPrincNameResponse> InquirePrincipalAsync(uint service, uint size)
    {
        await using var management = await OpenWitnessEndpointAsync();
        var stub = ManagementCodec.Encode(new InqPrincNameRequest(service, size), management.Syntax);
        var reply = await CallAsync(management, ManagementOperation.inq_princ_name, stub);
        return ManagementCodec.DecodeInqPrincNameResponse(reply.Stub.Span, management.Syntax);
    }

    private static Task<RawReply> CallAsync(
        RpcConnection management, ManagementOperation operation, ReadOnlyMemory<byte> stub) =>
        management.CallAsync((ushort)operation, stub);

    private async Task<RpcConnection> OpenWitnessEndpointAsync() =>
        await OpenAsync((await MapWitnessAsync(Cluster.Nodes[0].Address)).Port);

    private Task<RpcConnection> OpenAsync(int port) =>
        BindAsync(
            new IPEndPoint(Cluster.Nodes[0].Address, port), SyntaxId.Management, ConnectOptions.Unauthenticated);
}
