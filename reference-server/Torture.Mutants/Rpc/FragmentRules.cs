using System.Buffers.Binary;
using Torture.Protocol.Rpc;
using Torture.Requirements;

namespace Torture.Mutants.Rpc;

[Defect("Requests are received up to 1024 bytes a fragment.")]
[Violates(Rpce.MinimumFragmentReceivable)]
public sealed class SmallFragmentsOnly(RpcServerOptions options) : RpcServer(options)
{
    protected override int FragmentLimit(PduType type) =>
        type == PduType.Request ? 1024 : base.FragmentLimit(type);
}

[Defect("Fragments of an answer are as long as they can be, also where that cuts a word.")]
[Violates(Rpce.StubMultipleOfEight)]
public sealed class OddFragments(RpcServerOptions options) : RpcServer(options)
{
    protected override int StubRoom(int free) => base.StubRoom(free) - 3;
}

[Defect("Every fragment of an answer says that it is the first.")]
[Violates(Rpce.FirstAndLastFlags)]
public sealed class EveryFragmentIsFirst(RpcServerOptions options) : RpcServer(options)
{
    protected override PduFlags PlaceFlags(bool isFirst, bool isLast) => base.PlaceFlags(true, isLast);
}

[Defect("The first of several fragments of an answer does not say so.")]
[Violates(Rpce.FirstAndLastFlags)]
public sealed class FirstFragmentUnmarked(RpcServerOptions options) : RpcServer(options)
{
    protected override PduFlags PlaceFlags(bool isFirst, bool isLast) => base.PlaceFlags(isFirst && isLast, isLast);
}

[Defect("A request of more than two fragments is refused.")]
[Violates(Rpce.FragmentsReassembled)]
public sealed class TwoFragmentsAtMost(RpcServerOptions options) : RpcServer(options)
{
    protected override bool Continues(in FragmentLayout first, in FragmentLayout next) =>
        base.Continues(first, next) && (next.Header.Flags & PduFlags.LastFragment) != 0;
}

[Defect("A fragment that is not the first begins a call all the same.")]
[Violates(Rpce.FirstFragmentMissing)]
public sealed class AnyFragmentBegins(RpcServerOptions options) : RpcServer(options)
{
    protected override bool BeginsCall(PduFlags flags) => true;
}

[Defect("A second first fragment goes on with the request that is half there.")]
[Violates(Rpce.FragmentsDoNotInterleave)]
public sealed class SecondFirstFragmentContinues(RpcServerOptions options) : RpcServer(options)
{
    protected override bool Continues(in FragmentLayout first, in FragmentLayout next) => true;
}

[Defect("A request may have any size.")]
[Violates(Rpce.RequestSizeLimited)]
public sealed class RequestSizeUnlimited(RpcServerOptions options) : RpcServer(options)
{
    protected override bool IsRequestTooLong(long length) => false;
}

[Defect("What a first fragment announces is not looked at, only what has come.")]
[Violates(Rpce.RequestSizeLimited)]
public sealed class AnnouncementIgnored(RpcServerOptions options) : RpcServer(options)
{
    protected override uint AnnouncedLength(in FragmentLayout first) => 0;
}

[Defect("A request that is too long is refused, and the connection goes on.")]
[Violates(Rpce.RequestSizeLimited)]
public sealed class TooLongKeepsConnection(RpcServerOptions options) : RpcServer(options)
{
    protected override bool EndsConnection(RpcServerConnection connection, Pdu answer) =>
        answer is not FaultPdu { Status: RpcFault.RPC_S_ACCESS_DENIED, ContextId: > 0 }
        && base.EndsConnection(connection, answer);
}

[Defect("alloc_hint of a request in one fragment is believed: a huge one is refused.")]
[Violates(Rpce.AllocHintIsAHint)]
public sealed class AllocHintBelieved(RpcServerOptions options) : RpcServer(options)
{
    protected override uint AnnouncedLength(in FragmentLayout first) => first.AllocationHint;
}

[Defect("No more of a stub is read than alloc_hint announces.")]
[Violates(Rpce.AllocHintIsAHint)]
public sealed class AllocHintCutsStub(RpcServerOptions options) : RpcServer(options)
{
    private const int FixedPart = 24;

    protected override FragmentLayout ReadFragment(ReadOnlySpan<byte> pdu, PduHeader header)
    {
        var end = FixedPart + (long)BinaryPrimitives.ReadUInt32LittleEndian(pdu[16..]);
        return header.AuthenticationLength == 0 && header.Flags == PduFlags.Whole && end < header.FragmentLength
            ? base.ReadFragment(pdu, header with { FragmentLength = (ushort)end })
            : base.ReadFragment(pdu, header);
    }
}

[Defect("A later fragment that names another operation is refused.")]
[Violates(Rpce.FirstFragmentDecides)]
public sealed class LaterFragmentsMustAgree(RpcServerOptions options) : RpcServer(options)
{
    protected override bool Continues(in FragmentLayout first, in FragmentLayout next) =>
        base.Continues(first, next) && first.Opnum == next.Opnum && first.ContextId == next.ContextId;
}

[Defect("The object of a request is taken for the beginning of its stub.")]
[Violates(Rpce.ObjectUuidTaken)]
public sealed class ObjectTakenForStub(RpcServerOptions options) : RpcServer(options)
{
    protected override FragmentLayout ReadFragment(ReadOnlySpan<byte> pdu, PduHeader header) =>
        base.ReadFragment(pdu, header with { Flags = header.Flags & ~PduFlags.ObjectUuid });
}

[Defect("A request in several fragments is refused.")]
[Violates(Rpce.FragmentsReassembled)]
public sealed class FragmentsRefused(RpcServerOptions options) : RpcServer(options)
{
    protected override bool Continues(in FragmentLayout first, in FragmentLayout next) => false;
}

[Defect("A security trailer has to lie at a multiple of 32 behind the header of a request.")]
[Violates(Rpce.TrailerAligned, Rpce.TrailerFromTheEnd)]
[Obstructs]
public sealed class TrailerAtThirtyTwo(RpcServerOptions options) : RpcServer(options)
{
    private const int FixedPart = 24;

    protected override bool IsTrailerAligned(PduHeader header) =>
        header.AuthenticationLength > 0 && header.Type == PduType.Request
            ? (header.TrailerOffset - FixedPart) % 32 == 0
            : base.IsTrailerAligned(header);
}
