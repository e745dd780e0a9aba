using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Protocol.EndpointMapper;

/// <summary>The server that knows which port serves an interface ([C706] appendix O, [MS-RPCE] 3.1.3.5.3).</summary>
public class EndpointMapperService(Random random) : IRpcInterface
{
    private readonly LookupHandles _handles = new(random);
    private ImmutableArray<EndpointRegistration> _registrations = [];

    public SyntaxId Id => SyntaxId.EndpointMapper;

    public virtual int OperationCount => 5;

    public AuthenticationLevel MinimumLevel => AuthenticationLevel.None;

    public virtual ImmutableArray<EndpointRegistration> Registrations => _registrations;

    public void Register(EndpointRegistration registration) =>
        ImmutableInterlocked.Update(ref _registrations, all => all.Add(registration));

    public void Unregister(SyntaxId rpcInterface) => ImmutableInterlocked.Update(
        ref _registrations, all => all.RemoveAll(registration => registration.Interface == rpcInterface));

    public virtual ValueTask InvokeAsync(RpcServerCall call)
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
            _ => throw new RpcFaultException(RpcFault.nca_op_rng_error, didNotExecute: true),
        });
        return ValueTask.CompletedTask;
    }

    /// <summary>UUID and major equal, the registered minor at least the one asked for ([C706] 6.2.3.1).</summary>
    protected virtual bool VersionMatches(SyntaxId registered, SyntaxId asked) =>
        registered.Uuid == asked.Uuid && registered.Major == asked.Major && registered.Minor >= asked.Minor;

    /// <summary>NDR20 over TCP only; a registration for the nil object serves any ([MS-RPCE] 3.1.3.5.3).</summary>
    protected virtual bool Matches(EndpointRegistration registration, EptMapRequest request) =>
        request is { MaxTowers: > 0, Tower: { Floors.Length: >= 3, Interface: { } asked } tower }
        && tower.TransferSyntax == SyntaxId.Ndr20 && tower.IsTcp && VersionMatches(registration.Interface, asked)
        && (registration.Object == Guid.Empty || registration.Object == (request.Object ?? Guid.Empty));

    /// <summary>The address that the client came to, with the port of the interface.</summary>
    protected virtual Tower TowerOf(EndpointRegistration registration, IPEndPoint local) =>
        Tower.Build(registration.Interface, new IPEndPoint(local.Address, registration.Port));

    protected virtual EptMapResponse Map(RpcServerCall call, EptMapRequest request)
    {
        var found = request.EntryHandle.IsNull
            ? [.. Registrations.Where(registration => Matches(registration, request))]
            : _handles.Take(call.Association, request.EntryHandle);
        var now = found.Take((int)request.MaxTowers).Select(one => TowerOf(one, call.Caller.Local));
        var handle = _handles.Keep(call.Association, [.. found.Skip((int)request.MaxTowers)]);
        return new EptMapResponse(handle, request.MaxTowers, [.. now], StatusOf(found));
    }

    protected virtual EptLookupResponse Lookup(RpcServerCall call, EptLookupRequest request)
    {
        var found = request.EntryHandle.IsNull
            ? [.. Registrations.Where(registration => Matches(registration, request))]
            : _handles.Take(call.Association, request.EntryHandle);
        var now = found.Take((int)request.MaxEntries)
            .Select(one => new EptEntry(one.Object, TowerOf(one, call.Caller.Local), one.Annotation));
        var rest = request.MaxEntries == 0 ? [] : found.Skip((int)request.MaxEntries);
        return new EptLookupResponse(
            _handles.Keep(call.Association, [.. rest]), request.MaxEntries, [.. now], StatusOf(found));
    }

    protected virtual EptLookupHandleFreeResponse Free(RpcServerCall call, EptLookupHandleFreeRequest request)
    {
        _handles.Take(call.Association, request.EntryHandle);
        return new EptLookupHandleFreeResponse(ContextHandle.Null, EptStatus.ept_s_ok);
    }

    /// <summary>Unknown inquiry types are taken as "all" ([MS-RPCE] 2.2.1.2.4).</summary>
    protected virtual bool Matches(EndpointRegistration registration, EptLookupRequest request)
    {
        var byInterface = request.Interface is { } asked
            && VersionMatches(registration.Interface, asked, request.VersionOption);
        var byObject = registration.Object == (request.Object ?? Guid.Empty);
        return request.InquiryType switch
        {
            InquiryType.rpc_c_ep_match_by_if => byInterface,
            InquiryType.rpc_c_ep_match_by_obj => byObject,
            InquiryType.rpc_c_ep_match_by_both => byInterface && byObject,
            _ => true,
        };
    }

    private bool VersionMatches(SyntaxId registered, SyntaxId asked, VersionOption option) =>
        registered.Uuid == asked.Uuid && option switch
        {
            VersionOption.rpc_c_vers_compatible => VersionMatches(registered, asked),
            VersionOption.rpc_c_vers_exact => registered == asked,
            VersionOption.rpc_c_vers_major_only => registered.Major == asked.Major,
            VersionOption.rpc_c_vers_upto =>
                (registered.Major, registered.Minor).CompareTo((asked.Major, asked.Minor)) <= 0,
            _ => true,
        };

    private static EptStatus StatusOf(ImmutableArray<EndpointRegistration> found) =>
        found.IsEmpty ? EptStatus.ept_s_not_registered : EptStatus.ept_s_ok;
}
