using System.Buffers.Binary;

namespace Torture.Protocol.Smb2;

/// <summary>One NEGOTIATE_CONTEXT ([MS-SMB2] 2.2.3.1).</summary>
public sealed record Smb2NegotiateContext(Smb2NegotiateContextType Type, ReadOnlyMemory<byte> Data)
{
    private const string Citation = "[MS-SMB2] 2.2.3.1";
    private const int HeaderSize = 8;
    private const ushort Sha512 = 1;

    /// <summary>Whether a list of hash algorithms has SHA-512, the only one that there is.</summary>
    public bool OffersSha512
    {
        get
        {
            var data = Data.Span;
            var count = data.Length < 4 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(data);
            var found = false;
            for (var at = 4; at < 4 + (count * 2) && at + 2 <= data.Length; at += 2)
            {
                found |= BinaryPrimitives.ReadUInt16LittleEndian(data[at..]) == Sha512;
            }

            return found;
        }
    }

    // [MS-SMB2] 2.2.3.1.1
    public static Smb2NegotiateContext PreauthIntegrity(ReadOnlySpan<byte> salt)
    {
        var data = new byte[6 + salt.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(data, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(2), checked((ushort)salt.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(4), Sha512);
        salt.CopyTo(data.AsSpan(6));
        return new(Smb2NegotiateContextType.SMB2_PREAUTH_INTEGRITY_CAPABILITIES, data);
    }

    // [MS-SMB2] 2.2.3.1: each begins at a multiple of eight from the header
    internal static IReadOnlyList<Smb2NegotiateContext> ParseList(ReadOnlySpan<byte> message, uint offset, int count)
    {
        var contexts = new List<Smb2NegotiateContext>();
        var at = (ulong)offset;
        for (var left = count; left > 0; left--)
        {
            at = (at + 7) & ~7ul;
            if (at < Smb2Header.Size || at + HeaderSize > (ulong)message.Length)
            {
                throw new ProtocolException(
                    $"{left} of {count} negotiate contexts lie outside the message.", Citation, (long)at);
            }

            var context = message[(int)at..];
            var length = BinaryPrimitives.ReadUInt16LittleEndian(context[2..]);
            if (length > context.Length - HeaderSize)
            {
                throw new ProtocolException($"A negotiate context of {length} bytes leaves it.", Citation, (long)at);
            }

            var type = (Smb2NegotiateContextType)BinaryPrimitives.ReadUInt16LittleEndian(context);
            contexts.Add(new(type, context.Slice(HeaderSize, length).ToArray()));
            at += (ulong)(HeaderSize + length);
        }

        return contexts;
    }

    // [MS-SMB2] 2.2.3.1; the bytes before the first context pad a body that is already there
    internal static byte[] EncodeList(IReadOnlyList<Smb2NegotiateContext> contexts, int start)
    {
        var bytes = new List<byte>();
        Span<byte> header = stackalloc byte[HeaderSize];
        foreach (var (type, data) in contexts)
        {
            bytes.AddRange(new byte[-(start + bytes.Count) & 7]);
            header.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)type);
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], checked((ushort)data.Length));
            bytes.AddRange(header);
            bytes.AddRange(data.Span);
        }

        return [.. bytes];
    }
}

/// <summary>Body of a NEGOTIATE request ([MS-SMB2] 2.2.3).</summary>
public sealed record Smb2NegotiateRequest(IReadOnlyList<Smb2Dialect> Dialects, Guid ClientGuid)
{
    private const string Citation = "[MS-SMB2] 2.2.3";
    private const int StructureSize = 36;

    /// <summary>1: signing enabled, 2: signing required.</summary>
    public ushort SecurityMode { get; init; } = 1;

    public uint Capabilities { get; init; }

    /// <summary>Sent where dialect 3.1.1 is offered.</summary>
    public IReadOnlyList<Smb2NegotiateContext> Contexts { get; init; } = [];

    // [MS-SMB2] 2.2.3; offsets count from the header
    public static Smb2NegotiateRequest Parse(ReadOnlySpan<byte> message)
    {
        var body = Smb2Body.Expect(message, StructureSize, StructureSize, Citation);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(body[2..]);
        if (count * 2 > body.Length - StructureSize)
        {
            throw new ProtocolException($"{count} dialects do not fit.", Citation, Smb2Header.Size + 2);
        }

        var dialects = new Smb2Dialect[count];
        for (var at = 0; at < count; at++)
        {
            dialects[at] = (Smb2Dialect)BinaryPrimitives.ReadUInt16LittleEndian(body[(StructureSize + (at * 2))..]);
        }

        var hasContexts = dialects.Contains(Smb2Dialect.Smb311);
        return new Smb2NegotiateRequest(dialects, new Guid(body.Slice(12, 16)))
        {
            SecurityMode = BinaryPrimitives.ReadUInt16LittleEndian(body[4..]),
            Capabilities = BinaryPrimitives.ReadUInt32LittleEndian(body[8..]),
            Contexts = hasContexts
                ? Smb2NegotiateContext.ParseList(
                    message,
                    BinaryPrimitives.ReadUInt32LittleEndian(body[28..]),
                    BinaryPrimitives.ReadUInt16LittleEndian(body[32..]))
                : [],
        };
    }

