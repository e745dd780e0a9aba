using System.Buffers;
using System.Collections.Immutable;
using Torture.Protocol.Management;
using Torture.Protocol.Rpc;

namespace Torture.ReferenceServer.Management;

/// <summary>The management interface that every RPC endpoint has ([C706] appendix Q).</summary>
public class ManagementService(Func<IReadOnlyList<SyntaxId>> interfaces) : IRpcInterface
{
    private const uint AccessDenied = 5;
    private const uint UnknownAuthenticationService = 0x6D3;
    private const uint InsufficientBuffer = 122;
    private const uint MaximumName = 4096;
    private const uint MaximumStatistics = 50;
    private const int KnownStatistics = 4;

    private uint _callsIn;

    public SyntaxId Id => SyntaxId.Management;

    public int OperationCount => 5;

    public AuthenticationLevel MinimumLevel => AuthenticationLevel.None;

    /// <summary>Names nobody: NTLMSSP authenticates without a principal of the server.</summary>
    protected virtual string PrincipalName => "";

    public ValueTask InvokeAsync(RpcServerCall call)
    {
        Interlocked.Increment(ref _callsIn);
        call.Response.Write((ManagementOperation)call.Opnum switch
        {
            ManagementOperation.inq_if_ids => ManagementCodec.Encode(
                new InqIfIdsResponse([.. InterfaceIds()], 0), call.Syntax),
            ManagementOperation.inq_stats => ManagementCodec.Encode(
                Statistics(ManagementCodec.DecodeInqStatsRequest(call.Stub.Span, call.Syntax)), call.Syntax),
            ManagementOperation.is_server_listening => ManagementCodec.Encode(
                new IsServerListeningResponse(0, 1), call.Syntax),
            ManagementOperation.stop_server_listening => ManagementCodec.Encode(
                new StopServerListeningResponse(AccessDenied), call.Syntax),
            ManagementOperation.inq_princ_name => ManagementCodec.Encode(
                Principal(ManagementCodec.DecodeInqPrincNameRequest(call.Stub.Span, call.Syntax)), call.Syntax),
            _ => throw new RpcFaultException(RpcFault.nca_op_rng_error),
        });
        return ValueTask.CompletedTask;
    }

    /// <summary>What the endpoint serves, management itself not among it.</summary>
    protected virtual IEnumerable<SyntaxId> InterfaceIds() => interfaces().Where(id => id != SyntaxId.Management);

    private InqStatsResponse Statistics(InqStatsRequest request)
    {
        if (request.Count > MaximumStatistics)
        {
            throw new RpcFaultException(RpcFault.RPC_X_BAD_STUB_DATA);
        }

        var calls = Volatile.Read(ref _callsIn);
        uint[] known = [calls, 0, calls, calls];
        return new InqStatsResponse([.. known.Take(Math.Min((int)request.Count, KnownStatistics))], 0);
    }

    private InqPrincNameResponse Principal(InqPrincNameRequest request)
    {
        if (request.NameSize is 0 or > MaximumName)
        {
            throw new RpcFaultException(RpcFault.RPC_X_BAD_STUB_DATA);
        }

        if ((AuthenticationType)request.AuthenticationService is not (AuthenticationType.Ntlmssp or AuthenticationType.Spnego))
        {
            return new InqPrincNameResponse("", request.NameSize, UnknownAuthenticationService);
        }

        return PrincipalName.Length < request.NameSize
            ? new InqPrincNameResponse(PrincipalName, request.NameSize, 0)
            : new InqPrincNameResponse("", request.NameSize, InsufficientBuffer);
    }
}
