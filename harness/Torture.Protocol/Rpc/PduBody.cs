using System.Buffers;

namespace Torture.Protocol.Rpc;

/// <summary>Bytes of a PDU in the making: room for the header, then the body in the PDU's own byte order.</summary>
internal sealed class PduBody
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);
    private readonly bool _bigEndian;

    public PduBody(bool bigEndian)
    {
        _bigEndian = bigEndian;
        Bytes(new byte[PduHeader.Size]);
    }

    public void Byte(byte value) => Bytes([value]);

    public void UInt16(ushort value)
    {
        PduHeader.Write16(_bytes.GetSpan(2), value, _bigEndian);
        _bytes.Advance(2);
    }

    public void UInt32(uint value)
    {
        PduHeader.Write32(_bytes.GetSpan(4), value, _bigEndian);
        _bytes.Advance(4);
    }

    /// <summary>One byte of count and three reserved ones.</summary>
    public void UInt32Count(int count) => Bytes([checked((byte)count), 0, 0, 0]);

    public void Uuid(Guid value)
    {
        value.TryWriteBytes(_bytes.GetSpan(16), _bigEndian, out _);
        _bytes.Advance(16);
    }

    public void Syntax(SyntaxId value)
    {
        Uuid(value.Uuid);
        UInt32(value.Major | ((uint)value.Minor << 16));
    }

    /// <summary>To the next multiple of 4 from the start of the PDU.</summary>
    public void Align4() => Bytes(stackalloc byte[-_bytes.WrittenCount & 3]);

    public void Bytes(ReadOnlySpan<byte> value) => _bytes.Write(value);

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}
