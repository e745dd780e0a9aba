using Torture.Protocol.Management;
using Torture.Protocol.Rpc;
using Torture.Requirements;

namespace Torture.Mutants.Rpc;

[Defect("is_server_listening says no.")]
[Violates(Rpce.IsServerListening)]
public sealed class NotListening(RpcServer server) : ManagementService(server)
{
    protected override IsServerListeningResponse IsServerListening() => new(Status: 0, Listening: 0);
}

[Defect("is_server_listening fails, and says yes.")]
[Violates(Rpce.IsServerListening)]
public sealed class ListeningWithStatus(RpcServer server) : ManagementService(server)
{
    protected override IsServerListeningResponse IsServerListening() => new(Status: 5, Listening: 1);
}

[Defect("inq_if_ids lists no interface.")]
[Violates(Rpce.InterfaceIds, Swn.InterfaceUuid)]
public sealed class NoInterfaceIds(RpcServer server) : ManagementService(server)
{
    protected override InqIfIdsResponse InqIfIds() => base.InqIfIds() with { Interfaces = [] };
}

[Defect("inq_if_ids lists the witness under another UUID.")]
[Violates(Swn.InterfaceUuid, Rpce.InterfaceIds)]
public sealed class InterfaceIdsOfAnother(RpcServer server) : ManagementService(server)
{
    protected override InqIfIdsResponse InqIfIds() => base.InqIfIds() with
    {
        Interfaces = [SyntaxId.Witness with { Uuid = SyntaxId.Ndr20.Uuid }],
    };
}

[Defect("inq_princ_name knows no authentication service.")]
[Violates(Rpce.PrincipalName)]
public sealed class PrincipalOfNobody(RpcServer server) : ManagementService(server)
{
    private const uint UnknownAuthenticationService = 0x6D3;

    protected override InqPrincNameResponse InqPrincName(InqPrincNameRequest request) =>
        new("", request.NameSize, UnknownAuthenticationService);
}

[Defect("The principal name is empty.")]
[Violates(Rpce.PrincipalName, Swn.ServicePrincipalName)]
public sealed class PrincipalNameEmpty(RpcServer server) : ManagementService(server)
{
    protected override InqPrincNameResponse InqPrincName(InqPrincNameRequest request) =>
        base.InqPrincName(request) with { Name = "" };
}

[Defect("The principal name is that of the host and not of the cluster.")]
[Violates(Swn.ServicePrincipalName)]
public sealed class PrincipalOfTheHost(RpcServer server) : ManagementService(server)
{
    protected override InqPrincNameResponse InqPrincName(InqPrincNameRequest request) =>
        base.InqPrincName(request) is var response && response.Name.Length > 0
            ? response with { Name = "host/node" }
            : response;
}

[Defect("Every authentication service has the same principal name.")]
[Violates(Rpce.PrincipalNameUnknownService)]
public sealed class PrincipalOfAnyService(RpcServer server) : ManagementService(server)
{
    protected override InqPrincNameResponse InqPrincName(InqPrincNameRequest request) =>
        base.InqPrincName(request with { AuthenticationService = (uint)AuthenticationType.Ntlmssp });
}

[Defect("A principal name that does not fit is cut off.")]
[Violates(Rpce.PrincipalNameTooSmall)]
public sealed class PrincipalNameCutOff(RpcServer server) : ManagementService(server)
{
    protected override InqPrincNameResponse InqPrincName(InqPrincNameRequest request)
    {
        var whole = base.InqPrincName(request with { NameSize = 4096 });
        var length = Math.Min(whole.Name.Length, (int)request.NameSize - 1);
        return whole with { Name = whole.Name[..length], NameSize = request.NameSize };
    }
}

[Defect("stop_server_listening says that it did.")]
[Violates(Rpce.StopDenied)]
public sealed class StopAllowed(RpcServer server) : ManagementService(server)
{
    protected override StopServerListeningResponse StopServerListening() => new(Status: 0);
}

[Defect("Only the witness's endpoint has the management interface, the endpoint mapper's has not.")]
[Violates(Rpce.ManagementOnEveryEndpoint)]
public sealed class MapperHasNoManagement(RpcServerOptions options) : RpcServer(options)
{
    protected override IRpcInterface? FindInterface(SyntaxId abstractSyntax) =>
        abstractSyntax == SyntaxId.Management && Interfaces.Any(one => one.Id == SyntaxId.EndpointMapper)
            ? null
            : base.FindInterface(abstractSyntax);
}

[Defect("Who asks for the interfaces has to log on first.")]
[Violates(Rpce.ManagementWithoutAuthentication)]
public sealed class InterfaceIdsNeedLogon(RpcServer server) : ManagementService(server)
{
    public override ValueTask InvokeAsync(RpcServerCall call) =>
        call is { Opnum: (ushort)ManagementOperation.inq_if_ids, Caller.Level: AuthenticationLevel.None }
            ? throw new RpcFaultException(RpcFault.RPC_S_ACCESS_DENIED)
            : base.InvokeAsync(call);
}

[Defect("inq_stats tells all counters, however many were asked for.")]
[Violates(Rpce.Statistics)]
public sealed class AllStatistics(RpcServer server) : ManagementService(server)
{
    protected override InqStatsResponse InqStats(InqStatsRequest request) => base.InqStats(new InqStatsRequest(50));
}

[Defect("inq_stats tells one counter more than was asked for.")]
[Violates(Rpce.Statistics)]
public sealed class OneCounterMore(RpcServer server) : ManagementService(server)
{
    protected override InqStatsResponse InqStats(InqStatsRequest request) =>
        base.InqStats(request) is var told ? told with { Statistics = [.. told.Statistics, 0] } : told;
}
