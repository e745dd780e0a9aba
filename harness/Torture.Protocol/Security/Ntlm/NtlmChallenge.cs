using System.Buffers.Binary;

namespace Torture.Protocol.Security;

/// <summary>CHALLENGE_MESSAGE ([MS-NLMP] 2.2.1.2).</summary>
/// <param name="Flags">What the server agrees to.</param>
/// <param name="TargetName">Name of the server or of its domain.</param>
/// <param name="ServerChallenge">Eight bytes.</param>
/// <param name="TargetInfo">What the server tells about itself; empty where it tells nothing.</param>
public sealed record NtlmChallenge(
    NtlmFlags Flags, string TargetName, ReadOnlyMemory<byte> ServerChallenge, AvPairs TargetInfo)
{
    private const string Citation = "[MS-NLMP] 2.2.1.2";
    private const int Payload = 56;

    public ulong Version { get; init; } = NtlmMessage.DefaultVersion;

    // [MS-NLMP] 2.2.1.2
    public static NtlmChallenge Parse(ReadOnlySpan<byte> token)
    {
        NtlmMessage.Expect(token, 2, 48, Citation);
        var flags = (NtlmFlags)BinaryPrimitives.ReadUInt32LittleEndian(token[20..]);
        var name = NtlmMessage.Field(token, 12, 48, "TargetName", Citation);
        var info = NtlmMessage.Field(token, 40, 48, "TargetInfo", Citation);
        return new NtlmChallenge(
            flags,
            NtlmMessage.Text(name, flags, "TargetName", Citation),
            token.Slice(24, 8).ToArray(),
            info.IsEmpty ? AvPairs.Empty : AvPairs.Parse(info))
        {
            Version = token.Length < Payload ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(token[48..]),
        };
    }

    // [MS-NLMP] 2.2.1.2
    public byte[] Encode()
    {
        var name = NtlmMessage.Bytes(TargetName, Flags);
        var info = Flags.HasFlag(NtlmFlags.NTLMSSP_NEGOTIATE_TARGET_INFO) ? TargetInfo.Encode() : [];
        var token = NtlmMessage.Begin(2, Payload, name.Length + info.Length);
        var end = Payload;
        NtlmMessage.Put(token, 12, name, ref end);
        BinaryPrimitives.WriteUInt32LittleEndian(token.AsSpan(20), (uint)Flags);
        ServerChallenge.Span.CopyTo(token.AsSpan(24, 8));
        NtlmMessage.Put(token, 40, info, ref end);
        BinaryPrimitives.WriteUInt64LittleEndian(token.AsSpan(48), Version);
        return token;
    }
}
