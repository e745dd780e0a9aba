using System.Buffers;
using System.Text;

namespace Torture.Captures.Files;

/// <summary>draft-ietf-opsawg-pcapng: any number of sections, each with its own byte order and interfaces.</summary>
internal sealed class PcapngReader(ByteSource source, Action<string>? warn)
{
    private const int MaximumBlock = 1 << 20;
    private const int MaximumInterfaces = 4096;

    private readonly List<PcapngInterface> _interfaces = [];
    private byte[] _body = new byte[4096];
    private FieldOrder _order;
    private long _lastTime;
    private long _number;

    /// <summary>The four bytes that made this a pcapng were read already.</summary>
    public IEnumerable<CapturedPacket> Packets()
    {
        if (!ReadSectionHeader())
        {
            throw new CaptureException("not a capture: the section header is cut short");
        }

        var type = new byte[4];
        while (source.TryFill(type))
        {
            if (!TryReadBlock(_order.U32(type), out var packet))
            {
                warn?.Invoke($"the capture is cut short: its last block, before offset {source.Offset}, is incomplete");
                yield break;
            }

            if (packet is not null)
            {
                yield return packet;
            }
        }
    }

    private bool TryReadBlock(uint type, out CapturedPacket? packet)
    {
        packet = null;
        if (type == PcapngBlock.SectionHeader)
        {
            return ReadSectionHeader();
        }

        Span<byte> field = stackalloc byte[4];
        if (!source.TryFill(field))
        {
            return false;
        }

        var bodyLength = BodyLength(_order.U32(field), overhead: 12);
        if (!IsRead(type))
        {
            return source.TrySkip(bodyLength + 4);
        }

        if (!TryReadBody(bodyLength))
        {
            return false;
        }

        var body = _body.AsSpan(0, (int)bodyLength);
        if (type == PcapngBlock.Interface)
        {
            AddInterface(body);
        }
        else
        {
            packet = ReadPacket(type, body);
        }

        return true;
    }

    private static bool IsRead(uint type) =>
        type is PcapngBlock.Interface or PcapngBlock.EnhancedPacket or PcapngBlock.SimplePacket
            or PcapngBlock.ObsoletePacket;

    /// <summary>The order of a section is known from the magic after the length, so the length is read twice.</summary>
    private bool ReadSectionHeader()
    {
        Span<byte> head = stackalloc byte[8];
        if (!source.TryFill(head))
        {
            return false;
        }

        if (new FieldOrder(false).U32(head[4..]) == PcapngBlock.ByteOrderMagic)
        {
            _order = new FieldOrder(false);
        }
        else if (new FieldOrder(true).U32(head[4..]) == PcapngBlock.ByteOrderMagic)
        {
            _order = new FieldOrder(true);
        }
        else
        {
            throw Malformed($"byte-order magic is {Convert.ToHexString(head[4..])}");
        }

        var length = BodyLength(_order.U32(head), overhead: 16);
        _interfaces.Clear();
        return length >= 12 ? source.TrySkip(length + 4) : throw Malformed("section header is too short");
    }

    private long BodyLength(uint total, int overhead) =>
        total < overhead || total % 4 != 0 ? throw Malformed($"block length is {total}") : total - overhead;

    private bool TryReadBody(long length)
    {
        if (length > MaximumBlock)
        {
            throw Malformed($"block holds {length} bytes, limit {MaximumBlock}");
        }

        if (_body.Length < length)
        {
            _body = new byte[length * 2];
        }

        Span<byte> trailer = stackalloc byte[4];
        if (!source.TryFill(_body.AsSpan(0, (int)length)) || !source.TryFill(trailer))
        {
            return false;
        }

        return _order.U32(trailer) == length + 12 ? true : throw Malformed("block's two lengths differ");
    }

    private void AddInterface(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8 || _interfaces.Count == MaximumInterfaces)
        {
            throw Malformed("interface block is too short or one too many");
        }

