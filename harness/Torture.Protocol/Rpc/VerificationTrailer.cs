using System.Buffers.Binary;

namespace Torture.Protocol.Rpc;

/// <summary>
/// What a client repeats, protected, at the end of a request stub, so that a changed header or bind is noticed
/// ([MS-RPCE] 2.2.2.13).
/// </summary>
/// <param name="Bitmask">Bit 0: the client supports header signing.</param>
/// <param name="HasUnknownMandatory">A command that must be processed and that nobody knows.</param>
public sealed record VerificationTrailer(
    uint? Bitmask = null, (SyntaxId Interface, SyntaxId Transfer)? Context = null,
    VerificationHeader? Header = null, bool HasUnknownMandatory = false)
{
    public const uint ClientSupportsHeaderSigning = 1;

    private const ushort CommandBitmask = 1;
    private const ushort CommandContext = 2;
    private const ushort CommandHeader = 3;
    private const ushort CommandEnd = 0x4000;
    private const ushort MustProcess = 0x8000;

    private static ReadOnlySpan<byte> Magic => [0x8A, 0xE3, 0x13, 0x71, 0x02, 0xF4, 0x36, 0x71];

    /// <summary>Where the trailer starts in a stub; -1 where there is none.</summary>
    public static int Find(ReadOnlySpan<byte> stub)
    {
        // [MS-RPCE] 2.2.2.13.1
        var at = stub.LastIndexOf(Magic);
        return (at & 3) == 0 ? at : -1;
    }

    /// <exception cref="ProtocolException">The commands are cut off or of the wrong size.</exception>
    public static VerificationTrailer Read(ReadOnlySpan<byte> trailer)
    {
        // [MS-RPCE] 2.2.2.13
        var result = new VerificationTrailer();
        var cursor = new PduCursor(trailer, Magic.Length, trailer.Length, bigEndian: false);
        ushort command;
        do
        {
            command = cursor.UInt16();
            var data = cursor.Take(cursor.UInt16());
            result = result.With(command, data);
        }
        while ((command & CommandEnd) == 0);

        return result;
    }

    /// <summary>The bytes to put after a stub that was padded to a multiple of four.</summary>
    public byte[] Encode()
    {
        // [MS-RPCE] 2.2.2.13
        var commands = new List<byte[]>();
        if (Bitmask is { } bitmask)
        {
            commands.Add(Command(CommandBitmask, body => body.UInt32(bitmask)));
        }

        if (Context is { } context)
        {
            commands.Add(Command(CommandContext, body =>
            {
                body.Syntax(context.Interface);
                body.Syntax(context.Transfer);
            }));
        }

        if (Header is { } header)
        {
            commands.Add(Command(CommandHeader, body => body.Bytes(header.Encode())));
        }

        BinaryPrimitives.WriteUInt16LittleEndian(
            commands[^1], (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(commands[^1]) | CommandEnd));
        return [.. Magic, .. commands.SelectMany(command => command)];
    }

    private static byte[] Command(ushort command, Action<PduBody> write)
    {
        var body = new PduBody(bigEndian: false);
        write(body);
        var data = body.ToArray()[PduHeader.Size..];
        var bytes = new byte[4 + data.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, command);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), (ushort)data.Length);
        data.CopyTo(bytes, 4);
        return bytes;
    }

    private VerificationTrailer With(ushort command, ReadOnlySpan<byte> data)
    {
        var cursor = new PduCursor(data, 0, data.Length, bigEndian: false);
        switch (command & 0x3FFF)
        {
            case CommandBitmask:
                return this with { Bitmask = cursor.UInt32() };
            case CommandContext:
                return this with { Context = (cursor.Syntax(), cursor.Syntax()) };
            case CommandHeader:
                return this with { Header = VerificationHeader.Read(ref cursor) };
            default:
                return this with { HasUnknownMandatory = HasUnknownMandatory || (command & MustProcess) != 0 };
        }
    }
}

/// <summary>SEC_VT_HEADER2: what the request's header said ([MS-RPCE] 2.2.2.13.4).</summary>
public sealed record VerificationHeader(
    PduType Type, DataRepresentation Representation, uint CallId, ushort ContextId, ushort Opnum)
{
    internal static VerificationHeader Read(ref PduCursor cursor)
    {
        // [MS-RPCE] 2.2.2.13.4
        var type = (PduType)cursor.Byte();
        cursor.Take(3);
        var representation = new DataRepresentation(cursor.Byte(), cursor.Byte());
        cursor.Take(2);
        return new VerificationHeader(type, representation, cursor.UInt32(), cursor.UInt16(), cursor.UInt16());
    }

    internal byte[] Encode()
    {
        // [MS-RPCE] 2.2.2.13.4
        var bytes = new byte[16];
        bytes[0] = (byte)Type;
        bytes[4] = Representation.Integers;
        bytes[5] = Representation.Floats;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), CallId);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(12), ContextId);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(14), Opnum);
        return bytes;
    }
}