    // [MS-SMB2] 2.2.3
    public byte[] Encode()
    {
        var end = StructureSize + (Dialects.Count * 2);
        var start = (Smb2Header.Size + end + 7) & ~7;
        var contexts = Smb2NegotiateContext.EncodeList(Contexts, start);
        var body = new byte[contexts.Length == 0 ? end : start - Smb2Header.Size + contexts.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(body, StructureSize);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(2), checked((ushort)Dialects.Count));
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(4), SecurityMode);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(8), Capabilities);
        ClientGuid.TryWriteBytes(body.AsSpan(12));
        if (contexts.Length > 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(28), (uint)start);
            BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(32), (ushort)Contexts.Count);
            contexts.CopyTo(body.AsSpan(start - Smb2Header.Size));
        }

        for (var at = 0; at < Dialects.Count; at++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(StructureSize + (at * 2)), (ushort)Dialects[at]);
        }

        return body;
    }
}

/// <summary>Body of a NEGOTIATE response ([MS-SMB2] 2.2.4).</summary>
/// <param name="SystemTime">FILETIME of the server.</param>
public sealed record Smb2NegotiateResponse(Smb2Dialect Dialect, Guid ServerGuid, long SystemTime)
{
    private const string Citation = "[MS-SMB2] 2.2.4";
    private const int FixedSize = 64;

    public ushort SecurityMode { get; init; } = 1;

    public uint Capabilities { get; init; }

    /// <summary>MaxTransactSize, MaxReadSize and MaxWriteSize in bytes.</summary>
    public uint MaxSize { get; init; } = 65536;

    /// <summary>SPNEGO's hint of the mechanisms; empty: the client may choose.</summary>
    public ReadOnlyMemory<byte> SecurityBuffer { get; init; }

    public IReadOnlyList<Smb2NegotiateContext> Contexts { get; init; } = [];

    // [MS-SMB2] 2.2.4
    public static Smb2NegotiateResponse Parse(ReadOnlySpan<byte> message)
    {
        var body = Smb2Body.Expect(message, FixedSize + 1, FixedSize, Citation);
        var dialect = (Smb2Dialect)BinaryPrimitives.ReadUInt16LittleEndian(body[4..]);
        var offset = BinaryPrimitives.ReadUInt16LittleEndian(body[56..]);
        var length = BinaryPrimitives.ReadUInt16LittleEndian(body[58..]);
        if (length > 0 && (offset < Smb2Header.Size + FixedSize || offset + length > message.Length))
        {
            throw new ProtocolException($"SecurityBuffer ({length} bytes at {offset}) lies outside.", Citation, offset);
        }

        return new Smb2NegotiateResponse(
            dialect, new Guid(body.Slice(8, 16)), BinaryPrimitives.ReadInt64LittleEndian(body[40..]))
        {
            SecurityMode = BinaryPrimitives.ReadUInt16LittleEndian(body[2..]),
            Capabilities = BinaryPrimitives.ReadUInt32LittleEndian(body[24..]),
            MaxSize = BinaryPrimitives.ReadUInt32LittleEndian(body[28..]),
            SecurityBuffer = length == 0 ? default : message.Slice(offset, length).ToArray(),
            Contexts = dialect == Smb2Dialect.Smb311
                ? Smb2NegotiateContext.ParseList(
                    message,
                    BinaryPrimitives.ReadUInt32LittleEndian(body[60..]),
                    BinaryPrimitives.ReadUInt16LittleEndian(body[6..]))
                : [],
        };
    }

    // [MS-SMB2] 2.2.4
    public byte[] Encode()
    {
        var end = FixedSize + SecurityBuffer.Length;
        var start = (Smb2Header.Size + end + 7) & ~7;
        var contexts = Smb2NegotiateContext.EncodeList(Contexts, start);
        var body = new byte[contexts.Length == 0 ? end : start - Smb2Header.Size + contexts.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(body, FixedSize + 1);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(2), SecurityMode);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(4), (ushort)Dialect);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(6), (ushort)Contexts.Count);
        ServerGuid.TryWriteBytes(body.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(24), Capabilities);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(28), MaxSize);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(32), MaxSize);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(36), MaxSize);
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(40), SystemTime);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(56), Smb2Header.Size + FixedSize);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(58), checked((ushort)SecurityBuffer.Length));
        SecurityBuffer.Span.CopyTo(body.AsSpan(FixedSize));
        if (contexts.Length > 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(60), (uint)start);
            contexts.CopyTo(body.AsSpan(start - Smb2Header.Size));
        }

        return body;
    }
}
