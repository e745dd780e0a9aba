using System.Buffers.Binary;

namespace Torture.Protocol.Smb2;

/// <summary>The header of every SMB2 message, in its synchronous form ([MS-SMB2] 2.2.1.2).</summary>
public readonly record struct Smb2Header(Smb2Command Command, ulong MessageId)
{
    public const int Size = 64;

    private const string Citation = "[MS-SMB2] 2.2.1.2";

    public ushort CreditCharge { get; init; }

    /// <summary>Of a response; in a request of SMB 3 this is ChannelSequence.</summary>
    public NtStatus Status { get; init; }

    /// <summary>Credits asked for or granted.</summary>
    public ushort Credits { get; init; }

    public Smb2HeaderFlags Flags { get; init; }

    /// <summary>Where the next message of a compound begins; 0 in the last one.</summary>
    public uint NextCommand { get; init; }

    public uint ProcessId { get; init; }

    public uint TreeId { get; init; }

    public ulong SessionId { get; init; }

    private static ReadOnlySpan<byte> ProtocolId => [0xFE, (byte)'S', (byte)'M', (byte)'B'];

    // [MS-SMB2] 2.2.1.2
    public static Smb2Header Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length < Size || !message.StartsWith(ProtocolId))
        {
            throw new ProtocolException($"{message.Length} bytes that are no SMB2 message.", Citation, 0);
        }

        var size = BinaryPrimitives.ReadUInt16LittleEndian(message[4..]);
        if (size != Size)
        {
            throw new ProtocolException($"A header of StructureSize {size}.", Citation, 4);
        }

        return new Smb2Header(
            (Smb2Command)BinaryPrimitives.ReadUInt16LittleEndian(message[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(message[24..]))
        {
            CreditCharge = BinaryPrimitives.ReadUInt16LittleEndian(message[6..]),
            Status = (NtStatus)BinaryPrimitives.ReadUInt32LittleEndian(message[8..]),
            Credits = BinaryPrimitives.ReadUInt16LittleEndian(message[14..]),
            Flags = (Smb2HeaderFlags)BinaryPrimitives.ReadUInt32LittleEndian(message[16..]),
            NextCommand = BinaryPrimitives.ReadUInt32LittleEndian(message[20..]),
            ProcessId = BinaryPrimitives.ReadUInt32LittleEndian(message[32..]),
            TreeId = BinaryPrimitives.ReadUInt32LittleEndian(message[36..]),
            SessionId = BinaryPrimitives.ReadUInt64LittleEndian(message[40..]),
        };
    }

    // [MS-SMB2] 2.2.1.2
    public void Write(Span<byte> message)
    {
        message[..Size].Clear();
        ProtocolId.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message[4..], Size);
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], CreditCharge);
        BinaryPrimitives.WriteUInt32LittleEndian(message[8..], (uint)Status);
        BinaryPrimitives.WriteUInt16LittleEndian(message[12..], (ushort)Command);
        BinaryPrimitives.WriteUInt16LittleEndian(message[14..], Credits);
        BinaryPrimitives.WriteUInt32LittleEndian(message[16..], (uint)Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(message[20..], NextCommand);
        BinaryPrimitives.WriteUInt64LittleEndian(message[24..], MessageId);
        BinaryPrimitives.WriteUInt32LittleEndian(message[32..], ProcessId);
        BinaryPrimitives.WriteUInt32LittleEndian(message[36..], TreeId);
        BinaryPrimitives.WriteUInt64LittleEndian(message[40..], SessionId);
    }

    /// <summary>Header and body as they go over TCP, length in front ([MS-SMB2] 2.1).</summary>
    public byte[] Frame(ReadOnlySpan<byte> body)
    {
        var frame = new byte[Smb2Framing.PrefixSize + Size + body.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)(Size + body.Length));
        Write(frame.AsSpan(Smb2Framing.PrefixSize));
        body.CopyTo(frame.AsSpan(Smb2Framing.PrefixSize + Size));
        return frame;
    }
}
