using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.Requirements;

namespace Torture.Mutants.Rpc;

[Defect("Nothing found is a success without towers.")]
[Violates(Rpce.MapNotRegistered, Rpce.MapVersionCompatible)]
public sealed class NothingFoundSucceeds(Random random) : EndpointMapperService(random)
{
    protected override EptMapResponse Map(RpcServerCall call, EptMapRequest request) =>
        base.Map(call, request) with { Status = EptStatus.ept_s_ok };
}

[Defect("Nothing found is a fault.")]
[Violates(Rpce.MapNotRegistered)]
public sealed class NothingFoundFaults(Random random) : EndpointMapperService(random)
{
    protected override EptMapResponse Map(RpcServerCall call, EptMapRequest request) =>
        base.Map(call, request) is { Status: EptStatus.ept_s_ok } response
            ? response
            : throw new RpcFaultException(RpcFault.nca_s_fault_unspec);
}

[Defect("Nothing found comes with a handle.")]
[Violates(Rpce.MapNotRegistered)]
public sealed class NothingFoundHasHandle(Random random) : EndpointMapperService(random)
{
    protected override EptMapResponse Map(RpcServerCall call, EptMapRequest request) =>
        base.Map(call, request) is { Status: EptStatus.ept_s_ok } response
            ? response
            : base.Map(call, request) with { EntryHandle = new ContextHandle(0, SyntaxId.Witness.Uuid) };
}

[Defect("Only the very version that is registered is found.")]
[Violates(Rpce.MapVersionCompatible)]
public sealed class MapsExactVersionOnly(Random random) : EndpointMapperService(random)
{
    protected override bool VersionMatches(SyntaxId registered, SyntaxId asked) => registered == asked;
}

[Defect("A newer minor version than the registered one is found.")]
[Violates(Rpce.MapVersionCompatible)]
public sealed class MapsNewerMinorVersion(Random random) : EndpointMapperService(random)
{
    protected override bool VersionMatches(SyntaxId registered, SyntaxId asked) =>
        registered.Uuid == asked.Uuid && registered.Major == asked.Major;
}

[Defect("Interfaces are found by their UUID, in any version.")]
[Violates(Rpce.MapVersionCompatible)]
public sealed class MapsAnyVersion(Random random) : EndpointMapperService(random)
{
    protected override bool VersionMatches(SyntaxId registered, SyntaxId asked) => registered.Uuid == asked.Uuid;
}

[Defect("Each tower comes twice, however few were asked for.")]
[Violates(Rpce.MapObeysMaxTowers)]
public sealed class TowersTwice(Random random) : EndpointMapperService(random)
{
    protected override EptMapResponse Map(RpcServerCall call, EptMapRequest request)
    {
        var once = base.Map(call, request);
        return once with { MaxTowers = request.MaxTowers * 2, Towers = [.. once.Towers, .. once.Towers] };
    }
}

[Defect("A question that names another address than the one that was asked finds nothing.")]
[Violates(Rpce.MapIgnoresAddress)]
public sealed class MapsOwnAddressOnly(Random random) : EndpointMapperService(random)
{
    protected override bool Matches(EndpointRegistration registration, EptMapRequest request) =>
        base.Matches(registration, request)
        && (request.Tower?.Address is not { } asked || asked.Equals(IPAddress.Any) || IPAddress.IsLoopback(asked));
}

[Defect("A question that names another port than the registered one finds nothing.")]
[Violates(Rpce.MapIgnoresAddress)]
public sealed class MapsOwnPortOnly(Random random) : EndpointMapperService(random)
{
    protected override bool Matches(EndpointRegistration registration, EptMapRequest request) =>
        base.Matches(registration, request) && request.Tower?.Port is null or 0;
}

[Defect("A question without a tower finds everything.")]
[Violates(Rpce.MapNullTower)]
public sealed class NoTowerFindsAll(Random random) : EndpointMapperService(random)
{
    protected override bool Matches(EndpointRegistration registration, EptMapRequest request) =>
        request.Tower is null || base.Matches(registration, request);
}

[Defect("The address of a tower is little-endian.")]
[Violates(Rpce.TowerLayout)]
public sealed class TowerAddressReversed(Random random) : EndpointMapperService(random)
{
    protected override Tower TowerOf(EndpointRegistration registration, IPEndPoint local)
    {
        var bytes = local.Address.GetAddressBytes();
        return bytes.Length == 4
            ? base.TowerOf(registration, new IPEndPoint(new IPAddress([.. Enumerable.Reverse(bytes)]), local.Port))
            : base.TowerOf(registration, local);
    }
}

[Defect("A tower ends with its port: the floor of the address is missing.")]
[Violates(Rpce.TowerLayout)]
public sealed class TowerWithoutAddress(Random random) : EndpointMapperService(random)
{
    protected override Tower TowerOf(EndpointRegistration registration, IPEndPoint local) =>
        new(base.TowerOf(registration, local).Floors.RemoveAt(4));
}

[Defect("Towers name the witness in version 1.0.")]
[Violates(Swn.InterfaceVersion)]
public sealed class TowerOfTheFirstMinorVersion(Random random) : EndpointMapperService(random)
{
    protected override Tower TowerOf(EndpointRegistration registration, IPEndPoint local) =>
        base.TowerOf(registration with { Interface = registration.Interface with { Minor = 0 } }, local);
}

[Defect("Towers name the mapper's own interface, whatever was asked for.")]
[Violates(Swn.InterfaceUuid, Swn.InterfaceVersion, Rpce.LookupListsEndpoints)]
public sealed class TowerOfAnotherInterface(Random random) : EndpointMapperService(random)
{
    protected override Tower TowerOf(EndpointRegistration registration, IPEndPoint local) =>
        base.TowerOf(registration with { Interface = Id }, local);
}

