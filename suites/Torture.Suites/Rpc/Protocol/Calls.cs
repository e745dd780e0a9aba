using Torture.Protocol.Ndr;
using Torture.Suites.Rpc.Witness;

namespace Torture.Suites.Rpc.Protocol;

/// <summary>Requests, faults, call ids, co_cancel and orphaned ([C706] 12.6.4.6 to 12.6.4.10).</summary>
public sealed class Calls : Suite
{
    private static readonly uint[] _forbiddenStatuses =
    [
        0, 0x80000001, 0x80000002, 0x80000003, 0xC0000005, 0xC0000006, 0xC000001D, 0xC0000096, 0xC00000AA, 0xC00000FD,
        0xC0000194, 0xC0000235, 0xC0000409, 0xC0000420,
    ];

    /// <summary>Answers of several megabytes: more than kernels hold for one that does not read.</summary>
    private const uint Unread = 3000;

    [TestCase(6, TestName = "{m}_6")]
    [TestCase(99, TestName = "{m}_99")]
    [TestCase(65535, TestName = "{m}_65535")]
    [Verifies(Rpce.OpnumOutOfRange, Swn.OpnumOutOfRange)]
    public async Task UnknownOperation(int opnum)
    {
        await using var witness = await BindAsync(
            await MapWitnessAsync(Cluster.Nodes[0].Address), SyntaxId.Witness);

        var reply = await witness.CallAsync((ushort)opnum, default);

        Check.That(Rpce.OpnumOutOfRange, reply, r => r.Status, RpcFault.nca_op_rng_error);
        var again = await witness.CallAsync((ushort)opnum, default);
        Check.That(Swn.OpnumOutOfRange, again, r => r.Status, RpcFault.nca_op_rng_error);
    }

    [Test, Verifies(Rpce.FaultLayout, Rpce.DidNotExecute, Rpce.FaultStatusForbidden, Rpce.CallIdEchoed)]
    public async Task AFaultIsWhole()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var fault = await wire.AskAsync<FaultPdu>(Wire.Probe(77) with { Opnum = 99 });

