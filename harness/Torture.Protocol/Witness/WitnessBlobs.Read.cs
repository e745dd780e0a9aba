using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Torture.Protocol.Witness;

public static partial class WitnessBlobs
{
    /// <summary>The entries of a RESOURCE_CHANGE notification.</summary>
    /// <exception cref="ProtocolException">Of another kind, or lengths, counts or contents disagree.</exception>
    // [MS-SWN] 2.2.2.3
    public static IReadOnlyList<ResourceChange> ReadResourceChanges(AsyncNotifyResponse response)
    {
        RefuseUnless(response.MessageType is NotificationKind.RESOURCE_CHANGE_NOTIFICATION,
            $"message type {(uint)response.MessageType} holds no resource changes", ResponseEntry, 0);
        var rest = Window(response, ChangeHeaderSize + 2);
        var changes = new ResourceChange[response.NumberOfMessages];
        var offset = 0;
        for (var i = 0; i < changes.Length; i++)
        {
            changes[i] = ReadChange(rest[offset..], offset, out var size);
            offset += size;
        }

        RefuseRest(rest.Length, offset);
        return changes;
    }

    // [MS-SWN] 2.2.2.3
    private static ResourceChange ReadChange(ReadOnlySpan<byte> bytes, int offset, out int size)
    {
        RefuseUnless(bytes.Length >= ChangeHeaderSize + 2, "the buffer ends within an entry", ChangeEntry, offset);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        RefuseUnless(length >= ChangeHeaderSize + 2 && length % 2 == 0 && length <= bytes.Length,
            $"an entry of {length} bytes where {bytes.Length} are left", ChangeEntry, offset);
        size = (int)length;
        var type = (ChangeType)BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        RefuseUnless(Enum.IsDefined(type), $"change type {(uint)type}", ChangeEntry, offset + 4);
        var name = bytes[ChangeHeaderSize..size];
        var units = Units(name);
        RefuseUnless(units == name.Length / 2 - 1,
            "the name does not end where the entry ends", ChangeEntry, offset + ChangeHeaderSize);
        return new ResourceChange(type, Text(name[..(units * 2)]));
    }

    /// <summary>Characters before the first null; -1 without one.</summary>
    private static int Units(ReadOnlySpan<byte> name) => MemoryMarshal.Cast<byte, char>(name).IndexOf('\0');

    private static string Text(ReadOnlySpan<byte> name) =>
        BitConverter.IsLittleEndian
            ? new string(MemoryMarshal.Cast<byte, char>(name))
            : string.Create(name.Length / 2, name, static (result, source) => BinaryPrimitives.ReverseEndianness(
                MemoryMarshal.Cast<byte, ushort>(source), MemoryMarshal.Cast<char, ushort>(result)));

    /// <summary>
    /// The lists of a CLIENT_MOVE, SHARE_MOVE or IP_CHANGE notification. Reserved and undefined flags are ignored, as
    /// a receiver must; a list of none is read as one.
    /// </summary>
    /// <exception cref="ProtocolException">Of another kind, or lengths and counts disagree.</exception>
    // [MS-SWN] 2.2.2.2
    public static IReadOnlyList<IReadOnlyList<AddressInfo>> ReadAddressLists(AsyncNotifyResponse response)
    {
        RefuseUnless(HoldsAddresses(response.MessageType),
            $"message type {(uint)response.MessageType} holds no addresses", ResponseEntry, 0);
        var rest = Window(response, ListHeaderSize);
        var lists = new AddressInfo[response.NumberOfMessages][];
        var offset = 0;
        for (var i = 0; i < lists.Length; i++)
        {
            lists[i] = ReadList(rest[offset..], offset);
            offset += ListHeaderSize + AddressSize * lists[i].Length;
        }

        RefuseRest(rest.Length, offset);
        return lists;
    }

    private static bool HoldsAddresses(NotificationKind kind) =>
        kind is NotificationKind.CLIENT_MOVE_NOTIFICATION or NotificationKind.SHARE_MOVE_NOTIFICATION
            or NotificationKind.IP_CHANGE_NOTIFICATION;

    // [MS-SWN] 2.2.2.2
    private static AddressInfo[] ReadList(ReadOnlySpan<byte> bytes, int offset)
    {
        RefuseUnless(bytes.Length >= ListHeaderSize, "the buffer ends within a list", ListEntry, offset);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        RefuseUnless(length == ListHeaderSize + (ulong)AddressSize * count,
            $"a list of {count} addresses that says it has {length} bytes", ListEntry, offset);
        RefuseUnless(length <= bytes.Length,
            $"a list of {length} bytes where {bytes.Length} are left", ListEntry, offset);
        var addresses = new AddressInfo[count];
        for (var i = 0; i < addresses.Length; i++)
        {
            addresses[i] = ReadAddress(bytes.Slice(ListHeaderSize + AddressSize * i, AddressSize));
        }

        return addresses;
    }

    // [MS-SWN] 2.2.2.4
    private static ReadOnlySpan<byte> Window(AsyncNotifyResponse response, int smallestEntry)
    {
        var buffer = response.MessageBuffer.AsSpan();
        RefuseUnless(response.Length == buffer.Length,
            $"Length says {response.Length} of a buffer of {buffer.Length} bytes", ResponseEntry, 0);
        RefuseUnless((ulong)response.NumberOfMessages * (uint)smallestEntry <= (ulong)buffer.Length,
            $"{response.NumberOfMessages} entries in a buffer of {buffer.Length} bytes", ResponseEntry, 0);
        return buffer;
    }

    private static void RefuseRest(int length, int offset) => RefuseUnless(
        offset == length, $"{length - offset} bytes after the last entry", ResponseEntry, offset);

    private static void RefuseUnless(
        bool holds,
        [InterpolatedStringHandlerArgument(nameof(holds))] ref RefusalMessage message,
        string citation,
        int offset)
    {
        if (!holds)
        {
            throw new ProtocolException(message.Take(), citation, offset);
        }
    }

    private static void RefuseUnless(bool holds, string message, string citation, int offset)
    {
        if (!holds)
        {
            throw new ProtocolException(message, citation, offset);
        }
    }
}
