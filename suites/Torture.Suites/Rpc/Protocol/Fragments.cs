using Torture.Protocol.Ndr;
using Torture.Suites.Rpc.Witness;

namespace Torture.Suites.Rpc.Protocol;

/// <summary>Fragments and reassembly ([C706] 12.6.2, 12.6.3.1).</summary>
public sealed class Fragments : Suite
{
    private const PduFlags First = PduFlags.FirstFragment;
    private const PduFlags Last = PduFlags.LastFragment;

    [TestCase(65535, 65535, 5840, TestName = "{m}_LargestOffered")]
    [TestCase(0, 65535, 2048, TestName = "{m}_NothingSent")]
    [TestCase(65535, 0, 2048, TestName = "{m}_NothingReceived")]
    [TestCase(3199, 65535, 3192, TestName = "{m}_NotAMultipleOfEight")]
    [TestCase(65535, 3199, 3192, TestName = "{m}_NotAMultipleOfEightReceived")]
    [Verifies(Rpce.FragmentSizeNegotiated)]
    public async Task SizesOfTheBind(int transmit, int receive, int both)
    {
        await using var wire = await OpenAsync();

        var ack = await wire.BoundAsync(
            Wire.Bind() with { MaxTransmit = (ushort)transmit, MaxReceive = (ushort)receive });

        Check.That(Rpce.FragmentSizeNegotiated, (int)ack.MaxTransmit, both);
        Check.That(Rpce.FragmentSizeNegotiated, (int)ack.MaxReceive, both);
    }

    [Test, Verifies(Rpce.MinimumFragmentReceivable)]
    public async Task TheMinimumIsReceived()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var fault = await wire.AskAsync<FaultPdu>(Wire.Call(2, 99, new byte[1432 - 24]));

