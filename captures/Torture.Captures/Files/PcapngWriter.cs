using System.Buffers.Binary;
using System.Text;
using Torture.Captures.Files;

namespace Torture.Captures;

/// <summary>
/// Writes one little-endian pcapng section with nanosecond time stamps (draft-ietf-opsawg-pcapng). Not safe for two
/// threads at once.
/// </summary>
public sealed class PcapngWriter : IDisposable
{
    private const byte Nanoseconds = 9;

    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private byte[] _block = new byte[4096];
    private int _length;
    private int _interfaces;

    public PcapngWriter(Stream stream, string application = "torture", bool leaveOpen = false)
    {
        _stream = stream;
        _leaveOpen = leaveOpen;
        Begin(PcapngBlock.SectionHeader);
        Put32(PcapngBlock.ByteOrderMagic);
        Put32(1);
        Put32(uint.MaxValue);
        Put32(uint.MaxValue);
        PutText(PcapngBlock.Application, application);
        PutEndOfOptions();
        End();
    }

    /// <summary>Gives the number under which packets name this interface.</summary>
    public int AddInterface(LinkType link, string name, int snapLength = 0, string? filter = null)
    {
        Begin(PcapngBlock.Interface);
        Put32((ushort)link);
        Put32((uint)snapLength);
        PutText(PcapngBlock.InterfaceName, name);
        PutOption(PcapngBlock.InterfaceResolution, [Nanoseconds]);
        if (!string.IsNullOrEmpty(filter))
        {
            PutOption(PcapngBlock.InterfaceFilter, [0, .. Encoding.UTF8.GetBytes(filter)]);
        }

        PutEndOfOptions();
        End();
        return _interfaces++;
    }

    /// <summary>Writes a packet with its own time, interface and comment.</summary>
    public void Write(CapturedPacket packet) => Write(packet, packet.Comment);

    public void Write(CapturedPacket packet, string? comment)
    {
        if ((uint)packet.Interface >= _interfaces)
        {
            throw new ArgumentException($"interface {packet.Interface} was not added", nameof(packet));
        }

        Begin(PcapngBlock.EnhancedPacket);
        Put32((uint)packet.Interface);
        Put32((uint)(packet.TimeNanoseconds >> 32));
        Put32((uint)packet.TimeNanoseconds);
        Put32((uint)packet.Data.Length);
        Put32((uint)packet.OriginalLength);
        PutPadded(packet.Data.Span);
        if (!string.IsNullOrEmpty(comment))
        {
            PutText(PcapngBlock.Comment, comment);
            PutEndOfOptions();
        }

        End();
    }

    /// <summary>Says at the end of a live capture what the kernel received and dropped.</summary>
    public void WriteStatistics(int interfaceNumber, long timeNanoseconds, long received, long dropped)
    {
        Begin(PcapngBlock.InterfaceStatistics);
        Put32((uint)interfaceNumber);
        Put32((uint)(timeNanoseconds >> 32));
        Put32((uint)timeNanoseconds);
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(value, received);
        PutOption(PcapngBlock.StatisticsReceived, value);
        BinaryPrimitives.WriteInt64LittleEndian(value, dropped);
        PutOption(PcapngBlock.StatisticsDropped, value);
        PutEndOfOptions();
        End();
    }

    public void Flush() => _stream.Flush();

    public void Dispose()
    {
        _stream.Flush();
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private void Begin(uint type)
    {
        _length = 0;
        Put32(type);
        Put32(0);
    }

    private void End()
    {
        var total = (uint)_length + 4;
        Put32(total);
        BinaryPrimitives.WriteUInt32LittleEndian(_block.AsSpan(4), total);
        _stream.Write(_block, 0, _length);
    }

    private void PutText(ushort code, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        PutOption(code, bytes.AsSpan(0, Math.Min(bytes.Length, ushort.MaxValue)));
    }

    private void PutOption(ushort code, ReadOnlySpan<byte> value)
    {
        Put32(code | ((uint)value.Length << 16));
        PutPadded(value);
    }

    private void PutEndOfOptions() => Put32(PcapngBlock.EndOfOptions);

    private void Put32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);

    private void PutPadded(ReadOnlySpan<byte> value)
    {
        var room = Room((value.Length + 3) & ~3);
        value.CopyTo(room);
        room[value.Length..].Clear();
    }

    private Span<byte> Room(int count)
    {
        if (_length + count > _block.Length)
        {
            Array.Resize(ref _block, (_length + count) * 2);
        }

        var room = _block.AsSpan(_length, count);
        _length += count;
        return room;
    }
}
