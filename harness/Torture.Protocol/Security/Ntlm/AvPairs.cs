using System.Buffers.Binary;
using System.Text;

namespace Torture.Protocol.Security;

/// <summary>AvId of an AV_PAIR ([MS-NLMP] 2.2.2.1).</summary>
public enum AvId : ushort
{
    MsvAvEOL = 0,
    MsvAvNbComputerName = 1,
    MsvAvNbDomainName = 2,
    MsvAvDnsComputerName = 3,
    MsvAvDnsDomainName = 4,
    MsvAvDnsTreeName = 5,
    MsvAvFlags = 6,
    MsvAvTimestamp = 7,
    MsvAvSingleHost = 8,
    MsvAvTargetName = 9,
    MsvAvChannelBindings = 10,
}

/// <summary>A list of AV_PAIR ([MS-NLMP] 2.2.2.1) in the order of the wire, without its end mark.</summary>
public sealed record AvPairs(IReadOnlyList<KeyValuePair<AvId, ReadOnlyMemory<byte>>> Pairs)
{
    /// <summary>MsvAvFlags: the message has a MIC.</summary>
    public const uint MicPresent = 2;

    public static readonly AvPairs Empty = new([]);

    private const string Citation = "[MS-NLMP] 2.2.2.1";

    /// <summary>MsvAvFlags; 0 where there is none.</summary>
    public uint Flags =>
        Find(AvId.MsvAvFlags) is { Length: 4 } flags ? BinaryPrimitives.ReadUInt32LittleEndian(flags.Span) : 0;

    /// <summary>MsvAvTimestamp as FILETIME; null where there is none.</summary>
    public long? Timestamp =>
        Find(AvId.MsvAvTimestamp) is { Length: 8 } time ? BinaryPrimitives.ReadInt64LittleEndian(time.Span) : null;

    // [MS-NLMP] 2.2.2.1
    public static AvPairs Parse(ReadOnlySpan<byte> source) => Parse(source, out _);

    /// <summary>The list that <paramref name="source"/> begins with; what is behind its end is not read.</summary>
    // [MS-NLMP] 2.2.2.1
    public static AvPairs Parse(ReadOnlySpan<byte> source, out int length)
    {
        var pairs = new List<KeyValuePair<AvId, ReadOnlyMemory<byte>>>();
        for (var at = 0; source.Length - at >= 4;)
        {
            var id = (AvId)BinaryPrimitives.ReadUInt16LittleEndian(source[at..]);
            var size = BinaryPrimitives.ReadUInt16LittleEndian(source[(at + 2)..]);
            at += 4;
            if (size > source.Length - at)
            {
                throw NtlmMessage.Malformed($"The value of {id} ({size} bytes) leaves its list.", Citation);
            }

            if (id == AvId.MsvAvEOL)
            {
                length = at;
                return new AvPairs(pairs);
            }

            pairs.Add(new(id, source.Slice(at, size).ToArray()));
            at += size;
        }

        throw NtlmMessage.Malformed("A list of AV pairs has no end.", Citation);
    }

    /// <summary>The first value of that id; null where there is none.</summary>
    public ReadOnlyMemory<byte>? Find(AvId id)
    {
        foreach (var pair in Pairs)
        {
            if (pair.Key == id)
            {
                return pair.Value;
            }
        }

        return null;
    }

    public AvPairs With(AvId id, ReadOnlyMemory<byte> value) =>
        new([.. Pairs.Where(pair => pair.Key != id), new(id, value)]);

    public AvPairs With(AvId id, string value) => With(id, Encoding.Unicode.GetBytes(value));

    public AvPairs WithFlags(uint flags)
    {
        var value = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(value, flags);
        return With(AvId.MsvAvFlags, value);
    }

    public AvPairs WithTimestamp(long fileTime)
    {
        var value = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(value, fileTime);
        return With(AvId.MsvAvTimestamp, value);
    }

    // [MS-NLMP] 2.2.2.1
    public byte[] Encode()
    {
        var bytes = new byte[Pairs.Sum(pair => 4 + pair.Value.Length) + 4];
        var at = 0;
        foreach (var (id, value) in Pairs)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), (ushort)id);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at + 2), checked((ushort)value.Length));
            value.Span.CopyTo(bytes.AsSpan(at + 4));
            at += 4 + value.Length;
        }

        return bytes;
    }
}
