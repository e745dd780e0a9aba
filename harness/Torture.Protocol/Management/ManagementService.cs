using System.Buffers;
using System.Collections.Immutable;
using Torture.Protocol.Rpc;

namespace Torture.Protocol.Management;

/// <summary>The management interface, which every server has ([C706] appendix Q).</summary>
public class ManagementService(RpcServer server) : IRpcInterface
{
    private const uint Ok = 0;
    private const uint AccessDenied = 5;
    private const uint InsufficientBuffer = 122;
    private const uint UnknownAuthenticationService = 0x6D3;

    public SyntaxId Id => SyntaxId.Management;

    public int OperationCount => 5;

    public AuthenticationLevel MinimumLevel => AuthenticationLevel.None;

    protected RpcServer Server => server;

    public virtual ValueTask InvokeAsync(RpcServerCall call)
    {
        var stub = call.Stub.Span;
        call.Response.Write((ManagementOperation)call.Opnum switch
        {
            ManagementOperation.inq_if_ids => ManagementCodec.Encode(InqIfIds(), call.Syntax),
            ManagementOperation.inq_stats => ManagementCodec.Encode(
                InqStats(ManagementCodec.DecodeInqStatsRequest(stub, call.Syntax, out _)), call.Syntax),
            ManagementOperation.is_server_listening => ManagementCodec.Encode(IsServerListening(), call.Syntax),
            ManagementOperation.stop_server_listening => ManagementCodec.Encode(StopServerListening(), call.Syntax),
            _ => ManagementCodec.Encode(
                InqPrincName(ManagementCodec.DecodeInqPrincNameRequest(stub, call.Syntax)), call.Syntax),
        });
        return ValueTask.CompletedTask;
    }

    /// <summary>All interfaces but this one.</summary>
    protected virtual InqIfIdsResponse InqIfIds() =>
        new([.. server.Interfaces.Select(one => one.Id).Where(id => id != SyntaxId.Management)], Ok);

    /// <summary>Calls in, calls out, packets in, packets out.</summary>
    protected virtual InqStatsResponse InqStats(InqStatsRequest request)
    {
        var statistics = server.Statistics;
        ImmutableArray<uint> all =
            [(uint)statistics.CallsIn, 0, (uint)statistics.PacketsIn, (uint)statistics.PacketsOut];
        return new InqStatsResponse([.. all.Take((int)Math.Min(request.Count, (uint)all.Length))], Ok);
    }

    protected virtual IsServerListeningResponse IsServerListening() => new(Ok, Listening: 1);

    /// <summary>Nobody may stop the server from outside.</summary>
    protected virtual StopServerListeningResponse StopServerListening() => new(AccessDenied);

    protected virtual InqPrincNameResponse InqPrincName(InqPrincNameRequest request)
    {
        if (request.NameSize == 0)
        {
            throw new RpcFaultException(RpcFault.RPC_X_BAD_STUB_DATA);
        }

        if (!Knows((AuthenticationType)request.AuthenticationService))
        {
            return new InqPrincNameResponse("", request.NameSize, UnknownAuthenticationService);
        }

        var name = server.Options.PrincipalName;
        return name.Length + 1 > request.NameSize
            ? new InqPrincNameResponse("", request.NameSize, InsufficientBuffer)
            : new InqPrincNameResponse(name, request.NameSize, Ok);
    }

    private bool Knows(AuthenticationType type)
    {
        using var acceptor = type == AuthenticationType.None ? null : server.Options.Acceptors(type);
        return acceptor is not null;
    }
}
