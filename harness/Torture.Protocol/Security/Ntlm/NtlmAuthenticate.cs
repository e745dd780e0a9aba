using System.Buffers.Binary;

namespace Torture.Protocol.Security;

/// <summary>AUTHENTICATE_MESSAGE ([MS-NLMP] 2.2.1.3).</summary>
public sealed record NtlmAuthenticate(NtlmFlags Flags, string DomainName, string UserName, string Workstation)
{
    /// <summary>Where the MIC lies in a message that has one.</summary>
    internal const int MicOffset = 72;

    internal const int MicSize = 16;

    private const string Citation = "[MS-NLMP] 2.2.1.3";
    private const int Payload = MicOffset + MicSize;

    public ReadOnlyMemory<byte> LmResponse { get; init; }

    public ReadOnlyMemory<byte> NtResponse { get; init; }

    public ReadOnlyMemory<byte> EncryptedRandomSessionKey { get; init; }

    public ulong Version { get; init; } = NtlmMessage.DefaultVersion;

    /// <summary>Neither name nor response: the client asks to be nobody ([MS-NLMP] 3.2.5.1.2).</summary>
    public bool IsAnonymous =>
        UserName.Length == 0 && NtResponse.IsEmpty
        && LmResponse.Length <= 1 && !LmResponse.Span.ContainsAnyExcept((byte)0);

    // [MS-NLMP] 2.2.1.3; the payload may begin where version or MIC would be in a newer message
    public static NtlmAuthenticate Parse(ReadOnlySpan<byte> token)
    {
        NtlmMessage.Expect(token, 3, 64, Citation);
        var flags = (NtlmFlags)BinaryPrimitives.ReadUInt32LittleEndian(token[60..]);
        return new NtlmAuthenticate(
            flags,
            NtlmMessage.Text(NtlmMessage.Field(token, 28, 64, "DomainName", Citation), flags, "DomainName", Citation),
            NtlmMessage.Text(NtlmMessage.Field(token, 36, 64, "UserName", Citation), flags, "UserName", Citation),
            NtlmMessage.Text(NtlmMessage.Field(token, 44, 64, "Workstation", Citation), flags, "Workstation", Citation))
        {
            LmResponse = NtlmMessage.Field(token, 12, 64, "LmChallengeResponse", Citation).ToArray(),
            NtResponse = NtlmMessage.Field(token, 20, 64, "NtChallengeResponse", Citation).ToArray(),
            EncryptedRandomSessionKey =
                NtlmMessage.Field(token, 52, 64, "EncryptedRandomSessionKey", Citation).ToArray(),
            Version = token.Length < MicOffset ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(token[64..]),
        };
    }

    // [MS-NLMP] 2.2.1.3; the MIC is zero: it is computed over the encoded message
    public byte[] Encode()
    {
        var domain = NtlmMessage.Bytes(DomainName, Flags);
        var user = NtlmMessage.Bytes(UserName, Flags);
        var workstation = NtlmMessage.Bytes(Workstation, Flags);
        var length = domain.Length + user.Length + workstation.Length
            + LmResponse.Length + NtResponse.Length + EncryptedRandomSessionKey.Length;
        var token = NtlmMessage.Begin(3, Payload, length);
        var end = Payload;
        NtlmMessage.Put(token, 28, domain, ref end);
        NtlmMessage.Put(token, 36, user, ref end);
        NtlmMessage.Put(token, 44, workstation, ref end);
        NtlmMessage.Put(token, 12, LmResponse.Span, ref end);
        NtlmMessage.Put(token, 20, NtResponse.Span, ref end);
        NtlmMessage.Put(token, 52, EncryptedRandomSessionKey.Span, ref end);
        BinaryPrimitives.WriteUInt32LittleEndian(token.AsSpan(60), (uint)Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(token.AsSpan(64), Version);
        return token;
    }
}
