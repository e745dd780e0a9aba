namespace Torture.Protocol.Rpc;

/// <summary>A request with all that a client may choose.</summary>
public sealed record RpcRequest(ushort Opnum, ReadOnlyMemory<byte> Stub)
{
    /// <summary>Null: the context of the bind.</summary>
    public ushort? ContextId { get; init; }

    public Guid? Object { get; init; }

    /// <summary>Null: the security context of the bind, where there was one.</summary>
    public uint? AuthenticationContextId { get; init; }

    /// <summary>Appended to the stub.</summary>
    public VerificationTrailer? Verification { get; init; }

    /// <summary>How header and stub are written.</summary>
    public DataRepresentation Representation { get; init; } = DataRepresentation.LittleEndian;

    /// <summary>The stub with its verification trailer at a multiple of four.</summary>
    internal ReadOnlyMemory<byte> StubToSend()
    {
        if (Verification is null)
        {
            return Stub;
        }

        var trailer = Verification.Encode();
        var bytes = new byte[Stub.Length + (-Stub.Length & 3) + trailer.Length];
        Stub.CopyTo(bytes);
        trailer.CopyTo(bytes, bytes.Length - trailer.Length);
        return bytes;
    }
}
