namespace Torture.Protocol.Rpc;

/// <summary>
/// The data representation label ([C706] 14.1): how integers (with the character set) and floats of a PDU are written.
/// </summary>
/// <param name="Integers">High nibble 0 big-endian, 1 little-endian; low nibble 0 ASCII, 1 EBCDIC.</param>
/// <param name="Floats">0 IEEE, 1 VAX, 2 Cray, 3 IBM.</param>
public readonly record struct DataRepresentation(byte Integers, byte Floats)
{
    public static readonly DataRepresentation LittleEndian = new(0x10, 0);
    public static readonly DataRepresentation BigEndian = new(0x00, 0);

    public bool IsBigEndian => (Integers & 0xF0) == 0;
}