        var added = new PcapngInterface(PcapReader.Link(_order.U16(body)), _order.U32(body[4..]));
        var options = body[8..];
        while (TryReadOption(ref options, out var code, out var value))
        {
            if (code == PcapngBlock.InterfaceResolution && value.Length >= 1)
            {
                added = added with { Resolution = value[0] };
            }
            else if (code == PcapngBlock.InterfaceTimeOffset && value.Length >= 8)
            {
                added = added with { OffsetSeconds = _order.I64(value) };
            }
        }

        _interfaces.Add(added);
    }

    private CapturedPacket ReadPacket(uint type, ReadOnlySpan<byte> body) => type switch
    {
        PcapngBlock.EnhancedPacket when body.Length >= 20 => ReadPacket(
            body[20..], _order.U32(body), body[4..], _order.U32(body[12..]), _order.U32(body[16..])),
        PcapngBlock.ObsoletePacket when body.Length >= 20 => ReadPacket(
            body[20..], _order.U16(body), body[4..], _order.U32(body[12..]), _order.U32(body[16..])),
        PcapngBlock.SimplePacket when body.Length >= 4 => ReadSimplePacket(body),
        _ => throw Malformed("packet block is too short"),
    };

    private CapturedPacket ReadPacket(
        ReadOnlySpan<byte> rest, uint interfaceId, ReadOnlySpan<byte> time, uint captured, uint original)
    {
        var on = Interface(interfaceId);
        if (captured > CaptureFile.MaximumPacket || captured > rest.Length)
        {
            throw Malformed($"packet claims {captured} bytes");
        }

        var units = ((ulong)_order.U32(time) << 32) | _order.U32(time[4..]);
        _lastTime = on.Nanoseconds(units) ?? throw Malformed($"time stamp {units} is out of range");
        var options = rest[Math.Min((int)(captured + 3) & ~3, rest.Length)..];
        var comment = ReadComments(options);
        return new CapturedPacket(
            ++_number, _lastTime, on.Link, rest[..(int)captured].ToArray(),
            (int)Math.Min(original, int.MaxValue), (int)interfaceId, comment);
    }

    /// <summary>It has no time of its own: the one before it is the nearest that is known.</summary>
    private CapturedPacket ReadSimplePacket(ReadOnlySpan<byte> body)
    {
        var on = Interface(0);
        var original = _order.U32(body);
        var limit = on.SnapLength == 0 ? uint.MaxValue : on.SnapLength;
        var captured = (int)Math.Min(Math.Min(original, limit), (uint)body.Length - 4);
        return new CapturedPacket(
            ++_number, _lastTime, on.Link, body.Slice(4, captured).ToArray(), (int)Math.Min(original, int.MaxValue));
    }

    private string? ReadComments(ReadOnlySpan<byte> options)
    {
        string? comments = null;
        while (TryReadOption(ref options, out var code, out var value))
        {
            if (code == PcapngBlock.Comment)
            {
                var comment = Encoding.UTF8.GetString(value);
                comments = comments is null ? comment : $"{comments}\n{comment}";
            }
        }

        return comments;
    }

    private bool TryReadOption(ref ReadOnlySpan<byte> options, out ushort code, out ReadOnlySpan<byte> value)
    {
        code = 0;
        value = default;
        if (options.Length < 4 || (code = _order.U16(options)) == PcapngBlock.EndOfOptions)
        {
            return false;
        }

        var length = _order.U16(options[2..]);
        if (length > options.Length - 4)
        {
            throw Malformed($"option {code} claims {length} bytes");
        }

        value = options.Slice(4, length);
        options = options[Math.Min(4 + ((length + 3) & ~3), options.Length)..];
        return true;
    }

    private PcapngInterface Interface(uint id) =>
        id < _interfaces.Count ? _interfaces[(int)id] : throw Malformed($"packet of unknown interface {id}");

    private CaptureException Malformed(string what) => new($"malformed pcapng before offset {source.Offset}: {what}");
}
