using System.Buffers.Binary;
using System.Net;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;
using Torture.ReferenceServer.Failover;
using Torture.Requirements;

namespace Torture.Mutants.Rpc;

[Defect("The version of a PDU is not looked at.")]
[Violates(Rpce.VersionFive)]
public sealed class AnyVersionWillDo(RpcServerOptions options) : RpcServer(options)
{
    protected override bool SpeaksVersion(byte major, byte minor) => true;
}

[Defect("Version 5.1 is taken for 5.0.")]
[Violates(Rpce.VersionFive)]
public sealed class MinorVersionOfPduIgnored(RpcServerOptions options) : RpcServer(options)
{
    protected override bool SpeaksVersion(byte major, byte minor) => major == 5;
}

[Defect("Stubs are read and written little-endian, whatever the label of their PDU says.")]
[Violates(Rpce.DataRepresentationHonoured)]
public sealed class StubsAlwaysLittleEndian(RpcServerOptions options) : RpcServer(options)
{
    protected override NdrSyntax StubSyntax(SyntaxId transferSyntax, DataRepresentation representation) =>
        base.StubSyntax(transferSyntax, DataRepresentation.LittleEndian);
}

[Defect("What one read brings is taken for one PDU, and what follows it there is lost.")]
[Violates(Rpce.SplitAnywhere, Rpce.FragmentLengthCoversPdu)]
public sealed class OnePduInARead(RpcServerOptions options) : RpcServer(options)
{
    public override Task ServeAsync(
        Stream connection, IPEndPoint local, IPEndPoint remote, CancellationToken cancellationToken) =>
        base.ServeAsync(new FirstOfRead(connection), local, remote, cancellationToken);

    private sealed class FirstOfRead(Stream inner) : WrappedStream(inner)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            return read > PduHeader.Size && buffer.Span[2] == (byte)PduType.Request
                ? Math.Min(read, PduHeader.Read(buffer.Span[..read]).FragmentLength)
                : read;
        }
    }
}

[Defect("A frag_length below the header is answered with another fault.")]
[Violates(Rpce.FragmentLengthTooShort)]
public sealed class ShortFragmentUnspecified(RpcServerOptions options) : RpcServer(options)
{
    private const int FragmentLengthAt = 8;

    protected override RpcFault ViolationFault(ProtocolException violation) =>
        violation.Offset == FragmentLengthAt ? RpcFault.nca_s_fault_unspec : base.ViolationFault(violation);
}

[Defect("An auth_length that does not fit is answered as a failed log-on.")]
[Violates(Rpce.AuthLengthTooLong)]
public sealed class LongTokenIsAccessDenied(RpcServerOptions options) : RpcServer(options)
{
    private const int AuthenticationLengthAt = 10;

    protected override RpcFault ViolationFault(ProtocolException violation) =>
        violation.Offset == AuthenticationLengthAt ? RpcFault.RPC_S_ACCESS_DENIED : base.ViolationFault(violation);
}

[Defect("PDUs that only a client is sent are answered with another fault.")]
[Violates(Rpce.UnexpectedPduType)]
public sealed class ClientPdusUnspecified(RpcServerOptions options) : RpcServer(options)
{
    protected override RpcFault UnexpectedTypeFault(PduType type) =>
        type is PduType.Response or PduType.Fault ? RpcFault.nca_s_fault_unspec : base.UnexpectedTypeFault(type);
}

[Defect("Requests with the reserved flag are refused.")]
[Violates(Rpce.ReservedFlagIgnored)]
public sealed class ReservedFlagRefused(RpcServerOptions options) : RpcServer(options)
{
    protected override bool BeginsCall(PduFlags flags) =>
        base.BeginsCall(flags) && (flags & PduFlags.Reserved) == 0;
}

[Defect("Requests with the maybe flag are refused.")]
[Violates(Rpce.MaybeStillAnswered)]
public sealed class MaybeRefused(RpcServerOptions options) : RpcServer(options)
{
    protected override bool BeginsCall(PduFlags flags) => base.BeginsCall(flags) && (flags & PduFlags.Maybe) == 0;
}

[Defect("A protocol error is an unspecified fault.")]
[Violates(
    Rpce.FragmentsDoNotInterleave, Rpce.FirstFragmentMissing, Rpce.MultiplexingNotNegotiated, Rpce.UnexpectedPduType,
    Rpce.FragmentTooLong)]
public sealed class ProtocolErrorUnspecified(RpcServerOptions options) : RpcServer(options)
{
    protected override FaultPdu BuildFault(RpcServerConnection connection, FaultPdu fault) =>
        fault.Status == RpcFault.nca_proto_error ? fault with { Status = RpcFault.nca_s_fault_unspec } : fault;
}

[Defect("A header that does not come in one read is lost.")]
[Violates(Rpce.SplitAnywhere)]
public sealed class HeaderInOneRead(RpcServerOptions options) : RpcServer(options)
{
    public override Task ServeAsync(
        Stream connection, IPEndPoint local, IPEndPoint remote, CancellationToken cancellationToken) =>
        base.ServeAsync(new WholeHeaders(connection), local, remote, cancellationToken);

    private sealed class WholeHeaders(Stream inner) : WrappedStream(inner)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            return read is > 0 and < PduHeader.Size ? await ReadAsync(buffer, cancellationToken) : read;
        }
    }
}

[Defect("A PDU that cannot hold its own fields is an unspecified fault.")]
[Violates(Rpce.FragmentLengthTooShort)]
public sealed class CrampedPduUnspecified(RpcServerOptions options) : RpcServer(options)
{
    private const int FragmentLengthAt = 8;

    protected override RpcFault ViolationFault(ProtocolException violation) =>
        violation.Offset == FragmentLengthAt ? base.ViolationFault(violation) : RpcFault.nca_s_fault_unspec;
}

[Defect("While half a PDU has come on one connection, what comes on the others waits.")]
[Violates(House.OthersServedDuringBadInput)]
public sealed class HalfAPduHoldsUpOthers(RpcServerOptions options) : RpcServer(options)
{
    private Stream? _half;

    public override async Task ServeAsync(
        Stream connection, IPEndPoint local, IPEndPoint remote, CancellationToken cancellationToken)
    {
        var stream = new Waiting(connection, this);
        await base.ServeAsync(stream, local, remote, cancellationToken);
        Interlocked.CompareExchange(ref _half, null, stream);
    }

    private sealed class Waiting(Stream inner, HalfAPduHoldsUpOthers server) : WrappedStream(inner)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            while (server._half is { } half && half != this)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), server.Options.TimeProvider, cancellationToken);
            }

            server._half = IsHalf(buffer.Span[..read]) ? this : null;
            return read;
        }

        private static bool IsHalf(ReadOnlySpan<byte> read) => read.Length >= PduHeader.Size && read[0] == 5
            && BinaryPrimitives.ReadUInt16LittleEndian(read[8..]) > read.Length;
    }
}
