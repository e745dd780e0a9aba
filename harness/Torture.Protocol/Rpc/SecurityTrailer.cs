namespace Torture.Protocol.Rpc;

/// <summary>sec_trailer with what is around it ([MS-RPCE] 2.2.2.11).</summary>
/// <param name="ContextId">auth_context_id: which security context of the connection.</param>
/// <param name="Token">auth_length bytes to the end of the PDU.</param>
public sealed record SecurityTrailer(
    AuthenticationType Type, AuthenticationLevel Level, uint ContextId, ReadOnlyMemory<byte> Token)
{
    /// <summary>Bytes of the trailer without token.</summary>
    public const int Size = 8;

    /// <summary>auth_pad_length bytes between body and trailer, of any content.</summary>
    public ReadOnlyMemory<byte> Padding { get; init; }

    public byte Reserved { get; init; }
}
