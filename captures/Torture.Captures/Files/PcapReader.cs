namespace Torture.Captures.Files;

/// <summary>The classic format, draft-ietf-opsawg-pcap section 4 and 5, and its variant with longer records.</summary>
internal sealed class PcapReader
{
    private readonly ByteSource _source;
    private readonly Action<string>? _warn;
    private readonly FieldOrder _order;
    private readonly int _unit;
    private readonly int _recordHeader;
    private readonly LinkType _link;
    private readonly long _limit;

    public PcapReader(ByteSource source, ReadOnlySpan<byte> magic, Action<string>? warn)
    {
        _source = source;
        _warn = warn;
        (_order, _unit, _recordHeader) = Variant(magic);

        Span<byte> rest = stackalloc byte[20];
        if (!source.TryFill(rest))
        {
            throw new CaptureException("not a capture: the file header is cut short");
        }

        var snapLength = _order.U32(rest[12..]);
        _limit = snapLength is 0 or > CaptureFile.MaximumPacket ? CaptureFile.MaximumPacket : snapLength;
        _link = Link(_order.U32(rest[16..]) & 0xFFFF);
    }

    public IEnumerable<CapturedPacket> Packets()
    {
        for (var number = 1L; Next(number) is { } packet; number++)
        {
            yield return packet;
        }
    }

    private CapturedPacket? Next(long number)
    {
        var start = _source.Offset;
        Span<byte> header = stackalloc byte[_recordHeader];
        if (!_source.TryFill(header))
        {
            return End(start);
        }

        var captured = _order.U32(header[8..]);
        if (captured > _limit)
        {
            throw new CaptureException($"packet {number} at offset {start} claims {captured} bytes, limit {_limit}");
        }

        var data = new byte[captured];
        if (!_source.TryFill(data))
        {
            return End(start);
        }

        var time = (_order.U32(header) * 1_000_000_000L) + ((long)_order.U32(header[4..]) * _unit);
        var original = (int)Math.Min(_order.U32(header[12..]), int.MaxValue);
        return new CapturedPacket(number, time, _link, data, original);
    }

    private CapturedPacket? End(long start)
    {
        if (_source.Offset != start)
        {
            _warn?.Invoke($"the capture is cut short: its last packet, at offset {start}, is incomplete");
        }

        return null;
    }

    private static (FieldOrder Order, int Unit, int RecordHeader) Variant(ReadOnlySpan<byte> magic) =>
        (magic[0], magic[1], magic[2], magic[3]) switch
        {
            (0xD4, 0xC3, 0xB2, 0xA1) => (new FieldOrder(false), 1000, 16),
            (0xA1, 0xB2, 0xC3, 0xD4) => (new FieldOrder(true), 1000, 16),
            (0x4D, 0x3C, 0xB2, 0xA1) => (new FieldOrder(false), 1, 16),
            (0xA1, 0xB2, 0x3C, 0x4D) => (new FieldOrder(true), 1, 16),
            (0x34, 0xCD, 0xB2, 0xA1) => (new FieldOrder(false), 1000, 24),
            (0xA1, 0xB2, 0xCD, 0x34) => (new FieldOrder(true), 1000, 24),
            _ => throw new CaptureException(
                $"not a capture: it starts with {Convert.ToHexString(magic)}, no magic of pcap or pcapng"),
        };

    /// <summary>12 and 14 are what some systems' libraries call RAW in memory and, wrongly, in files.</summary>
    internal static LinkType Link(uint number) => number is 12 or 14 ? LinkType.Raw : (LinkType)number;
}
