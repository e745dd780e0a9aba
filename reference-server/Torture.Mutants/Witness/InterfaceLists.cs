using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;
using Torture.Requirements;

namespace Torture.Mutants.Witness;

[Defect("INTERFACE_WITNESS is set on the node's own addresses, too.")]
[Violates(Swn.WitnessFlagForOtherNodes)]
public sealed class WitnessFlagEverywhere(NodeParts parts) : WitnessService(parts)
{
    protected override InterfaceFlags WitnessInterfaceFlags(PublicInterface entry) =>
        base.WitnessInterfaceFlags(entry) | InterfaceFlags.INTERFACE_WITNESS;
}

[Defect("INTERFACE_WITNESS is never set.")]
[Violates(Swn.WitnessFlagForOtherNodes)]
public sealed class WitnessFlagNowhere(NodeParts parts) : WitnessService(parts)
{
    protected override InterfaceFlags WitnessInterfaceFlags(PublicInterface entry) =>
        base.WitnessInterfaceFlags(entry) & ~InterfaceFlags.INTERFACE_WITNESS;
}

[Defect("INTERFACE_WITNESS is set on the node's own addresses only.")]
[Violates(Swn.WitnessFlagForOtherNodes)]
public sealed class WitnessFlagInverted(NodeParts parts) : WitnessService(parts)
{
    protected override InterfaceFlags WitnessInterfaceFlags(PublicInterface entry) =>
        base.WitnessInterfaceFlags(entry) ^ InterfaceFlags.INTERFACE_WITNESS;
}

[Defect("An interface has a flag that does not exist.")]
[Violates(Swn.InterfaceFlags)]
public sealed class UndefinedInterfaceFlag(NodeParts parts) : WitnessService(parts)
{
    protected override InterfaceFlags WitnessInterfaceFlags(PublicInterface entry) =>
        base.WitnessInterfaceFlags(entry) | (InterfaceFlags)0x8;
}

[Defect("Both families are flagged, though there is one address.")]
[Violates(Swn.FlaggedAddressesValid)]
public sealed class BothFamiliesFlagged(NodeParts parts) : WitnessService(parts)
{
    protected override InterfaceFlags WitnessInterfaceFlags(PublicInterface entry) =>
        base.WitnessInterfaceFlags(entry) | InterfaceFlags.IPv4 | InterfaceFlags.IPv6;
}

[Defect("IPv6 addresses are not flagged.")]
[Violates(Swn.InterfaceAddressesFlagged)]
public sealed class IPv6NotFlagged(NodeParts parts) : WitnessService(parts)
{
    protected override InterfaceFlags WitnessInterfaceFlags(PublicInterface entry) =>
        base.WitnessInterfaceFlags(entry) & ~InterfaceFlags.IPv6;
}

/// <summary>A service that spoils the entries or the whole of its list.</summary>
public abstract class BrokenList(NodeParts parts) : WitnessService(parts)
{
    protected abstract IEnumerable<WitnessInterface> Break(ImmutableArray<WitnessInterface> list);

    protected override GetInterfaceListResponse? WitnessrGetInterfaceList(RpcServerCall call) =>
        base.WitnessrGetInterfaceList(call) is { Interfaces: { } list } response
            ? response with { Interfaces = [.. Break(list)] }
            : null;
}

[Defect("The last interface is missing.")]
[Violates(Swn.InterfaceForEachEntry)]
public sealed class EntryMissing(NodeParts parts) : BrokenList(parts)
{
    protected override IEnumerable<WitnessInterface> Break(ImmutableArray<WitnessInterface> list) => list.SkipLast(1);
}

[Defect("The node's own addresses are missing.")]
[Violates(Swn.InterfaceForEachEntry, Ctdb.InterfaceListAgrees)]
public sealed class OwnEntriesMissing(NodeParts parts) : BrokenList(parts)
{
    protected override IEnumerable<WitnessInterface> Break(ImmutableArray<WitnessInterface> list) =>
        list.Where(e => e.Flags.HasFlag(InterfaceFlags.INTERFACE_WITNESS));
}

