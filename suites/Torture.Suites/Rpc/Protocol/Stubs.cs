using Torture.Protocol.Ndr;
using Torture.Suites.Rpc.Witness;

namespace Torture.Suites.Rpc.Protocol;

/// <summary>Stubs that cannot be unmarshalled: a fault, and the connection lives ([MS-RPCE] 3.3.3.5.1).</summary>
public sealed class Stubs : Suite
{
    [TestCase(1, TestName = "{m}_Register")]
    [TestCase(2, TestName = "{m}_UnRegister")]
    [TestCase(3, TestName = "{m}_AsyncNotify")]
    [TestCase(4, TestName = "{m}_RegisterEx")]
    [Verifies(Rpce.BadStubData, House.StaysUp)]
    public async Task CutOffAtEveryWord(int opnum)
    {
        await using var witness = await OpenAsync();
        var whole = StubOf(opnum);

        for (var length = 0; length < whole.Length - 3; length += 4)
        {
            Reply reply = await witness.CallAsync((ushort)opnum, whole.AsMemory(..length));
            Check.That(Rpce.BadStubData, reply, r => r.Status, RpcFault.RPC_X_BAD_STUB_DATA);
        }

        await LivesAsync(witness);
    }

    /// <summary>The counts of the first string become huge: nobody may believe them.</summary>
    [TestCase(1, TestName = "{m}_Register")]
    [TestCase(4, TestName = "{m}_RegisterEx")]
    [Verifies(Rpce.BadStubData, House.ClearErrors, House.StaysUp)]
    public async Task HugeConformance(int opnum)
    {
        await using var witness = await OpenAsync();

        foreach (var count in new byte[] { 0x7F, 0xFF })
        {
            var stub = StubOf(opnum);
            stub.AsSpan(8, 4).Fill(count);
            stub.AsSpan(16, 4).Fill(count);
            Reply reply = await witness.CallAsync((ushort)opnum, stub);
            Check.That(Rpce.BadStubData, reply, r => r.Status, RpcFault.RPC_X_BAD_STUB_DATA);
            Check.That(House.ClearErrors, reply, r => r.Status.Kind, OutcomeKind.Fault);
        }

        await LivesAsync(witness);
    }

    /// <summary>The actual count is more than the maximum count, or the offset is not zero.</summary>
    [TestCase(12, TestName = "{m}_Offset")]
    [TestCase(16, TestName = "{m}_ActualCount")]
    [Verifies(Rpce.BadStubData, House.StaysUp)]
    public async Task CountsThatDisagree(int at)
    {
        await using var witness = await OpenAsync();
        var stub = StubOf(4);
        stub[at] += 1;

        Reply reply = await witness.CallAsync(4, stub);

        Check.That(Rpce.BadStubData, reply, r => r.Status, RpcFault.RPC_X_BAD_STUB_DATA);
        await LivesAsync(witness);
    }

    /// <summary>The first string, NetName, ends in a letter.</summary>
    [TestCase(1, TestName = "{m}_Register")]
    [TestCase(4, TestName = "{m}_RegisterEx")]
    [Verifies(Rpce.BadStubData, Swn.StringLengthsUnbounded, House.StaysUp)]
    public async Task AStringWithoutItsTerminator(int opnum)
    {
        await using var witness = await OpenAsync();
        var stub = StubOf(opnum);
        stub[20 + (2 * Cluster.NetName.Length)] = (byte)'x';

        Reply reply = await witness.CallAsync((ushort)opnum, stub);

        Check.That(Rpce.BadStubData, reply, r => r.Status, RpcFault.RPC_X_BAD_STUB_DATA);
        Check.That(Swn.StringLengthsUnbounded, reply, r => r.Status, RpcFault.RPC_X_BAD_STUB_DATA);
        await LivesAsync(witness);
    }

    [Test, Verifies(House.StaysUp, House.NeverHangs)]
    public async Task RandomStubs()
    {
        await using var witness = await OpenAsync();
        for (var i = 0; i < 200; i++)
        {
            var stub = new byte[Random.Next(0, 400)];
            Random.NextBytes(stub);
            Reply reply = await witness.CallAsync((ushort)new[] { 1, 2, 4 }[Random.Next(3)], stub);
            Check.Holds(
                House.NeverHangs, reply.Status.Kind is OutcomeKind.Fault or OutcomeKind.Status, "an answer",
                $"{reply.Status}");
        }

        await LivesAsync(witness);
    }

    private byte[] StubOf(int opnum) => opnum switch
    {
        1 => WitnessCodec.Encode(Valid.Register(Cluster, Client), NdrSyntax.Ndr20),
        4 => WitnessCodec.Encode(Valid.RegisterEx(Cluster, Client), NdrSyntax.Ndr20),
        _ => WitnessCodec.Encode(new HandleRequest(new ContextHandle(0, Guid.Empty)), NdrSyntax.Ndr20),
    };

    private async Task LivesAsync(RpcConnection witness)
    {
        Reply reply = await witness.CallAsync(0, default);
        Check.That(House.StaysUp, reply, r => r.Status, ERROR_SUCCESS);
    }

    private async Task<RpcConnection> OpenAsync() => await BindAsync(
        await MapWitnessAsync(Cluster.Nodes[0].Address), SyntaxId.Witness,
        ConnectOptions.Default with { CallDeadline = Cluster.Limits.Call });
}
