using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;

namespace Torture.Protocol.Witness;

/// <summary>
/// The notification entries in RESP_ASYNC_NOTIFY.MessageBuffer ([MS-SWN] 2.2.2.1 to 2.2.2.3): always little-endian,
/// never aligned, whatever the stub around them is written in.
/// </summary>
public static partial class WitnessBlobs
{
    private const int ListHeaderSize = 12;
    private const int AddressSize = 24;
    private const int ChangeHeaderSize = 8;
    private const string ChangeEntry = "[MS-SWN] 2.2.2.3";
    private const string ListEntry = "[MS-SWN] 2.2.2.2";
    private const string ResponseEntry = "[MS-SWN] 2.2.2.4";

    /// <summary>A RESOURCE_CHANGE notification with an entry a change.</summary>
    // [MS-SWN] 2.2.2.3
    public static AsyncNotifyResponse ResourceChange(params ReadOnlySpan<ResourceChange> changes)
    {
        var size = 0;
        foreach (var change in changes)
        {
            size += SizeOf(change);
        }

        var buffer = new byte[size];
        var rest = buffer.AsSpan();
        foreach (var change in changes)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)SizeOf(change));
            BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], (uint)change.ChangeType);
            WriteName(change.ResourceName, rest[ChangeHeaderSize..]);
            rest = rest[SizeOf(change)..];
        }

        return Response(NotificationKind.RESOURCE_CHANGE_NOTIFICATION, changes.Length, buffer);
    }

    private static int SizeOf(ResourceChange change) => ChangeHeaderSize + 2 * (change.ResourceName.Length + 1);

    private static void WriteName(string name, Span<byte> destination)
    {
        foreach (var unit in name)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(destination, unit);
            destination = destination[2..];
        }
    }

    /// <summary>A CLIENT_MOVE notification with one list.</summary>
    public static AsyncNotifyResponse ClientMove(params ReadOnlySpan<AddressInfo> addresses) =>
        OneList(NotificationKind.CLIENT_MOVE_NOTIFICATION, addresses);

    /// <summary>A SHARE_MOVE notification with one list.</summary>
    public static AsyncNotifyResponse ShareMove(params ReadOnlySpan<AddressInfo> addresses) =>
        OneList(NotificationKind.SHARE_MOVE_NOTIFICATION, addresses);

    /// <summary>An IP_CHANGE notification with one list.</summary>
    public static AsyncNotifyResponse IpChange(params ReadOnlySpan<AddressInfo> addresses) =>
        OneList(NotificationKind.IP_CHANGE_NOTIFICATION, addresses);

    // [MS-SWN] 2.2.2.2
    private static AsyncNotifyResponse OneList(NotificationKind kind, ReadOnlySpan<AddressInfo> addresses)
    {
        var buffer = new byte[ListHeaderSize + AddressSize * addresses.Length];
        WriteListHeader(buffer, addresses.Length);
        for (var i = 0; i < addresses.Length; i++)
        {
            WriteAddress(addresses[i], buffer.AsSpan(ListHeaderSize + AddressSize * i));
        }

        return Response(kind, messages: 1, buffer);
    }

    /// <summary>A notification of one of the three address kinds, with an entry a list.</summary>
    // [MS-SWN] 2.2.2.2
    public static AsyncNotifyResponse AddressLists(
        NotificationKind kind, IReadOnlyList<IReadOnlyList<AddressInfo>> lists)
    {
        var buffer = new byte[lists.Sum(list => ListHeaderSize + AddressSize * list.Count)];
        var rest = buffer.AsSpan();
        foreach (var list in lists)
        {
            WriteListHeader(rest, list.Count);
            rest = rest[ListHeaderSize..];
            foreach (var address in list)
            {
                WriteAddress(address, rest);
                rest = rest[AddressSize..];
            }
        }

        return Response(kind, lists.Count, buffer);
    }

    private static void WriteListHeader(Span<byte> destination, int addresses)
    {
        var length = (uint)(ListHeaderSize + AddressSize * addresses);
        BinaryPrimitives.WriteUInt32LittleEndian(destination, length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], (uint)addresses);
    }

    // [MS-SWN] 2.2.2.1
    private static void WriteAddress(AddressInfo address, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)address.Flags);
        if (!address.IPv4.TryWriteBytes(destination[4..8], out var four) || four != 4
            || !address.IPv6.TryWriteBytes(destination[8..AddressSize], out var sixteen) || sixteen != 16)
        {
            throw new ArgumentException($"{address} has an address of the wrong family", nameof(address));
        }
    }

    // [MS-SWN] 2.2.2.4
    private static AsyncNotifyResponse Response(NotificationKind kind, int messages, byte[] buffer) =>
        new(kind, (uint)buffer.Length, (uint)messages, ImmutableCollectionsMarshal.AsImmutableArray(buffer));

    // [MS-SWN] 2.2.2.1
    private static AddressInfo ReadAddress(ReadOnlySpan<byte> bytes) => new(
        (AddressFlags)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        WitnessCodec.ReadAddress(bytes[4..8], IPAddress.Any),
        WitnessCodec.ReadAddress(bytes[8..AddressSize], IPAddress.IPv6Any));
}
