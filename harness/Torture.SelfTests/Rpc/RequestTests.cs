using System.Buffers.Binary;
using FluentAssertions;
using NUnit.Framework;
using Torture.Protocol.Rpc;

namespace Torture.SelfTests.Rpc;

/// <summary>Requests, fragments and faults, PDU by PDU.</summary>
[CancelAfter(20_000)]
public sealed class RequestTests
{
    private const PduFlags None = PduFlags.None;
    private const PduFlags First = PduFlags.FirstFragment;
    private const PduFlags Last = PduFlags.LastFragment;

    [TestCase(TestInterface.BadStub, RpcFault.RPC_X_BAD_STUB_DATA)]
    [TestCase(TestInterface.Crash, RpcFault.nca_s_fault_unspec)]
    public async Task WhatAnInterfaceThrowsIsAFault(int opnum, RpcFault status)
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync();

        await raw.SendAsync(RawClient.Request(2, (ushort)opnum));

        await raw.MustFaultAsync(2, status);
        await raw.MustEchoAsync(3);
    }

    [Test]
    public async Task AnInterfaceFaultsAsItLikes()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync();
        var status = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(status, (uint)RpcFault.nca_s_fault_context_mismatch);

        await raw.SendAsync(RawClient.Request(2, TestInterface.FaultWith) with { Stub = status });

        await raw.MustFaultAsync(2, RpcFault.nca_s_fault_context_mismatch);
    }

    [Test]
    public async Task UnknownOperation([Values(8, 0xFFFF)] int opnum)
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync();

        await raw.SendAsync(RawClient.Request(2, (ushort)opnum));

        await raw.MustFaultAsync(2, RpcFault.nca_op_rng_error, didNotExecute: true);
        await raw.MustEchoAsync(3);
    }

    [Test]
    public async Task ResponsesCarryTheLowByteOfTheContext()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync(RawClient.BindWith(
            PresentationContext.Offer(0x1234, TestInterface.Syntax, SyntaxId.Ndr20)));

        var answer = await raw.ExchangeAsync(RawClient.Request(2, TestInterface.Echo, 4, 0x1234));
        await raw.SendAsync(RawClient.Request(3, TestInterface.BadStub, 4, 0x1234));

        answer.Should().BeOfType<ResponsePdu>().Which.ContextId.Should().Be(0x34);
        await raw.MustFaultAsync(3, RpcFault.RPC_X_BAD_STUB_DATA, context: 0x1234);
    }

    [Test]
    public async Task LevelTooLowIsAFaultAndTheConnectionLives()
    {
        await using var world = new World(new TestInterface { MinimumLevel = AuthenticationLevel.Integrity });
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync();

        await raw.SendAsync(RawClient.Request(2, TestInterface.Echo));
        await raw.MustFaultAsync(2, RpcFault.RPC_S_ACCESS_DENIED);
        await raw.SendAsync(RawClient.Request(3, TestInterface.Echo));

        await raw.MustFaultAsync(3, RpcFault.RPC_S_ACCESS_DENIED);
        await using var secured = new RawClient(world.Raw());
        var security = await secured.BoundAsync(AuthenticationLevel.Integrity);
        await secured.MustEchoAsync(2, security: security);
    }

    private static IEnumerable<TestCaseData> Sequences()
    {
        var first = RawClient.Request(2, 0, 8) with { Flags = First };
        yield return Case("NoFlags", true, 2, RpcFault.nca_proto_error, [first with { Flags = None }]);
        yield return Case("LastAlone", true, 2, RpcFault.nca_proto_error, [first with { Flags = Last }]);
        yield return Case("FirstTwice", true, 2, RpcFault.nca_proto_error, [first, first]);
        yield return Case("FirstTwiceMaybe", true, 2, RpcFault.nca_proto_error,
            [first, first with { Flags = First | PduFlags.Maybe }]);
        yield return Case("OtherFirst", true, 3, RpcFault.nca_proto_error, [first, first with { CallId = 3 }]);
        yield return Case("OtherFirstNoMpx", false, 2, RpcFault.nca_proto_error, [first, first with { CallId = 3 }]);
        yield return Case("OtherLast", true, 3, RpcFault.nca_proto_error,
            [first, first with { CallId = 3, Flags = Last }]);
        yield return Case("OtherLastNoMpx", false, 2, RpcFault.nca_proto_error,
            [first, first with { CallId = 3, Flags = Last }]);
        yield return Case("OtherRepresentation", true, 2, RpcFault.nca_proto_error,
            [first, first with { Flags = Last, Representation = DataRepresentation.BigEndian }]);
        yield return Case("OrphanThenOther", true, 3, RpcFault.nca_proto_error,
            [first, new OrphanedPdu(2), first with { CallId = 3 }]);
        yield return Case("HugeHint", true, 2, RpcFault.RPC_S_ACCESS_DENIED,
            [first with { AllocationHint = 0x400001 }]);
        yield return Case("TrailerOfNobody", true, 2, RpcFault.RPC_S_ACCESS_DENIED,
            [RawClient.Request(2, 0, 8) with { Security = new SecurityTrailer(0, 0, 0, new byte[16]) }]);
        yield return Case("MisalignedTrailer", true, 2, RpcFault.nca_proto_error,
            [RawClient.Request(2, 0, 6) with { Security = new SecurityTrailer(0, 0, 0, new byte[16]) }]);
        yield return Case("Response", true, 2, RpcFault.nca_proto_error,
            [new ResponsePdu(2, 0, 0, 0, default)], true);
        yield return Case("Unknown", true, 2, RpcFault.nca_proto_error,
            [new UnknownPdu(2, (PduType)99, default)], true);
        yield return Case("PendingCancelFirst", true, 2, RpcFault.RPC_S_NO_CALL_ACTIVE,
            [first with { Flags = First | PduFlags.PendingCancel }], true);
        yield return Case("Auth3WithoutToken", true, 2, RpcFault.nca_proto_error, [new Auth3Pdu(2)]);
        yield return Case("Version51", true, 2, RpcFault.nca_proto_error, [first with { MinorVersion = 1 }]);
    }

    [TestCaseSource(nameof(Sequences))]
    public async Task ViolationsFaultAndClose(
        bool multiplexing, uint faultedCall, RpcFault status, bool didNotExecute, Pdu[] pdus)
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync(RawClient.Bind() with
        {
            Flags = PduFlags.Whole | (multiplexing ? PduFlags.ConcurrentMultiplexing : 0),
        });

        foreach (var pdu in pdus)
        {
            await raw.SendAsync(pdu);
        }

        await raw.MustFaultAsync(faultedCall, status, didNotExecute, closes: true);
        await world.MustBeAliveAsync();
    }

    [Test]
    public async Task OddSplitsAreReassembled([Values(1, 3, 8, 1000)] int piece, [Values] bool cancelBetween)
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync();
        var stub = Pattern.Of(2500);

        for (var at = 0; at < stub.Length; at += piece)
        {
            var end = Math.Min(at + piece, stub.Length);
            var flags = (at == 0 ? First : 0) | (end == stub.Length ? Last | PduFlags.PendingCancel : 0);
            await raw.SendAsync(RawClient.Request(2, 0) with { Stub = stub[at..end], Flags = flags });
            if (cancelBetween && end < stub.Length)
            {
                await raw.SendAsync(new CoCancelPdu(2));
                await raw.SendAsync(new OrphanedPdu(2));
            }
        }

        var answer = (ResponsePdu)(await raw.Connection.ReceiveAsync(default))!;
        answer.Stub.ToArray().Should().Equal(stub);
    }

    [Test]
    public async Task BigAnswersComeInFragments()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync(RawClient.Bind() with { MaxReceive = 2048 });
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, 10_000);

        await raw.SendAsync(RawClient.Request(2, TestInterface.Fill) with { Stub = length });

        var stub = new List<byte>();
        ResponsePdu part;
        do
        {
            part = (ResponsePdu)(await raw.Connection.ReceiveAsync(default))!;
            PduWriter.Write(part).Length.Should().BeLessThanOrEqualTo(2048);
            part.Flags.HasFlag(First).Should().Be(stub.Count == 0);
            part.AllocationHint.Should().Be((uint)(10_000 - stub.Count));
            stub.AddRange(part.Stub.ToArray());
            (part.Stub.Length % 8).Should().Be(0);
        }
        while (!part.Flags.HasFlag(Last));
        stub.Should().Equal(Pattern.Of(10_000));
    }

    [Test]
    public async Task FragmentLimitIsTheTransports([Values(5840, 5841)] int size)
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync(RawClient.Bind() with { MaxTransmit = 2048, MaxReceive = 2048 });

        await raw.SendAsync(RawClient.Request(2, TestInterface.BadStub, size - 24));

        if (size == 5840)
        {
            await raw.MustFaultAsync(2, RpcFault.RPC_X_BAD_STUB_DATA);
        }
        else
        {
            await raw.MustFaultAsync(2, RpcFault.nca_proto_error, closes: true);
        }
    }

    [Test]
    public async Task RequestLimit([Values(0, 1)] int over)
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync();
        const int Piece = 4096;
        const int Limit = 4 * 1024 * 1024;
        for (var at = 0; at < Limit; at += Piece)
        {
            var flags = (at == 0 ? First : 0) | (at + Piece == Limit && over == 0 ? Last : 0);
            await raw.SendAsync(
                RawClient.Request(2, TestInterface.BadStub) with { Stub = new byte[Piece], Flags = flags });
        }

        if (over == 1)
        {
            await raw.SendAsync(RawClient.Request(2, TestInterface.BadStub, 1) with { Flags = Last });
            await raw.MustFaultAsync(2, RpcFault.RPC_S_ACCESS_DENIED, closes: true);
            return;
        }

        await raw.MustFaultAsync(2, RpcFault.RPC_X_BAD_STUB_DATA);
    }

    [Test]
    public async Task TooManyOutstandingCallsAreRefusedAndTheRestLives()
    {
        await using var world = new World(adapt: options => options with
        {
            Limits = new RpcServerLimits { OutstandingCalls = 2 },
        });
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync();
        await raw.SendAsync(RawClient.Request(2, TestInterface.Pend));
        await raw.SendAsync(RawClient.Request(3, TestInterface.Pend));

        await raw.SendAsync(RawClient.Request(4, TestInterface.Echo));
        await raw.MustFaultAsync(4, RpcFault.nca_server_too_busy, didNotExecute: true);
        world.Interface.Release();

        var answers = new[]
        {
            (await raw.Connection.ReceiveAsync(default))!.CallId, (await raw.Connection.ReceiveAsync(default))!.CallId,
        };
        answers.Should().BeEquivalentTo([2u, 3u]);
    }

    [Test]
    public async Task WithoutMultiplexingASecondRequestIsAViolation()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync(RawClient.Bind() with { Flags = PduFlags.Whole });
        await raw.SendAsync(RawClient.Request(2, TestInterface.Pend));

        await raw.SendAsync(RawClient.Request(3, TestInterface.Echo));

        await raw.MustFaultAsync(3, RpcFault.nca_proto_error, closes: true);
    }

    [Test]
    public async Task StrayMiddleFragmentOfAnUnknownContextLives()
    {
        await using var world = new World();
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync();

        await raw.SendAsync(RawClient.Request(111, 0, 8, context: 111) with { Flags = None });

        await raw.MustFaultAsync(111, RpcFault.nca_unk_if, didNotExecute: true);
        await raw.MustEchoAsync(3);
    }

    [Test]
    public async Task AnswersTooBigForTheLimit()
    {
        await using var world = new World(adapt: options => options with
        {
            Limits = new RpcServerLimits { Response = 100 },
        });
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync();

        await raw.SendAsync(RawClient.Request(2, TestInterface.Echo, 101));

        await raw.MustFaultAsync(2, RpcFault.nca_out_args_too_big);
        await raw.MustEchoAsync(3);
    }

    [Test]
    public async Task WhoNeverReadsIsCutOff()
    {
        await using var world = new World(adapt: options => options with
        {
            Limits = new RpcServerLimits { UnreadAnswers = 10_000 },
        });
        await using var raw = new RawClient(world.Raw());
        await raw.BoundAsync();

        await raw.SendAsync(RawClient.Request(2, TestInterface.Fill) with { Stub = BitConverter.GetBytes(20_000) });

        await raw.MustCloseAsync();
        world.Log.Should().ContainMatch("*unread*");
    }

    private static TestCaseData Case(
        string name, bool multiplexing, uint faulted, RpcFault status, Pdu[] pdus, bool didNotExecute = false) =>
        new TestCaseData(multiplexing, faulted, status, didNotExecute, pdus).SetArgDisplayNames(name);
}
