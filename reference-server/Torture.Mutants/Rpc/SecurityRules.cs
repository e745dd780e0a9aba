using System.Buffers.Binary;
using Torture.Protocol.Rpc;
using Torture.Protocol.Security;
using Torture.Requirements;

namespace Torture.Mutants.Rpc;

[Defect("A security trailer is taken wherever it lies.")]
[Violates(Rpce.TrailerAligned)]
public sealed class TrailerAnywhere(RpcServerOptions options) : RpcServer(options)
{
    protected override bool IsTrailerAligned(PduHeader header) => true;
}

[Defect("The trailer of a request is looked for behind the stub and padding to 16, not from the end.")]
[Violates(Rpce.TrailerFromTheEnd, Rpce.TrailerAligned)]
public sealed class TrailerFromTheFront(RpcServerOptions options) : RpcServer(options)
{
    private const int FixedPart = 24;

    protected override FragmentLayout ReadFragment(ReadOnlySpan<byte> pdu, PduHeader header)
    {
        var stub = (int)BinaryPrimitives.ReadUInt32LittleEndian(pdu[16..]);
        var end = FixedPart + ((stub + 15) & ~15) + SecurityTrailer.Size + header.AuthenticationLength;
        return header.AuthenticationLength > 0 && header.Flags == PduFlags.Whole && end <= pdu.Length
            ? base.ReadFragment(pdu, header with { FragmentLength = (ushort)end })
            : base.ReadFragment(pdu, header);
    }
}

[Defect("An authentication type that nobody knows is taken for NTLM.")]
[Violates(Rpce.AuthenticationTypeUnknown, Swn.UnknownAuthenticationServiceRefused)]
public sealed class UnknownServiceIsNtlm(RpcServerOptions options) : RpcServer(options)
{
    protected override ISecurityContext? CreateAcceptor(AuthenticationType type) =>
        base.CreateAcceptor(type) ?? base.CreateAcceptor(AuthenticationType.Ntlmssp);
}

[Defect("An unknown authentication type is refused without a reason.")]
[Violates(Rpce.AuthenticationTypeUnknown)]
public sealed class UnknownServiceUnspecified(RpcServerOptions options) : RpcServer(options)
{
    protected override BindNakPdu BuildBindNak(RpcServerConnection connection, BindNakPdu nak) =>
        nak.Reason == BindRejectReason.AuthenticationTypeNotRecognized
            ? nak with { Reason = BindRejectReason.NotSpecified }
            : nak;
}

[Defect("SPNEGO is refused: it has to be NTLM.")]
[Violates(Swn.ClientUsesIntegrityAndSpnego)]
public sealed class NoSpnego(RpcServerOptions options) : RpcServer(options)
{
    protected override ISecurityContext? CreateAcceptor(AuthenticationType type) =>
        type == AuthenticationType.Spnego ? null : base.CreateAcceptor(type);
}

[Defect("A failed log-on is told as an unspecified fault.")]
[Violates(Rpce.AuthenticationFails)]
public sealed class FailedLogonUnspecified(RpcServerOptions options) : RpcServer(options)
{
    protected override RpcFault AuthenticationFault(SecurityFailure failure) => RpcFault.nca_s_fault_unspec;
}

[Defect("Requests without a trailer are served while the log-on is half done.")]
[Violates(Rpce.RequestBeforeAuthenticated)]
public sealed class ServesBeforeLogon(RpcServerOptions options) : RpcServer(options)
{
    protected override bool WaitsForAuthentication(RpcServerConnection connection) => false;
}

[Defect("A failed auth3 is answered at once, with a fault.")]
[Violates(Rpce.Auth3HasNoReply)]
public sealed class FailedAuth3Answered(RpcServerOptions options) : RpcServer(options)
{
    protected override Pdu? AnswerToUnanswered(PduHeader header, RpcFault? failure) =>
        failure is { } status ? new FaultPdu(header.CallId, 0, status) : null;
}

[Defect("At level privacy responses are signed and not sealed.")]
[Violates(Rpce.SealedIsUnreadable)]
public sealed class PrivacyIsIntegrity(RpcServerOptions options) : RpcServer(options)
{
    protected override void Protect(
        RpcServerConnection connection, ISecurityContext context, Span<byte> pdu, Range body,
        AuthenticationLevel level, Span<byte> token) =>
        base.Protect(
            connection, context, pdu, body,
            level == AuthenticationLevel.Privacy ? AuthenticationLevel.Integrity : level, token);
}

[Defect("A request without a trailer acts for the user of the connection, also where requests are to be signed.")]
[Violates(Rpce.UnprotectedRequestRefused, Swn.WeakAuthenticationLevelRefused)]
public sealed class TrailerMayBeMissing(RpcServerOptions options) : RpcServer(options)
{
    protected override bool ActsWithoutTrailer(AuthenticationLevel level) => true;
}

[Defect("A trailer that names no known security context belongs to the first one.")]
[Violates(Rpce.UnknownSecurityContext)]
public sealed class AnySecurityContextWillDo(RpcServerOptions options) : RpcServer(options)
{
    protected override uint SecurityContextId(RpcServerConnection connection, uint named) =>
        connection.SecurityContexts.Contains(named) ? named : connection.SecurityContexts.FirstOrDefault(named);
}