[Defect("IPv6 interfaces are missing.")]
[Violates(Swn.InterfaceForEachEntry, Swn.InterfaceCount)]
public sealed class IPv6EntriesMissing(NodeParts parts) : BrokenList(parts)
{
    protected override IEnumerable<WitnessInterface> Break(ImmutableArray<WitnessInterface> list) =>
        list.Where(e => !e.Flags.HasFlag(InterfaceFlags.IPv6));
}

[Defect("The first interface is listed twice.")]
[Violates(Swn.InterfaceListConsistent)]
public sealed class EntryTwice(NodeParts parts) : BrokenList(parts)
{
    protected override IEnumerable<WitnessInterface> Break(ImmutableArray<WitnessInterface> list) =>
        list.Append(list[0]);
}

[Defect("What lay where a group name is written is sent behind its terminating null.")]
[Violates(House.NoSecretsTold)]
public sealed class GroupNameNotCleared(NodeParts parts) : BrokenList(parts)
{
    protected override IEnumerable<WitnessInterface> Break(ImmutableArray<WitnessInterface> list) =>
        list.Select(e => e with { GroupName = $"{e.GroupName}\0{View.NetName}" });
}

[Defect("The group names of the list are empty.")]
[Violates(Swn.GroupNameTerminated, Swn.InterfaceForEachEntry)]
public sealed class GroupNameEmpty(NodeParts parts) : BrokenList(parts)
{
    protected override IEnumerable<WitnessInterface> Break(ImmutableArray<WitnessInterface> list) =>
        list.Select(e => e with { GroupName = "" });
}

[Defect("All interfaces have the group name of the node that answers.")]
[Violates(Swn.InterfaceForEachEntry, Ctdb.InterfaceListAgrees)]
public sealed class GroupNameIsAlwaysOwn(NodeParts parts) : BrokenList(parts)
{
    protected override IEnumerable<WitnessInterface> Break(ImmutableArray<WitnessInterface> list) =>
        list.Select(e => e with { GroupName = View.LocalNode });
}

[Defect("IPv4 addresses of the list are in the host's octet order.")]
[Violates(Swn.FlaggedAddressesValid)]
public sealed class ListAddressInHostOrder(NodeParts parts) : BrokenList(parts)
{
    protected override IEnumerable<WitnessInterface> Break(ImmutableArray<WitnessInterface> list) =>
        list.Select(e => e with { IPv4 = new IPAddress([.. e.IPv4.GetAddressBytes().Reverse()]) });
}

[Defect("Every interface is AVAILABLE.")]
[Violates(Swn.InterfaceStateReported, Ctdb.UnownedAddressUnavailable)]
public sealed class StateAlwaysAvailable(NodeParts parts) : WitnessService(parts)
{
    protected override bool MayAnswerWith(PublicInterface entry) => true;

    protected override WitnessInterface WitnessInterfaceInfo(PublicInterface entry) =>
        base.WitnessInterfaceInfo(entry with { State = InterfaceState.AVAILABLE });
}

[Defect("UNAVAILABLE is 2.")]
[Violates(Swn.InterfaceStates)]
public sealed class UnknownInterfaceState(NodeParts parts) : BrokenList(parts)
{
    protected override IEnumerable<WitnessInterface> Break(ImmutableArray<WitnessInterface> list) =>
        list.Select(e => e.State == InterfaceState.UNAVAILABLE ? e with { State = (InterfaceState)2 } : e);
}

[Defect("After each answer the interfaces are in another order.")]
[Violates(Swn.InterfaceListConsistent)]
public sealed class ListChangesByItself(NodeParts parts) : WitnessService(parts)
{
    protected override void Write(RpcServerCall call, byte[] stub)
    {
        base.Write(call, stub);
        lock (State)
        {
            InterfaceList = [.. InterfaceList.Skip(1), InterfaceList[0]];
            WakeGetInterfaceList();
        }
    }
}