        Check.Holds(
            Rpce.MinimumFragmentReceivable, fault is not null && fault.Status != RpcFault.nca_proto_error,
            "an answer about the call", $"{fault?.Status}");
        Check.That(Rpce.MinimumFragmentReceivable, await wire.ServesAsync(3), true);
    }

    [Test, Verifies(Rpce.FragmentTooLong, House.StaysUp)]
    public async Task BeyondTheTransportsLimit()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var fault = await wire.AskAsync<FaultPdu>(Wire.Call(2, 99, new byte[5841 - 24]));

        Check.That(Rpce.FragmentTooLong, fault?.Status, RpcFault.nca_proto_error);
        Check.That(Rpce.FragmentTooLong, await wire.EndsAsync(), true);
        await StaysUpAsync();
    }

    [TestCase(1, TestName = "{m}_1")]
    [TestCase(3, TestName = "{m}_3")]
    [TestCase(8, TestName = "{m}_8")]
    [TestCase(100, TestName = "{m}_100")]
    [Verifies(Rpce.FragmentsReassembled)]
    public async Task ARegistrationInPieces(int piece)
    {
        // In one piece it is taken, and its answer can be read: the case is about the pieces.
        await using var whole = await RegisterAsync();
        var node = whole.Node;
        await using var wire = await OpenAsync(node);
        var security = await wire.BoundAsync(wire.Ntlm(AuthenticationLevel.Integrity, Random));
        var stub = WitnessCodec.Encode(Valid.RegisterEx(Cluster, Client), NdrSyntax.Ndr20);

        for (var at = 0; at < stub.Length; at += piece)
        {
            var end = Math.Min(at + piece, stub.Length);
            var flags = (at == 0 ? First : 0) | (end == stub.Length ? Last : 0);
            await wire.SendAsync(Wire.Call(2, 4, stub.AsMemory(at..end)) with { Flags = flags }, security);
        }

        var answer = await wire.ReceiveAsync(security) as ResponsePdu;
        var registered = answer is null
            ? null
            : WitnessCodec.DecodeHandleResponse(answer.Stub.Span, NdrSyntax.Ndr20);
        Check.That(Rpce.FragmentsReassembled, registered?.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Rpce.FirstFragmentDecides)]
    public async Task LaterFragmentsSayNothingNew()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();
        var whole = Wire.PrincipalName(2);

        await wire.SendAsync(whole with { Stub = whole.Stub[..4], Flags = First });
        await wire.SendAsync(whole with { Stub = whole.Stub[4..], Flags = Last, ContextId = 77, Opnum = 99 });

        var answer = await wire.ReceiveAsync();
        Check.That(Rpce.FirstFragmentDecides, answer?.Type, PduType.Response);
    }

    [TestCase(0, TestName = "{m}_Middle")]
    [TestCase(2, TestName = "{m}_Last")]
    [Verifies(Rpce.FirstFragmentMissing, House.StaysUp)]
    public async Task WithoutAFirstOne(int flags)
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var fault = await wire.AskAsync<FaultPdu>(Wire.PrincipalName(2) with { Flags = (PduFlags)flags });

        Check.That(Rpce.FirstFragmentMissing, fault?.Status, RpcFault.nca_proto_error);
        Check.That(Rpce.FirstFragmentMissing, await wire.EndsAsync(), true);
        await StaysUpAsync();
    }

    [TestCase(2u, First, TestName = "{m}_SameCall")]
    [TestCase(3u, First, TestName = "{m}_OtherCall")]
    [TestCase(2u, PduFlags.Whole, TestName = "{m}_SameCallWhole")]
    [TestCase(3u, PduFlags.Whole, TestName = "{m}_OtherCallWhole")]
    [Verifies(Rpce.FragmentsDoNotInterleave, House.StaysUp)]
    public async Task ASecondFirstOne(uint callId, PduFlags flags)
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();
        await wire.SendAsync(Wire.PrincipalName(2) with { Flags = First });

        var fault = await wire.AskAsync<FaultPdu>(Wire.PrincipalName(callId) with { Flags = flags });

        Check.That(Rpce.FragmentsDoNotInterleave, fault?.Status, RpcFault.nca_proto_error);
        Check.That(Rpce.FragmentsDoNotInterleave, fault?.CallId, callId);
        Check.That(Rpce.FragmentsDoNotInterleave, await wire.EndsAsync(), true);
        await StaysUpAsync();
    }

    [TestCase(0u, TestName = "{m}_0")]
    [TestCase(1u, TestName = "{m}_1")]
    [TestCase(0xFFFFFFFFu, TestName = "{m}_Largest")]
    [Verifies(Rpce.AllocHintIsAHint)]
    public async Task AllocationHintOfOneFragment(uint hint)
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var answer = await wire.AskAsync<ResponsePdu>(Wire.PrincipalName(2) with { AllocationHint = hint });

        Check.That(Rpce.AllocHintIsAHint, answer?.CallId, 2u);
    }

    [Test, Verifies(Rpce.RequestSizeLimited, House.StaysUp)]
    public async Task AnnouncedBeyondFourMebibytes()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var fault = await wire.AskAsync<FaultPdu>(
            Wire.PrincipalName(2) with { AllocationHint = 0x400001, Flags = First });

        Check.That(Rpce.RequestSizeLimited, fault?.Status, RpcFault.RPC_S_ACCESS_DENIED);
        Check.That(Rpce.RequestSizeLimited, await wire.EndsAsync(), true);
        await StaysUpAsync();
    }

    [Test, Verifies(Rpce.RequestSizeLimited, House.StaysUp)]
    public async Task SentBeyondFourMebibytes()
    {
        const int Piece = 4096;
        await using var wire = await OpenAsync();
        await wire.BoundAsync();
        var middle = PduWriter.Write(Wire.Call(2, 0, new byte[Piece]) with { AllocationHint = 0, Flags = 0 });
        var first = (byte[])middle.Clone();
        first[3] = (byte)First;
        await wire.SendAsync(first);

        await wire.SendAsync(Enumerable.Repeat(middle, 1023).SelectMany(pdu => pdu).ToArray());
        var fault = await wire.AskAsync<FaultPdu>(
            Wire.Call(2, 0, new byte[8]) with { AllocationHint = 0, Flags = Last });

        Check.That(Rpce.RequestSizeLimited, fault?.Status, RpcFault.RPC_S_ACCESS_DENIED);
        Check.That(Rpce.RequestSizeLimited, await wire.EndsAsync(), true);
        await StaysUpAsync();
    }

    [Test, Verifies(Rpce.FragmentSizeKept, Rpce.FirstAndLastFlags, Rpce.StubMultipleOfEight)]
    public async Task AnswersKeepTheSmallestSize()
    {
        await using var wire = await OpenAsync();
        var security = await wire.BoundAsync(
            wire.Ntlm(AuthenticationLevel.Integrity, Random), Wire.Bind() with { MaxReceive = 1432 });
        await wire.SendAsync(Wire.Call(2, 0, default), security);

        var parts = new List<ResponsePdu>();
        while (parts.Count == 0 || !parts[^1].Flags.HasFlag(Last))
        {
            parts.Add(await wire.ReceiveAsync(security) as ResponsePdu
                ?? throw new AssertionException("the list was not answered whole"));
        }

        Check.Holds(
            Rpce.FragmentSizeKept, parts.All(part => PduWriter.Write(part).Length <= 2048), "at most 2048 bytes",
            string.Join(" ", parts.Select(part => PduWriter.Write(part).Length)));
        Check.That(Rpce.FirstAndLastFlags, parts.Count(part => part.Flags.HasFlag(First)), 1);
        Check.That(Rpce.FirstAndLastFlags, parts[0].Flags.HasFlag(First), true);
        Check.That(Rpce.StubMultipleOfEight, parts.SkipLast(1).All(part => part.Stub.Length % 8 == 0), true);
    }

    [Test, Verifies(Rpce.FragmentsReassembled, Swn.InterfaceListLayout)]
    public async Task TheListIsTheSameInSmallFragments()
    {
        await using var large = await ConnectAsync(Cluster.Nodes[0]);
        await using var small = await ConnectAsync(
            Cluster.Nodes[0], ConnectOptions.Default with { MaxFragment = 2048 });

        var expected = await large.GetInterfaceListAsync();
        var list = await small.GetInterfaceListAsync();

        Check.Holds(Swn.InterfaceListLayout, expected, r => r.Interfaces.Count > 0, "a list of interfaces");
        Check.That(Rpce.FragmentsReassembled, list, r => r.Interfaces, expected.Interfaces);
    }

    private async Task StaysUpAsync()
    {
        await using var another = await OpenAsync();
        Check.That(House.StaysUp, await another.BindsAndServesAsync(), true);
    }

    private async Task<Wire> OpenAsync(Node? node = null)
    {
        var endpoint = await MapWitnessAsync((node ?? Cluster.Nodes[0]).Address);
        return new Wire(await OpenAsync(endpoint), Cluster, Time, Deadline);
    }
}
