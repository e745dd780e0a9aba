using System.Buffers.Binary;
using System.Text;

namespace Torture.Protocol.Security;

/// <summary>NEGOTIATE_MESSAGE ([MS-NLMP] 2.2.1.1): what the client can do. Names are OEM text.</summary>
public sealed record NtlmNegotiate(NtlmFlags Flags, string DomainName = "", string Workstation = "")
{
    private const string Citation = "[MS-NLMP] 2.2.1.1";
    private const int Payload = 40;

    public ulong Version { get; init; } = NtlmMessage.DefaultVersion;

    // [MS-NLMP] 2.2.1.1; clients older than the fields stop after the flags or after the workstation
    public static NtlmNegotiate Parse(ReadOnlySpan<byte> token)
    {
        NtlmMessage.Expect(token, 1, 16, Citation);
        var flags = (NtlmFlags)BinaryPrimitives.ReadUInt32LittleEndian(token[12..]);
        if (token.Length < 32)
        {
            return new NtlmNegotiate(flags) { Version = 0 };
        }

        var domain = NtlmMessage.Field(token, 16, 32, "DomainName", Citation);
        var workstation = NtlmMessage.Field(token, 24, 32, "Workstation", Citation);
        return new NtlmNegotiate(flags, Encoding.Latin1.GetString(domain), Encoding.Latin1.GetString(workstation))
        {
            Version = token.Length < Payload ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(token[32..]),
        };
    }

    // [MS-NLMP] 2.2.1.1
    public byte[] Encode()
    {
        var domain = Encoding.Latin1.GetBytes(DomainName);
        var workstation = Encoding.Latin1.GetBytes(Workstation);
        var token = NtlmMessage.Begin(1, Payload, domain.Length + workstation.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(token.AsSpan(12), (uint)Flags);
        var end = Payload;
        NtlmMessage.Put(token, 16, domain, ref end);
        NtlmMessage.Put(token, 24, workstation, ref end);
        BinaryPrimitives.WriteUInt64LittleEndian(token.AsSpan(32), Version);
        return token;
    }
}
