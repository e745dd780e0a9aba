using System.Buffers.Binary;

namespace Torture.Protocol.Witness;

public static partial class WitnessBlobs
{
    private const AddressFlags Families = AddressFlags.IPADDR_V4 | AddressFlags.IPADDR_V6;
    private const AddressFlags Reachability = AddressFlags.IPADDR_ONLINE | AddressFlags.IPADDR_OFFLINE;

    /// <summary>All that is wrong in a notification, in the order of its bytes; empty where nothing is.</summary>
    public static IReadOnlyList<BlobDefect> Inspect(AsyncNotifyResponse response)
    {
        var defects = new List<BlobDefect>();
        var buffer = response.MessageBuffer.AsSpan();
        if (response.Length != buffer.Length)
        {
            defects.Add(new(
                "SWN-R042", "Length", $"{buffer.Length}, the size of the buffer", $"{response.Length}", null));
        }

        if (response.MessageType == NotificationKind.RESOURCE_CHANGE_NOTIFICATION)
        {
            InspectEntries(response, buffer, defects, InspectChange);
        }
        else if (HoldsAddresses(response.MessageType))
        {
            InspectEntries(response, buffer, defects, InspectList);
        }
        else
        {
            defects.Add(new("SWN-R040", "MessageType", "1, 2, 3 or 4", $"{(uint)response.MessageType}", null));
        }

        return defects;
    }

    /// <summary>Looks at one entry: how many bytes it really takes, or -1 where that cannot be told.</summary>
    private delegate int InspectEntry(ReadOnlySpan<byte> bytes, Place place, List<BlobDefect> defects);

    private readonly record struct Place(int Entry, int Offset)
    {
        public string Change(string field = "") => $"RESOURCE_CHANGE[{Entry}]{field}";

        public string List(string field = "") => $"IPADDR_INFO_LIST[{Entry}]{field}";
    }

    // [MS-SWN] 2.2.2.4
    private static void InspectEntries(
        AsyncNotifyResponse response, ReadOnlySpan<byte> buffer, List<BlobDefect> defects, InspectEntry inspect)
    {
        var offset = 0;
        for (var entry = 0u; entry < response.NumberOfMessages; entry++)
        {
            if (offset == buffer.Length)
            {
                defects.Add(new("SWN-R042", "NumberOfMessages", $"{entry}, the entries in the buffer",
                    $"{response.NumberOfMessages}", null));
                return;
            }

            var size = inspect(buffer[offset..], new Place((int)entry, offset), defects);
            if (size < 0)
            {
                return;
            }

            offset += size;
        }

        if (offset != buffer.Length)
        {
            defects.Add(new("SWN-R042", "Length", $"{offset}, the sum of the entries", $"{buffer.Length}", offset));
        }
    }

    // [MS-SWN] 2.2.2.3
    private static int InspectChange(ReadOnlySpan<byte> bytes, Place place, List<BlobDefect> defects)
    {
        if (bytes.Length < ChangeHeaderSize + 2)
        {
            defects.Add(new(
                "SWN-R036", place.Change(), $"{ChangeHeaderSize + 2} bytes or more", $"{bytes.Length}", place.Offset));
            return -1;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var type = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (!Enum.IsDefined((ChangeType)type))
        {
            defects.Add(new(
                "SWN-R037", place.Change(".ChangeType"), "0x00, 0x01 or 0xFF", $"0x{type:X2}", place.Offset + 4));
        }

        var units = Units(bytes[ChangeHeaderSize..]);
        if (units < 0)
        {
            defects.Add(new("SWN-R036", place.Change(".ResourceName"), "a null at its end", "none",
                place.Offset + ChangeHeaderSize));
            return -1;
        }

        if (units == 0)
        {
            defects.Add(new(
                "SWN-R038", place.Change(".ResourceName"), "a net name, an address or a group name", "empty",
                place.Offset + ChangeHeaderSize));
        }

        var size = ChangeHeaderSize + 2 * (units + 1);
        if (length != size)
        {
            defects.Add(new("SWN-R036", place.Change(".Length"), $"{size}", $"{length}", place.Offset));
        }

        return length > size && length <= bytes.Length ? (int)length : size;
    }

    // [MS-SWN] 2.2.2.2
    private static int InspectList(ReadOnlySpan<byte> bytes, Place place, List<BlobDefect> defects)
    {
        if (bytes.Length < ListHeaderSize)
        {
            defects.Add(new(
                "SWN-R032", place.List(), $"{ListHeaderSize} bytes or more", $"{bytes.Length}", place.Offset));
            return -1;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var reserved = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        var size = ListHeaderSize + (ulong)AddressSize * count;
        if (length != size)
        {
            defects.Add(new("SWN-R032", place.List(".Length"), $"{size}", $"{length}", place.Offset));
        }

        if (reserved != 0)
        {
            defects.Add(new("SWN-R033", place.List(".Reserved"), "0", $"{reserved}", place.Offset + 4));
        }

        if (count == 0)
        {
            defects.Add(new("SWN-R035", place.List(".IPAddrInstances"), "1 or more", "0", place.Offset + 8));
        }

        if (size > (ulong)bytes.Length)
        {
            var room = (bytes.Length - ListHeaderSize) / AddressSize;
            defects.Add(new(
                "SWN-R032", place.List(".IPAddrInstances"), $"{room} or fewer, the room in the buffer", $"{count}",
                place.Offset + 8));
            return -1;
        }

        for (var i = 0; i < count; i++)
        {
            var at = ListHeaderSize + AddressSize * i;
            InspectFlags(bytes[at..], i, place with { Offset = place.Offset + at }, defects);
        }

        return (int)size;
    }

    // [MS-SWN] 2.2.2.1
    private static void InspectFlags(ReadOnlySpan<byte> bytes, int index, Place place, List<BlobDefect> defects)
    {
        var flags = (AddressFlags)BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        RefuseFlags((flags & ~(Families | Reachability)) != 0, "SWN-R028", "bits of 0x1B alone");
        RefuseFlags((flags & Families) is AddressFlags.None or Families, "SWN-R029", "either IPADDR_V4 or IPADDR_V6");
        RefuseFlags((flags & Reachability) == Reachability, "SWN-R028", "IPADDR_ONLINE or IPADDR_OFFLINE, not both");

        void RefuseFlags(bool wrong, string requirement, string expected)
        {
            if (wrong)
            {
                var field = place.List($".IPADDR_INFO[{index}].Flags");
                defects.Add(new(requirement, field, expected, $"0x{(uint)flags:X}", place.Offset));
            }
        }
    }
}