        Check.That(Rpce.CallIdEchoed, fault?.CallId, 77u);
        Check.That(Rpce.FaultLayout, fault?.CallId, 77u);
        Check.That(Rpce.FaultLayout, fault?.Flags & PduFlags.Whole, PduFlags.Whole);
        Check.That(Rpce.FaultLayout, fault?.Rest.Length, 0);
        Check.That(Rpce.DidNotExecute, fault?.Flags.HasFlag(PduFlags.DidNotExecute), true);
        Check.That(Rpce.FaultStatusForbidden, fault is null || _forbiddenStatuses.Contains((uint)fault.Status), false);
    }

    [Test, Verifies(House.SlowReaderHoldsUpNothing)]
    public async Task WhoeverDoesNotReadHoldsUpNobodyElse()
    {
        await using var greedy = await OpenAsync();
        var security = await greedy.BoundAsync(greedy.Ntlm(AuthenticationLevel.Integrity, Random));
        var isTaken = true;
        for (var call = 2u; call < Unread && isTaken; call++)
        {
            var sent = greedy.SendAsync(
                Wire.Call(call, (ushort)WitnessOperation.WitnessrGetInterfaceList, default), security).AsTask();
            isTaken = await IsDoneAsync(sent);
        }

        // By then the server has written what it can to one that does not read.
        await PassAsync(TimeSpan.FromSeconds(1));

        await using var another = await OpenAsync();
        Check.That(House.SlowReaderHoldsUpNothing, await another.BindsAndServesAsync(), true);
    }

    [Test, Verifies(Rpce.UnknownContextId)]
    public async Task UnknownContext()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var fault = await wire.AskAsync<FaultPdu>(Wire.Probe(2) with { ContextId = 77 });

        Check.That(Rpce.UnknownContextId, fault?.Status, RpcFault.nca_unk_if);
        Check.That(Rpce.UnknownContextId, fault?.ContextId, (ushort)0);
        Check.That(Rpce.UnknownContextId, await wire.ServesAsync(3), true);
    }

    [TestCase(0u, TestName = "{m}_0")]
    [TestCase(0x7FFFFFFFu, TestName = "{m}_Largest")]
    [Verifies(Rpce.CallIdEchoed)]
    public async Task AnyCallId(uint callId)
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync(Wire.Bind() with { CallId = callId });

        var answer = await wire.AskAsync<ResponsePdu>(Wire.Probe(callId));

        Check.That(Rpce.CallIdEchoed, answer?.CallId, callId);
    }

    [Test, Verifies(Rpce.CallIdEchoed)]
    public async Task ACallIdMayComeAgainOnceAnswered()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        Check.That(Rpce.CallIdEchoed, await wire.ServesAsync(9), true);
        Check.That(Rpce.CallIdEchoed, await wire.ServesAsync(9), true);
    }

    [Test, Verifies(Rpce.ObjectUuidTaken)]
    public async Task AnObjectIsNoHindrance()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var answer = await wire.AskAsync<ResponsePdu>(Wire.PrincipalName(2) with
        {
            Flags = PduFlags.Whole | PduFlags.ObjectUuid,
            Object = new Guid("01020304-0506-0708-090a-0b0c0d0e0f10"),
        });

        Check.Holds(
            Rpce.ObjectUuidTaken, answer is { Stub.Length: > 12 }, "the name that was asked for", $"{answer?.Type}");
    }

    [Test, Verifies(Rpce.CancelUnknownIgnored, Rpce.CancelIsAdvisory)]
    public async Task CancelOfNothing()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();
        await wire.SendAsync(new CoCancelPdu(77));

        // Had it a reply of its own, that would come first.
        var isServed = await wire.ServesAsync(2);
        Check.That(Rpce.CancelIsAdvisory, isServed, true);
        Check.That(Rpce.CancelUnknownIgnored, isServed, true);
        await wire.SendAsync(new CoCancelPdu(2));
        Check.That(Rpce.CancelUnknownIgnored, await wire.ServesAsync(3), true);
    }

    [Test, Verifies(Rpce.OrphanedDropsCall)]
    public async Task OrphanedOfNothing()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();
        await wire.SendAsync(new OrphanedPdu(77));

        Check.That(Rpce.OrphanedDropsCall, await wire.ServesAsync(2), true);
    }

    [Test, Verifies(Rpce.OrphanedDropsCall)]
    public async Task AnOrphanedCallIsNotAnswered()
    {
        await using var wire = await OpenAsync();
        var security = await wire.BoundAsync(
            wire.Ntlm(AuthenticationLevel.Integrity, Random),
            Wire.BindOf(
                PresentationContext.Offer(Wire.Management, SyntaxId.Management, SyntaxId.Ndr20),
                PresentationContext.Offer(Wire.Witness, SyntaxId.Witness, SyntaxId.Ndr20),
                PresentationContext.Offer(
                    2, SyntaxId.Witness, BindTimeFeatureSyntax.Encode(BindTimeFeatures.KeepConnectionOnOrphan))));
        var registered = await wire.AskAsync<ResponsePdu>(Wire.Call(2, 4, RegisterStub), security);
        var handle = registered?.Stub[..20]
            ?? throw new Harness.Clusters.InconclusiveException("Register was not answered");
        await wire.SendAsync(Wire.Call(3, 3, handle), security);
        await wire.SendAsync(new OrphanedPdu(3));

        // The end of its registration would have answered it.
        var answers = new List<Pdu?> { await wire.AskAsync<Pdu>(Wire.Call(4, 2, handle), security) };
        answers.Add(await wire.AskAsync<Pdu>(Wire.Probe(5), security));
        answers.Add(await wire.AskAsync<Pdu>(Wire.Probe(6), security));

        Check.Holds(
            Rpce.OrphanedDropsCall, answers.Select(answer => answer?.CallId ?? 0).SequenceEqual(new uint[] { 4, 5, 6 }),
            "responses to calls 4, 5 and 6, none to call 3",
            string.Join(", ", answers.Select(answer => $"{answer?.Type} {answer?.CallId}")));
    }

    [Test, Verifies(Rpce.CancelUnknownIgnored, Rpce.FragmentsReassembled)]
    public async Task CancelAndOrphanedBetweenFragments()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();
        var whole = Wire.PrincipalName(2);
        await wire.SendAsync(whole with { Stub = whole.Stub[..4], Flags = PduFlags.FirstFragment });
        await wire.SendAsync(new CoCancelPdu(2));
        await wire.SendAsync(new OrphanedPdu(2));

        var answer = await wire.AskAsync<ResponsePdu>(
            whole with { Stub = whole.Stub[4..], Flags = PduFlags.LastFragment });

        Check.That(Rpce.CancelUnknownIgnored, answer?.CallId, 2u);
        Check.Holds(
            Rpce.FragmentsReassembled, answer is { Stub.Length: > 12 }, "the call is answered", $"{answer?.Type}");
    }

    [Test, Verifies(Rpce.PendingCancelWithoutCall)]
    public async Task PendingCancelOnTheFirstFragment()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var fault = await wire.AskAsync<FaultPdu>(
            Wire.Probe(2) with { Flags = PduFlags.Whole | PduFlags.PendingCancel });

        Check.That(Rpce.PendingCancelWithoutCall, fault?.Status, RpcFault.RPC_S_NO_CALL_ACTIVE);
        Check.That(Rpce.PendingCancelWithoutCall, await wire.EndsAsync(), true);
    }

    [Test, Verifies(Rpce.MultiplexingNotNegotiated, House.StaysUp)]
    public async Task TwoAtOnceWithoutMultiplexing()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync(Wire.Bind() with { Flags = PduFlags.Whole });
        await wire.SendAsync(Wire.PrincipalName(2) with { Flags = PduFlags.FirstFragment });

        var fault = await wire.AskAsync<FaultPdu>(Wire.Probe(3));

        Check.That(Rpce.MultiplexingNotNegotiated, fault?.Status, RpcFault.nca_proto_error);
        Check.That(Rpce.MultiplexingNotNegotiated, fault?.CallId, 2u);
        await using var another = await OpenAsync();
        Check.That(House.StaysUp, await another.BindsAndServesAsync(), true);
    }

    [Test, Verifies(Rpce.ConnectionLossEndsCalls, House.OthersServedDuringBadInput)]
    public async Task AHalfRequestAndThenNothing()
    {
        await using var served = await OpenAsync();
        await served.BoundAsync();
        await using (var wire = await OpenAsync())
        {
            await wire.BoundAsync();
            await wire.SendAsync(PduWriter.Write(Wire.PrincipalName(2)).AsMemory(..20));

            // Connections do not wait for each other: by the last of these the half has come.
            for (uint call = 2; call < 8; call++)
            {
                Check.That(House.OthersServedDuringBadInput, await served.ServesAsync(call), true);
            }
        }

        Check.That(Rpce.ConnectionLossEndsCalls, await served.ServesAsync(8), true);
    }

    private byte[] RegisterStub => WitnessCodec.Encode(Valid.RegisterEx(Cluster, Client), NdrSyntax.Ndr20);

    /// <summary>False: the server takes no more of it for now, or has ended the connection.</summary>
    private async Task<bool> IsDoneAsync(Task sent)
    {
        try
        {
            await sent.WaitAsync(Cluster.Limits.Call, Time, Deadline);
            return true;
        }
        catch (Exception full) when (full is TimeoutException or IOException)
        {
            return false;
        }
    }

    private async Task<Wire> OpenAsync()
    {
        var endpoint = await MapWitnessAsync(Cluster.Nodes[0].Address);
        return new Wire(await OpenAsync(endpoint), Cluster, Time, Deadline);
    }
}