[Defect("A lookup lists the mapper itself and nothing else.")]
[Violates(Rpce.LookupListsEndpoints)]
public sealed class LookupListsItselfOnly(Random random) : EndpointMapperService(random)
{
    protected override bool Matches(EndpointRegistration registration, EptLookupRequest request) =>
        registration.Interface == Id && base.Matches(registration, request);
}

[Defect("A lookup lists all entries, whatever interface was asked for.")]
[Violates(Rpce.LookupListsEndpoints)]
public sealed class LookupIgnoresInterface(Random random) : EndpointMapperService(random)
{
    protected override bool Matches(EndpointRegistration registration, EptLookupRequest request) => true;
}

[Defect("A lookup lists each entry twice.")]
[Violates(Rpce.LookupListsEndpoints)]
public sealed class LookupListsTwice(Random random) : EndpointMapperService(random)
{
    protected override EptLookupResponse Lookup(RpcServerCall call, EptLookupRequest request)
    {
        var once = base.Lookup(call, request);
        return once with { MaxEntries = 500, Entries = [.. once.Entries, .. once.Entries] };
    }
}

[Defect("A lookup ends with its first answer.")]
[Violates(Rpce.LookupContinues, Rpce.LookupHandleFreed)]
public sealed class LookupEndsAtOnce(Random random) : EndpointMapperService(random)
{
    protected override EptLookupResponse Lookup(RpcServerCall call, EptLookupRequest request) =>
        base.Lookup(call, request) with { EntryHandle = ContextHandle.Null };
}

[Defect("A lookup that goes on begins again, for a handle that it never gave out too.")]
[Violates(Rpce.LookupContinues, Rpce.LookupHandleFreed)]
public sealed class LookupBeginsAgain(Random random) : EndpointMapperService(random)
{
    protected override EptLookupResponse Lookup(RpcServerCall call, EptLookupRequest request) =>
        base.Lookup(call, request with { EntryHandle = ContextHandle.Null });
}

[Defect("A freed lookup handle is good for going on.")]
[Violates(Rpce.LookupHandleFreed)]
public sealed class FreedHandleLives(Random random) : EndpointMapperService(random)
{
    protected override EptLookupHandleFreeResponse Free(RpcServerCall call, EptLookupHandleFreeRequest request) =>
        new(ContextHandle.Null, EptStatus.ept_s_ok);
}

[Defect("Freeing a lookup handle gives the handle back.")]
[Violates(Rpce.LookupHandleFreed)]
public sealed class FreedHandleReturned(Random random) : EndpointMapperService(random)
{
    protected override EptLookupHandleFreeResponse Free(RpcServerCall call, EptLookupHandleFreeRequest request) =>
        base.Free(call, request) with { EntryHandle = request.EntryHandle };
}

[Defect("Who looks through the endpoints has to log on first.")]
[Violates(Rpce.MapperWithoutAuthentication)]
public sealed class LookupNeedsLogon(Random random) : EndpointMapperService(random)
{
    protected override EptLookupResponse Lookup(RpcServerCall call, EptLookupRequest request) =>
        call.Caller.Level == AuthenticationLevel.None
            ? throw new RpcFaultException(RpcFault.RPC_S_ACCESS_DENIED)
            : base.Lookup(call, request);
}

[Defect("ept_insert and ept_delete are answered as if they had done it.")]
[Violates(Rpce.MapperMethodsRefused)]
public sealed class RemoteRegistrationSucceeds(Random random) : EndpointMapperService(random)
{
    private const ushort ept_delete = 1;

    public override ValueTask InvokeAsync(RpcServerCall call)
    {
        if (call.Opnum > ept_delete)
        {
            return base.InvokeAsync(call);
        }

        call.Response.Write(BitConverter.GetBytes((uint)EptStatus.ept_s_ok));
        return ValueTask.CompletedTask;
    }
}

[Defect("Who asks for an endpoint has to log on first.")]
[Violates(Rpce.MapperWithoutAuthentication)]
public sealed class MapNeedsLogon(Random random) : EndpointMapperService(random)
{
    protected override EptMapResponse Map(RpcServerCall call, EptMapRequest request) =>
        call.Caller.Level == AuthenticationLevel.None
            ? throw new RpcFaultException(RpcFault.RPC_S_ACCESS_DENIED)
            : base.Map(call, request);
}

[Defect("Methods that nobody may call from remote are answered with an empty success.")]
[Violates(Rpce.MapperMethodsRefused)]
public sealed class RemoteMethodsSucceed(Random random) : EndpointMapperService(random)
{
    private const ushort ept_inq_object = 5;

    public override int OperationCount => 7;

    public override ValueTask InvokeAsync(RpcServerCall call)
    {
        if (call.Opnum < ept_inq_object)
        {
            return base.InvokeAsync(call);
        }

        call.Response.Write(BitConverter.GetBytes((uint)EptStatus.ept_s_ok));
        return ValueTask.CompletedTask;
    }
}

[Defect("The witness is found on a named pipe too.")]
[Violates(Swn.OverTcpOnly)]
public sealed class FoundOnAPipe(Random random) : EndpointMapperService(random)
{
    protected override EptMapResponse Map(RpcServerCall call, EptMapRequest request)
    {
        var found = base.Map(call, request);
        return found.Towers is [var tower] && request.MaxTowers > 1
            ? found with { Towers = [tower, new Tower(tower.Floors.SetItem(3, Pipe))] }
            : found;
    }

    private static TowerFloor Pipe => new([(byte)TowerProtocol.NamedPipe], [.. "\\PIPE\\witness\0"u8]);
}
