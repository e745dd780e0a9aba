namespace Torture.Protocol.Rpc;

/// <summary>Reads the body of a PDU in its own byte order, never past its end.</summary>
internal ref struct PduCursor(ReadOnlySpan<byte> pdu, int start, int end, bool bigEndian)
{
    private readonly ReadOnlySpan<byte> _pdu = pdu[..end];

    public int Position { get; private set; } = start;

    public readonly int Left => _pdu.Length - Position;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => PduHeader.Read16(Take(2), bigEndian);

    public uint UInt32() => PduHeader.Read32(Take(4), bigEndian);

    public Guid Uuid() => new(Take(16), bigEndian);

    public SyntaxId Syntax()
    {
        var uuid = Uuid();
        var version = UInt32();
        return new SyntaxId(uuid, (ushort)version, (ushort)(version >> 16));
    }

    public ReadOnlySpan<byte> Rest() => Take(Left);

    /// <summary>To the next multiple of 4 from the start of the PDU.</summary>
    public void Align4() => Take(-Position & 3);

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > Left)
        {
            throw new ProtocolException($"PDU ends {count - Left} bytes early", "[C706] 12.6.4", Position);
        }

        var taken = _pdu.Slice(Position, count);
        Position += count;
        return taken;
    }
}