[Defect("The list that was given first is given for ever.")]
[Violates(Swn.InterfaceEventSetsState, Swn.InterfaceStateReported)]
public sealed class ListNeverChanges(NodeParts parts) : WitnessService(parts)
{
    protected override void ForgetLists()
    {
    }
}

[Defect("Calls that wait for an interface go on waiting when one comes.")]
[Violates(Swn.InterfaceEventWakes)]
public sealed class ListNeverWakes(NodeParts parts) : WitnessService(parts)
{
    protected override void WakeGetInterfaceList() => ForgetLists();
}

[Defect("Interfaces report version 1.")]
[Violates(Swn.InterfaceVersionReported, Swn.ServiceVersion)]
public sealed class ReportsVersion1(NodeParts parts) : WitnessService(parts)
{
    protected override uint InterfaceVersion(PublicInterface entry) => WitnessVersion.V1;
}

[Defect("Interfaces report a version that does not exist.")]
[Violates(Swn.InterfaceVersionReported, Swn.ServiceVersion, Swn.UnspecifiedVersion)]
public sealed class ReportsVersion3(NodeParts parts) : WitnessService(parts)
{
    protected override uint InterfaceVersion(PublicInterface entry) => 0x00030000;
}

[Defect("The list is given though no interface is AVAILABLE.")]
[Violates(Swn.WaitsForAvailableInterface)]
public sealed class NeverWaitsForInterface(NodeParts parts) : WitnessService(parts)
{
    protected override bool MayAnswerWith(PublicInterface entry) => true;
}

[Defect("The list is given only while every interface is AVAILABLE.")]
[Violates(Swn.GetInterfaceListSucceeds)]
public sealed class WaitsForAllInterfaces(NodeParts parts) : WitnessService(parts)
{
    protected override bool MayAnswerWith(PublicInterface entry) =>
        InterfaceList.All(e => e.State == InterfaceState.AVAILABLE);
}

[Defect("The list is never given.")]
[Violates(Swn.GetInterfaceListSucceeds, Swn.GetInterfaceListMethod)]
public sealed class WaitsForEver(NodeParts parts) : WitnessService(parts)
{
    protected override bool MayAnswerWith(PublicInterface entry) => false;
}

/// <summary>A service that spoils the stubs of one operation.</summary>
public abstract class BrokenStub(NodeParts parts) : WitnessService(parts)
{
    protected abstract WitnessOperation Operation { get; }

    protected abstract byte[] Break(byte[] stub);

    protected override void Write(RpcServerCall call, byte[] stub) =>
        base.Write(call, (WitnessOperation)call.Opnum == Operation ? Break([.. stub]) : stub);
}

[Defect("NumberOfInterfaces is one too large.")]
[Violates(Swn.InterfaceCount, Swn.InterfaceListLayout)]
public sealed class NumberOfInterfacesWrong(NodeParts parts) : BrokenStub(parts)
{
    protected override WitnessOperation Operation => WitnessOperation.WitnessrGetInterfaceList;

    protected override byte[] Break(byte[] stub)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(
            stub.AsSpan(4), BinaryPrimitives.ReadUInt32LittleEndian(stub.AsSpan(4)) + 1);
        return stub;
    }
}

[Defect("The pointer to the list has no referent.")]
[Violates(Swn.GetInterfaceListMethod, Swn.GetInterfaceListSucceeds, Swn.InterfaceListLayout)]
public sealed class ListPointerNull(NodeParts parts) : BrokenStub(parts)
{
    protected override WitnessOperation Operation => WitnessOperation.WitnessrGetInterfaceList;

    protected override byte[] Break(byte[] stub)
    {
        stub.AsSpan(0, 4).Clear();
        return stub;
    }
}

[Defect("The pointer to the notification has no referent.")]
[Violates(Swn.NotificationLayout)]
[Obstructs]
public sealed class NotificationPointerNull(NodeParts parts) : BrokenStub(parts)
{
    protected override WitnessOperation Operation => WitnessOperation.WitnessrAsyncNotify;

