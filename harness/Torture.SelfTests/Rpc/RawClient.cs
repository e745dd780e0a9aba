using FluentAssertions;
using Torture.Protocol.Rpc;

namespace Torture.SelfTests.Rpc;

/// <summary>A raw connection with the few PDUs that most tests start with.</summary>
public sealed class RawClient(RawRpcConnection connection) : IAsyncDisposable
{
    public RawRpcConnection Connection => connection;

    public static BindPdu BindWith(params ReadOnlySpan<PresentationContext> contexts) =>
        new(1, 5840, 5840, 0, [.. contexts]) { Flags = PduFlags.Whole | PduFlags.ConcurrentMultiplexing };

    public static BindPdu Bind() =>
        BindWith(PresentationContext.Offer(0, TestInterface.Syntax, SyntaxId.Ndr20));

    public static RequestPdu Request(uint callId, ushort opnum, int length = 0, ushort context = 0) =>
        new(callId, (uint)length, context, opnum, Pattern.Of(length));

    public async Task<Pdu?> ExchangeAsync(Pdu pdu, RawSecurity? security = null) =>
        await connection.ExchangeAsync(pdu, default, security);

    public ValueTask SendAsync(Pdu pdu) => connection.SendAsync(pdu, default);

    public async Task<BindAckPdu> BoundAsync(BindPdu? bind = null) =>
        (BindAckPdu)(await ExchangeAsync(bind ?? Bind()))!;

    public async Task<RawSecurity> BoundAsync(
        AuthenticationLevel level, AuthenticationType type = AuthenticationType.Ntlmssp, BindPdu? bind = null)
    {
        var security = new RawSecurity(FakeSecurity.Initiator(type), level, contextId: 1);
        (await connection.EstablishAsync(bind ?? Bind(), security, default)).Should().BeOfType<BindAckPdu>();
        return security;
    }

    public async Task MustEchoAsync(uint callId, ushort context = 0, RawSecurity? security = null)
    {
        var answer = await ExchangeAsync(Request(callId, TestInterface.Echo, 24, context), security);
        answer.Should().BeOfType<ResponsePdu>().Which.Stub.ToArray().Should().Equal(Pattern.Of(24));
        answer!.CallId.Should().Be(callId);
    }

    public async Task MustFaultAsync(
        uint callId, RpcFault status, bool didNotExecute = false, ushort context = 0, bool closes = false)
    {
        var fault = (await connection.ReceiveAsync(default)).Should().BeOfType<FaultPdu>().Subject;
        var seen = (fault.CallId, fault.Status, fault.ContextId, (fault.Flags & PduFlags.DidNotExecute) != 0);
        seen.Should().Be((callId, status, context, didNotExecute));
        fault.AllocationHint.Should().NotBe(0);
        if (closes)
        {
            await MustCloseAsync();
        }
    }

    public async Task MustNakAsync(BindRejectReason reason)
    {
        var nak = (await connection.ReceiveAsync(default)).Should().BeOfType<BindNakPdu>().Subject;
        nak.Reason.Should().Be(reason);
        PduWriter.Write(nak).Should().HaveCount(24);
        await MustCloseAsync();
    }

    public async Task MustCloseAsync() => (await connection.ReceiveAsync(default)).Should().BeNull();

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
