using System.Buffers.Binary;

namespace Torture.Protocol.Rpc;

/// <summary>The 16 bytes in front of every PDU ([C706] 12.6.3.1, common fields).</summary>
public readonly record struct PduHeader(
    byte Major, byte Minor, PduType Type, PduFlags Flags, DataRepresentation Representation,
    ushort FragmentLength, ushort AuthenticationLength, uint CallId)
{
    public const int Size = 16;

    /// <summary>Where the security trailer starts: counted from the end ([MS-RPCE] 2.2.2.11).</summary>
    public int TrailerOffset => FragmentLength - AuthenticationLength - SecurityTrailer.Size;

    /// <summary>Where the body with its padding ends.</summary>
    public int BodyEnd => AuthenticationLength == 0 ? FragmentLength : TrailerOffset;

    /// <exception cref="ProtocolException">Fewer than 16 bytes, or lengths that cannot be.</exception>
    public static PduHeader Read(ReadOnlySpan<byte> pdu)
    {
        // [C706] 12.6.3.1
        if (pdu.Length < Size)
        {
            throw new ProtocolException("PDU shorter than its header", "[C706] 12.6.3.1", pdu.Length);
        }

        var representation = new DataRepresentation(pdu[4], pdu[5]);
        var big = representation.IsBigEndian;
        var header = new PduHeader(
            pdu[0], pdu[1], (PduType)pdu[2], (PduFlags)pdu[3], representation,
            Read16(pdu[8..], big), Read16(pdu[10..], big), Read32(pdu[12..], big));
        header.CheckLengths();
        return header;
    }

    public void Write(Span<byte> pdu)
    {
        // [C706] 12.6.3.1
        pdu[0] = Major;
        pdu[1] = Minor;
        pdu[2] = (byte)Type;
        pdu[3] = (byte)Flags;
        pdu[4] = Representation.Integers;
        pdu[5] = Representation.Floats;
        pdu[6] = 0;
        pdu[7] = 0;
        Write16(pdu[8..], FragmentLength, Representation.IsBigEndian);
        Write16(pdu[10..], AuthenticationLength, Representation.IsBigEndian);
        Write32(pdu[12..], CallId, Representation.IsBigEndian);
    }

    internal static ushort Read16(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    internal static uint Read32(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    internal static void Write16(Span<byte> bytes, ushort value, bool big)
    {
        if (big)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        }
    }

    internal static void Write32(Span<byte> bytes, uint value, bool big)
    {
        if (big)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }
    }

    private void CheckLengths()
    {
        if (FragmentLength < Size)
        {
            throw new ProtocolException($"frag_length {FragmentLength} is below 16", "[C706] 12.6.3.1", 8);
        }

        if (AuthenticationLength != 0 && TrailerOffset < Size)
        {
            throw new ProtocolException(
                $"auth_length {AuthenticationLength} does not fit frag_length {FragmentLength}",
                "[MS-RPCE] 2.2.2.11", 10);
        }
    }
}