    protected override byte[] Break(byte[] stub)
    {
        stub.AsSpan(0, 4).Clear();
        return stub;
    }
}

[Defect("The status comes before the handle.")]
[Violates(Swn.RegisterExReturnsHandle)]
public sealed class StatusBeforeHandle(NodeParts parts) : BrokenStub(parts)
{
    protected override WitnessOperation Operation => WitnessOperation.WitnessrRegisterEx;

    protected override byte[] Break(byte[] stub) => [.. stub[^4..], .. stub[..^4]];
}

[Defect("The interface list comes with status 1.")]
[Violates(Swn.GetInterfaceListStatuses, Swn.GetInterfaceListSucceeds)]
public sealed class ListWithStatus(NodeParts parts) : BrokenStub(parts)
{
    protected override WitnessOperation Operation => WitnessOperation.WitnessrGetInterfaceList;

    protected override byte[] Break(byte[] stub)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(stub.AsSpan(stub.Length - 4), 1);
        return stub;
    }
}

[Defect("Each WITNESS_INTERFACE_INFO has four bytes more at its end.")]
[Violates(Swn.InterfaceInfoLayout)]
public sealed class InterfaceInfoPadded(NodeParts parts) : BrokenStub(parts)
{
    private const int Header = 16;
    private const int Entry = 552;

    protected override WitnessOperation Operation => WitnessOperation.WitnessrGetInterfaceList;

    protected override byte[] Break(byte[] stub) =>
    [
        .. stub[..Header],
        .. stub[Header..^4].Chunk(Entry).SelectMany(entry => entry.Concat(new byte[4])),
        .. stub[^4..],
    ];
}

[Defect("The handle of Register is a UUID without its attributes.")]
[Violates(Swn.ContextHandle)]
public sealed class HandleWithoutAttributes(NodeParts parts) : BrokenStub(parts)
{
    protected override WitnessOperation Operation => WitnessOperation.WitnessrRegister;

    protected override byte[] Break(byte[] stub) => stub[4..];
}

[Defect("Register tells the handle twice.")]
[Violates(Swn.RegisterMethod, Swn.RegisterReturnsHandle)]
public sealed class HandleTwice(NodeParts parts) : BrokenStub(parts)
{
    protected override WitnessOperation Operation => WitnessOperation.WitnessrRegister;

    protected override byte[] Break(byte[] stub) =>
        BitConverter.ToUInt32(stub.AsSpan(stub.Length - 4)) == 0 ? [.. stub[..20], .. stub] : stub;
}

[Defect("UnRegisterEx gives back a status alone.")]
[Violates(Swn.UnRegisterExMethod, Swn.ContextHandleReference)]
public sealed class HandleNotGivenBack(NodeParts parts) : BrokenStub(parts)
{
    protected override WitnessOperation Operation => WitnessOperation.WitnessrUnRegisterEx;

    protected override byte[] Break(byte[] stub) => stub[20..];
}

[Defect("Of interfaces of other nodes the state is UNKNOWN.")]
[Violates(Swn.InterfaceStateReported)]
public sealed class StateOfOthersUnknown(NodeParts parts) : WitnessService(parts)
{
    protected override WitnessInterface WitnessInterfaceInfo(PublicInterface entry) =>
        IsHostedHere(entry)
            ? base.WitnessInterfaceInfo(entry)
            : base.WitnessInterfaceInfo(entry) with { State = InterfaceState.UNKNOWN };
}

[Defect("Strings of NDR64 are bad stub data.")]
[Violates(Swn.PointersAndStrings, Swn.RegisterExNullParameter)]
public sealed class Ndr64StringsUnreadable(NodeParts parts) : WitnessService(parts)
{
    public override ValueTask InvokeAsync(RpcServerCall call) =>
        call.Syntax.Is64 && (WitnessOperation)call.Opnum
            is WitnessOperation.WitnessrRegister or WitnessOperation.WitnessrRegisterEx
            ? throw new RpcFaultException(RpcFault.RPC_X_BAD_STUB_DATA)
            : base.InvokeAsync(call);
}
