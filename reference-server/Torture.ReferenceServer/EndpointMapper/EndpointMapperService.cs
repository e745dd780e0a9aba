using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.ReferenceServer.EndpointMapper;

/// <summary>An interface that the endpoint mapper knows, and the TCP port where it is served.</summary>
public sealed record MappedEndpoint(SyntaxId Interface, int Port, string Annotation);

/// <summary>
/// The endpoint mapper of a node ([C706] appendix O, [MS-RPCE] 3.1.3.5.3): ept_map, ept_lookup and
/// ept_lookup_handle_free. The address that it tells is the one that the client has called.
/// </summary>
public class EndpointMapperService(Func<IReadOnlyList<MappedEndpoint>> endpoints, Func<Guid> newHandle) : IRpcInterface
{
    private const int MaximumEnumerations = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, (AssociationGroup Owner, ImmutableArray<Tower> Remaining)> _enumerations = [];

    public SyntaxId Id => SyntaxId.EndpointMapper;

    /// <summary>Witness clients need operations 2 to 4; 0 and 1 are there and refuse.</summary>
    public virtual int OperationCount => 5;

    public AuthenticationLevel MinimumLevel => AuthenticationLevel.None;

    public ValueTask InvokeAsync(RpcServerCall call)
    {
        var stub = call.Stub.Span;
        call.Response.Write((EndpointMapperOperation)call.Opnum switch
        {
            EndpointMapperOperation.ept_lookup => EndpointMapperCodec.Encode(
                Lookup(call, EndpointMapperCodec.DecodeLookupRequest(stub, call.Syntax)), call.Syntax),
            EndpointMapperOperation.ept_map => EndpointMapperCodec.Encode(
                Map(call, EndpointMapperCodec.DecodeMapRequest(stub, call.Syntax)), call.Syntax),
            EndpointMapperOperation.ept_lookup_handle_free => EndpointMapperCodec.Encode(
                Free(call, EndpointMapperCodec.DecodeLookupHandleFreeRequest(stub, call.Syntax)), call.Syntax),
            _ => throw new RpcFaultException(RpcFault.nca_op_rng_error),
        });
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether an endpoint answers what a tower asks for ([C706] appendix O, ept_map).</summary>
    protected virtual bool Matches(MappedEndpoint endpoint, Tower asked) =>
        asked.IsTcp && asked.TransferSyntax == SyntaxId.Ndr20 && asked.Interface is { } wanted
        && endpoint.Interface.Uuid == wanted.Uuid && endpoint.Interface.Major == wanted.Major
        && endpoint.Interface.Minor >= wanted.Minor;

    private EptMapResponse Map(RpcServerCall call, EptMapRequest request)
    {
        var found = request.EntryHandle.IsNull
            ? Find(call, request.Tower)
            : Continue(call, request.EntryHandle);
        var (now, handle) = Split(call, found, (int)request.MaxTowers);
        var status = now.IsEmpty ? EptStatus.ept_s_not_registered : EptStatus.ept_s_ok;
        return new EptMapResponse(handle, request.MaxTowers, now, status);
    }

    private ImmutableArray<Tower> Find(RpcServerCall call, Tower? asked) =>
        asked is null || asked.Floors.Length < 3
            ? []
            : [.. endpoints().Where(endpoint => Matches(endpoint, asked)).Select(endpoint => TowerOf(call, endpoint))];

    private EptLookupResponse Lookup(RpcServerCall call, EptLookupRequest request)
    {
        var found = request.EntryHandle.IsNull
            ? [.. endpoints().Where(endpoint => IsWanted(endpoint, request)).Select(endpoint => TowerOf(call, endpoint))]
            : Continue(call, request.EntryHandle);
        var (now, handle) = Split(call, found, (int)request.MaxEntries);
        var status = now.IsEmpty ? EptStatus.ept_s_not_registered : EptStatus.ept_s_ok;
        return new EptLookupResponse(handle, request.MaxEntries, [.. now.Select(Entry)], status);
    }

    /// <summary>[C706] appendix O, inquiry_type and vers_option; object UUIDs are not registered here.</summary>
    protected virtual bool IsWanted(MappedEndpoint endpoint, EptLookupRequest request)
    {
        if (request.InquiryType is not (InquiryType.rpc_c_ep_match_by_if or InquiryType.rpc_c_ep_match_by_both))
        {
            return true;
        }

        if (request.Interface is not { } wanted || endpoint.Interface.Uuid != wanted.Uuid)
        {
            return false;
        }

        var (own, asked) = (endpoint.Interface, wanted);
        return request.VersionOption switch
        {
            VersionOption.rpc_c_vers_all => true,
            VersionOption.rpc_c_vers_exact => own.Major == asked.Major && own.Minor == asked.Minor,
            VersionOption.rpc_c_vers_major_only => own.Major == asked.Major,
            VersionOption.rpc_c_vers_upto => (own.Major, own.Minor).CompareTo((asked.Major, asked.Minor)) <= 0,
            _ => own.Major == asked.Major && own.Minor >= asked.Minor,
        };
    }

    private EptLookupHandleFreeResponse Free(RpcServerCall call, EptLookupHandleFreeRequest request)
    {
        _ = Continue(call, request.EntryHandle);
        return new EptLookupHandleFreeResponse(ContextHandle.Null, EptStatus.ept_s_ok);
    }

    private ImmutableArray<Tower> Continue(RpcServerCall call, ContextHandle handle)
    {
        lock (_gate)
        {
            if (_enumerations.TryGetValue(handle.Uuid, out var enumeration) && enumeration.Owner == call.Association)
            {
                _enumerations.Remove(handle.Uuid);
                return enumeration.Remaining;
            }
        }

        throw new RpcFaultException(RpcFault.nca_s_fault_context_mismatch);
    }

    private (ImmutableArray<Tower> Now, ContextHandle Handle) Split(
        RpcServerCall call, ImmutableArray<Tower> found, int wanted)
    {
        if (found.Length <= wanted || wanted == 0)
        {
            return (wanted == 0 ? [] : found, ContextHandle.Null);
        }

        var key = newHandle();
        lock (_gate)
        {
            if (_enumerations.Count >= MaximumEnumerations)
            {
                throw new RpcFaultException(RpcFault.nca_s_fault_remote_no_memory);
            }

            _enumerations.Add(key, (call.Association, found[wanted..]));
        }

        call.Association.OnRundown(() => Forget(key));
        return (found[..wanted], new ContextHandle(0, key));
    }

    private void Forget(Guid key)
    {
        lock (_gate)
        {
            _enumerations.Remove(key);
        }
    }

    private static Tower TowerOf(RpcServerCall call, MappedEndpoint endpoint) =>
        Tower.Build(endpoint.Interface, new IPEndPoint(call.Caller.Local.Address, endpoint.Port));

    private EptEntry Entry(Tower tower) => new(
        Guid.Empty, tower,
        endpoints().FirstOrDefault(endpoint => endpoint.Interface == tower.Interface)?.Annotation ?? "");
}
