using System.Buffers.Binary;

namespace Torture.Captures;

/// <summary>Writes the classic format, little-endian with nanoseconds, for tools that know no other.</summary>
public sealed class PcapWriter : IDisposable
{
    private readonly Stream _stream;

    public PcapWriter(Stream stream, LinkType link, int snapLength = CaptureFile.MaximumPacket)
    {
        _stream = stream;
        Span<byte> header = stackalloc byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xA1B23C4D);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], snapLength);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], (int)link);
        stream.Write(header);
    }

    public void Write(CapturedPacket packet)
    {
        Span<byte> header = stackalloc byte[16];
        var (seconds, nanoseconds) = Math.DivRem(packet.TimeNanoseconds, 1_000_000_000);
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)nanoseconds);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], packet.Data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], packet.OriginalLength);
        _stream.Write(header);
        _stream.Write(packet.Data.Span);
    }

    public void Dispose() => _stream.Dispose();
}
