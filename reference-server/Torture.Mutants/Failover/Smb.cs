using Torture.Protocol.Smb2;
using Torture.Requirements;

namespace Torture.Mutants.Failover;

[Defect("SMB negotiates and refuses every ECHO.")]
[Violates(Ctdb.OwnerServesAddress)]
public sealed class EchoRefused(Smb2ServerOptions options) : Smb2Server(options)
{
    protected override (NtStatus Status, byte[] Body) Echo(Smb2Header header, ReadOnlySpan<byte> message) =>
        (NtStatus.STATUS_NOT_SUPPORTED, base.Echo(header, message).Body);
}
