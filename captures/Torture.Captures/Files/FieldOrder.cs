using System.Buffers.Binary;

namespace Torture.Captures.Files;

/// <summary>The byte order of the machine that wrote a file.</summary>
internal readonly record struct FieldOrder(bool IsBigEndian)
{
    public ushort U16(ReadOnlySpan<byte> bytes) => IsBigEndian
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes)
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint U32(ReadOnlySpan<byte> bytes) => IsBigEndian
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    public long I64(ReadOnlySpan<byte> bytes) => IsBigEndian
        ? BinaryPrimitives.ReadInt64BigEndian(bytes)
        : BinaryPrimitives.ReadInt64LittleEndian(bytes);
}
