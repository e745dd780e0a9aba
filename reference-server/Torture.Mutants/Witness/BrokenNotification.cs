using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using Torture.Protocol;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;
using Torture.Requirements;

namespace Torture.Mutants.Witness;

/// <summary>A service that spoils notifications of some kinds on their way out.</summary>
public abstract class BrokenNotification(NodeParts parts) : WitnessService(parts)
{
    protected virtual bool Concerns(NotificationKind kind) => true;

    protected abstract AsyncNotifyResponse Break(AsyncNotifyResponse response);

    protected override AsyncNotifyResult? NextAnswer(WitnessRegistration registration) =>
        base.NextAnswer(registration) is not { } answer ? null
        : answer.Response is { } response && Concerns(response.MessageType)
            ? answer with { Response = Break(response) }
            : answer;

    /// <summary>The response with other bytes, and Length as they need it.</summary>
    protected static AsyncNotifyResponse With(AsyncNotifyResponse response, IEnumerable<byte> buffer)
    {
        ImmutableArray<byte> bytes = [.. buffer];
        return response with { MessageBuffer = bytes, Length = (uint)bytes.Length };
    }

    /// <summary>The response with one field of its buffer changed.</summary>
    protected static AsyncNotifyResponse With(AsyncNotifyResponse response, int offset, Func<uint, uint> change)
    {
        var bytes = response.MessageBuffer.ToArray();
        var field = bytes.AsSpan(offset, 4);
        BinaryPrimitives.WriteUInt32LittleEndian(field, change(BinaryPrimitives.ReadUInt32LittleEndian(field)));
        return With(response, bytes);
    }
}

/// <summary>A service that spoils address lists only.</summary>
public abstract class BrokenAddressList(NodeParts parts) : BrokenNotification(parts)
{
    protected override bool Concerns(NotificationKind kind) => kind != NotificationKind.RESOURCE_CHANGE_NOTIFICATION;
}

/// <summary>A service that spoils resource changes only.</summary>
public abstract class BrokenResourceChange(NodeParts parts) : BrokenNotification(parts)
{
    protected override bool Concerns(NotificationKind kind) => kind == NotificationKind.RESOURCE_CHANGE_NOTIFICATION;
}

[Defect("RESP_ASYNC_NOTIFY.Length is one too large.")]
[Violates(Swn.NotificationCounts, Swn.NotificationLayout)]
public sealed class NotificationLengthWrong(NodeParts parts) : BrokenNotification(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        response with { Length = response.Length + 1 };
}

[Defect("NumberOfMessages is one too large.")]
[Violates(Swn.NotificationCounts)]
public sealed class NumberOfMessagesWrong(NodeParts parts) : BrokenNotification(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        response with { NumberOfMessages = response.NumberOfMessages + 1 };
}

[Defect("NumberOfMessages of a move counts its addresses.")]
[Violates(Swn.NotificationCounts)]
public sealed class NumberOfMessagesCountsAddresses(NodeParts parts) : BrokenAddressList(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        response with { NumberOfMessages = 1 + (uint)WitnessBlobs.ReadAddressLists(response)[0].Count };
}

[Defect("Notifications are big-endian inside.")]
[Violates(Swn.BlobsAreLittleEndian, Swn.ResourceChangeLayout, Swn.AddressListLength)]
public sealed class BigEndianNotification(NodeParts parts) : BrokenNotification(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        With(response, 0, BinaryPrimitives.ReverseEndianness);
}

[Defect("RESOURCE_CHANGE.Length does not count itself.")]
[Violates(Swn.ResourceChangeLayout)]
public sealed class ChangeLengthWithoutItself(NodeParts parts) : BrokenResourceChange(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        With(response, 0, length => length - 4);
}

[Defect("A resource name has no null at its end.")]
[Violates(Swn.ResourceChangeLayout)]
public sealed class ResourceNameNotTerminated(NodeParts parts) : BrokenResourceChange(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        With(With(response, response.MessageBuffer.SkipLast(2)), 0, length => length - 2);
}

[Defect("A RESOURCE_CHANGE is padded to a multiple of four.")]
[Violates(Swn.ResourceChangeLayout)]
public sealed class ChangePadded(NodeParts parts) : BrokenResourceChange(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        With(With(response, response.MessageBuffer.Concat(new byte[4])), 0, length => length + 4);
}

[Defect("IPADDR_INFO_LIST.Reserved is 1.")]
[Violates(Swn.AddressListReservedZero)]
public sealed class ReservedNotZero(NodeParts parts) : BrokenAddressList(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) => With(response, 4, _ => 1);
}

[Defect("IPADDR_INFO_LIST.Length does not count its header.")]
[Violates(Swn.AddressListLength)]
public sealed class ListLengthWithoutHeader(NodeParts parts) : BrokenAddressList(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        With(response, 0, length => length - 12);
}

[Defect("IPAddrInstances is one too large.")]
[Violates(Swn.AddressListLength, Swn.ClientMoveAddresses)]
public sealed class InstancesWrong(NodeParts parts) : BrokenAddressList(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) => With(response, 8, count => count + 1);
}

[Defect("IPADDR_INFO has both families' flags.")]
[Violates(Swn.OneFamilyPerAddressInfo)]
public sealed class BothFamilyFlags(NodeParts parts) : BrokenAddressList(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        With(response, 12, flags => flags | 3);
}

[Defect("IPADDR_INFO has neither family's flag.")]
[Violates(Swn.OneFamilyPerAddressInfo, Swn.ClientMoveFamilyFlags)]
public sealed class NoFamilyFlag(NodeParts parts) : BrokenAddressList(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        With(response, 12, flags => flags & ~3u);
}

[Defect("IPADDR_INFO has flags that do not exist.")]
[Violates(Swn.AddressInfoFlags)]
public sealed class UndefinedAddressFlags(NodeParts parts) : BrokenAddressList(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        With(response, 12, flags => flags | 0x18);
}

[Defect("IPv4 addresses are in the host's octet order.")]
[Violates(Swn.AddressInfoLayout)]
public sealed class AddressInHostOrder(NodeParts parts) : BrokenAddressList(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        With(response, 16, BinaryPrimitives.ReverseEndianness);
}

[Defect("A client move says that it is a share move.")]
[Violates(Swn.ClientMoveDelivered, Swn.MoveReachesClient, Ctdb.NotificationNotInvented)]
public sealed class ClientMoveSaysShareMove(NodeParts parts) : BrokenNotification(parts)
{
    protected override bool Concerns(NotificationKind kind) => kind == NotificationKind.CLIENT_MOVE_NOTIFICATION;

    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        response with { MessageType = NotificationKind.SHARE_MOVE_NOTIFICATION };
}

[Defect("A notification has a type that does not exist.")]
[Violates(Swn.MessageTypes)]
public sealed class UnknownMessageType(NodeParts parts) : BrokenNotification(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        response with { MessageType = (NotificationKind)5 };
}

[Defect("A notification has no buffer.")]
[Violates(Swn.NotificationLayout)]
public sealed class NotificationWithoutBuffer(NodeParts parts) : BrokenNotification(parts)
{
    protected override AsyncNotifyResponse Break(AsyncNotifyResponse response) =>
        response with { MessageBuffer = default };
}