[Defect("A trailer where nobody has logged on is refused, and the connection goes on.")]
[Violates(Rpce.UnknownSecurityContext)]
public sealed class ConnectionOutlivesUnknownTrailer(RpcServerOptions options) : RpcServer(options)
{
    protected override bool EndsConnection(RpcServerConnection connection, Pdu answer) =>
        base.EndsConnection(connection, answer)
        && (connection.SecurityContexts.Count > 0 || answer is not FaultPdu { Status: RpcFault.RPC_S_ACCESS_DENIED });
}

[Defect("What is sealed is opened and its signature not verified.")]
[Violates(Rpce.BadSignatureRefused, Rpce.SequenceKept, House.TamperedCallRefused)]
public sealed class SealedNotVerified(RpcServerOptions options) : RpcServer(options)
{
    protected override void Unprotect(
        RpcServerConnection connection, ISecurityContext context, Span<byte> pdu, Range body,
        AuthenticationLevel level, ReadOnlySpan<byte> token)
    {
        try
        {
            base.Unprotect(connection, context, pdu, body, level, token);
        }
        catch (SecurityContextException) when (level == AuthenticationLevel.Privacy)
        {
        }
    }
}

[Defect("A bind may name any authentication level.")]
[Violates(Rpce.AuthenticationLevelInvalid)]
public sealed class AnyLevelBinds(RpcServerOptions options) : RpcServer(options)
{
    protected override BindRejectReason? CheckBindSecurity(SecurityTrailer security) =>
        base.CheckBindSecurity(security with { Level = AuthenticationLevel.Integrity });
}

[Defect("Level CALL is taken over SPNEGO too, and served.")]
[Violates(Swn.WeakAuthenticationLevelRefused, Swn.AccessCheckedPerMethod)]
public sealed class CallLevelServed(RpcServerOptions options) : RpcServer(options)
{
    protected override BindRejectReason? CheckBindSecurity(SecurityTrailer security) =>
        security.Level == AuthenticationLevel.Call
            ? base.CheckBindSecurity(security with { Level = AuthenticationLevel.Packet })
            : base.CheckBindSecurity(security);

    protected override bool LevelSuffices(IRpcInterface rpcInterface, AuthenticationLevel level) =>
        level is AuthenticationLevel.Call or AuthenticationLevel.Packet || base.LevelSuffices(rpcInterface, level);
}

[Defect("A token that nobody can read is answered with another one.")]
[Violates(Rpce.AuthenticationFails)]
public sealed class RubbishIsAnswered(RpcServerOptions options) : RpcServer(options)
{
    protected override ISecurityContext? CreateAcceptor(AuthenticationType type) =>
        base.CreateAcceptor(type) is { } acceptor ? new Polite(acceptor) : null;

    private sealed class Polite(ISecurityContext inner) : ISecurityContext
    {
        public AuthenticationType Type => inner.Type;

        public bool IsEstablished => inner.IsEstablished;

        public string? PeerName => inner.PeerName;

        public ReadOnlyMemory<byte> SessionKey => inner.SessionKey;

        public AuthenticationType Mechanism => inner.Mechanism;

        public uint Flags => inner.Flags;

        public bool MechListMicExchanged => inner.MechListMicExchanged;

        public ReadOnlyMemory<byte> Step(ReadOnlySpan<byte> token)
        {
            try
            {
                return inner.Step(token);
            }
            catch (SecurityContextException)
            {
                return new byte[] { 0 };
            }
        }

        public int TokenSize(AuthenticationLevel level) => inner.TokenSize(level);

        public void Protect(
            Span<byte> pdu, Range body, AuthenticationLevel level, bool headerSigning, Span<byte> token) =>
            inner.Protect(pdu, body, level, headerSigning, token);

        public void Unprotect(
            Span<byte> pdu, Range body, AuthenticationLevel level, bool headerSigning, ReadOnlySpan<byte> token) =>
            inner.Unprotect(pdu, body, level, headerSigning, token);

        public void Dispose() => inner.Dispose();
    }
}

[Defect("Every auth3 is answered, with a shutdown.")]
[Violates(Rpce.Auth3HasNoReply)]
public sealed class Auth3Answered(RpcServerOptions options) : RpcServer(options)
{
    protected override Pdu? AnswerToUnanswered(PduHeader header, RpcFault? failure) =>
        header.Type == PduType.Auth3 ? new ShutdownPdu(header.CallId) : null;
}

[Defect("A verification trailer is refused, whatever it says.")]
[Violates(Rpce.VerificationTrailerTolerated)]
public sealed class VerificationTrailerRefused(RpcServerOptions options) : RpcServer(options)
{
    protected override bool VerificationTrailerHolds(
        RpcServerConnection connection, RpcServerCall call, PresentationBinding binding,
        VerificationTrailer trailer) => false;
}

[Defect("Whoever is refused takes the handles of all others along.")]
[Violates(House.OthersServedDuringBadInput)]
public sealed class RefusalEndsOthers(RpcServerOptions options) : RpcServer(options)
{
    protected override FaultPdu BuildFault(RpcServerConnection connection, FaultPdu fault)
    {
        if (fault.Status == RpcFault.RPC_S_ACCESS_DENIED)
        {
            foreach (var other in Connections.Where(other => other != connection && other.Association is not null))
            {
                OnRundown(other.Association!);
            }
        }

        return base.BuildFault(connection, fault);
    }
}
