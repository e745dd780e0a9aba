using System.Globalization;

namespace Torture.Suites.Rpc.Protocol;

/// <summary>bind: what is acknowledged, rejected, refused ([C706] 12.6.4.3 to 12.6.4.5).</summary>
public sealed class Binding : Suite
{
    private static readonly SyntaxId _nobody = new(new Guid("deadbeef-1111-2222-3333-444444444444"), 1, 0);

    [Test, Verifies(Rpce.BindAcknowledged, Rpce.SecondaryAddress, Rpce.GroupCreated, Rpce.AckFlags)]
    public async Task IsAcknowledged()
    {
        await using var wire = await OpenAsync();

        var ack = await wire.AskAsync<BindAckPdu>(Wire.Bind());

        Check.Holds(Rpce.BindAcknowledged, ack is not null, "a bind_ack", $"{ack?.Type}");
        Check.That(
            Rpce.SecondaryAddress, ack?.SecondaryAddress, wire.Port.ToString(CultureInfo.InvariantCulture), [null]);
        Check.Holds(Rpce.GroupCreated, ack is { AssociationGroup: not 0 }, "a group", $"{ack?.AssociationGroup}");
        Check.That(Rpce.AckFlags, ack?.Flags, PduFlags.Whole | PduFlags.ConcurrentMultiplexing);
    }

    /// <summary>The number is the client's: any will do ([C706] 12.6.3.1).</summary>
    [TestCase(0u, TestName = "{m}_0")]
    [TestCase(0x80000000u, TestName = "{m}_0x80000000")]
    [TestCase(0xFFFFFFFFu, TestName = "{m}_0xFFFFFFFF")]
    [Verifies(Rpce.BindAcknowledged)]
    public async Task IsAcknowledgedWhateverItsNumber(uint callId)
    {
        await using var wire = await OpenAsync();

        var ack = await wire.AskAsync<BindAckPdu>(Wire.Bind() with { CallId = callId });

        Check.That(Rpce.BindAcknowledged, ack?.CallId, callId);
    }

    [Test, Verifies(Rpce.ResultForEachContext, Rpce.UnknownInterfaceRejected, Rpce.UnknownTransferSyntaxRejected,
        Rpce.RejectedSyntaxZero)]
    public async Task EachContextHasItsResult()
    {
        await using var wire = await OpenAsync();

        var ack = await wire.BoundAsync(Wire.BindOf(
            PresentationContext.Offer(7, _nobody, SyntaxId.Ndr20),
            PresentationContext.Offer(8, SyntaxId.Management, _nobody),
            PresentationContext.Offer(9, SyntaxId.Witness, SyntaxId.Ndr20)));

        Check.That(Rpce.ResultForEachContext, ack.Results.Length, 3);
        Check.That(
            Rpce.UnknownInterfaceRejected, (ack.Results[0].Result, ack.Results[0].Reason),
            (PresentationResult.ProviderRejection, ProviderReason.AbstractSyntaxNotSupported));
        Check.That(
            Rpce.UnknownTransferSyntaxRejected, (ack.Results[1].Result, ack.Results[1].Reason),
            (PresentationResult.ProviderRejection, ProviderReason.ProposedTransferSyntaxesNotSupported));
        Check.That(Rpce.RejectedSyntaxZero, ack.Results[0].TransferSyntax, default);
        Check.That(Rpce.RejectedSyntaxZero, ack.Results[1].TransferSyntax, default);
        Check.That(Rpce.ResultForEachContext, ack.Results[2], PresentationContextResult.Accepted(SyntaxId.Ndr20));
    }

    [Test, Verifies(Rpce.RejectedBindKeepsConnection)]
    public async Task AllRejectedIsStillAConnection()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync(Wire.BindOf(PresentationContext.Offer(7, _nobody, SyntaxId.Ndr20)));

        var response = await wire.AskAsync<AlterContextResponsePdu>(
            Wire.Alter(PresentationContext.Offer(Wire.Management, SyntaxId.Management, SyntaxId.Ndr20)));

        Check.That(
            Rpce.RejectedBindKeepsConnection, response?.Results[0].Result, PresentationResult.Acceptance);
        Check.That(Rpce.RejectedBindKeepsConnection, await wire.ServesAsync(3), true);
    }

    [TestCase(1, 0, true, TestName = "{m}_1.0")]
    [TestCase(1, 1, true, TestName = "{m}_1.1")]
    [TestCase(1, 2, false, TestName = "{m}_1.2")]
    [TestCase(2, 0, false, TestName = "{m}_2.0")]
    [TestCase(0, 1, false, TestName = "{m}_0.1")]
    [Verifies(Rpce.MinorVersionCompatible, Swn.InterfaceVersion)]
    public async Task WitnessVersion(int major, int minor, bool served)
    {
        await using var wire = await OpenAsync();
        var asked = new SyntaxId(SyntaxId.Witness.Uuid, (ushort)major, (ushort)minor);

        var ack = await wire.BoundAsync(Wire.BindOf(
            PresentationContext.Offer(0, asked, SyntaxId.Ndr20),
            PresentationContext.Offer(1, SyntaxId.Witness, SyntaxId.Ndr20)));

        Check.That(
            Rpce.MinorVersionCompatible, ack.Results[0].Result,
            served ? PresentationResult.Acceptance : PresentationResult.ProviderRejection,
            (major, minor) == (1, 0) ? [PresentationResult.ProviderRejection] : []);
        Check.That(Swn.InterfaceVersion, ack.Results[1].Result, PresentationResult.Acceptance);
    }

    [Test, Verifies(Rpce.OneTransferSyntaxAccepted, Swn.Ndr20Supported)]
    public async Task OneOfTwoTransferSyntaxes()
    {
        await using var wire = await OpenAsync();

        var ack = await wire.BoundAsync(Wire.BindOf(
            PresentationContext.Offer(0, SyntaxId.Witness, SyntaxId.Ndr20),
            PresentationContext.Offer(1, SyntaxId.Witness, SyntaxId.Ndr64)));

        Check.That(
            Rpce.OneTransferSyntaxAccepted,
            ack.Results.Count(result => result.Result == PresentationResult.Acceptance), 1);
        await using var another = await OpenAsync();
        var alone = await another.BoundAsync();
        Check.That(Swn.Ndr20Supported, alone.Results[Wire.Witness].Result, PresentationResult.Acceptance);
    }

    [Test, Verifies(Rpce.UnknownTransferSyntaxRejected)]
    public async Task Ndr64AloneIsAcceptedOrRejected()
    {
        await using var wire = await OpenAsync();

        var ack = await wire.BoundAsync(
            Wire.BindOf(PresentationContext.Offer(0, SyntaxId.Witness, SyntaxId.Ndr64)));

        Check.Holds(
            Rpce.UnknownTransferSyntaxRejected,
            ack.Results[0] == PresentationContextResult.Accepted(SyntaxId.Ndr64)
            || ack.Results[0]
                == PresentationContextResult.Rejected(ProviderReason.ProposedTransferSyntaxesNotSupported),
            "NDR64 accepted, or rejected for its transfer syntax", $"{ack.Results[0]}");
    }

    [TestCase(0, TestName = "{m}_None")]
    [TestCase(1, TestName = "{m}_SecurityContexts")]
    [TestCase(2, TestName = "{m}_KeepOnOrphan")]
    [TestCase(0xFF, TestName = "{m}_All")]
    [Verifies(Rpce.BindTimeFeatures)]
    public async Task Features(int offered)
    {
        await using var wire = await OpenAsync();

        var ack = await wire.BoundAsync(Wire.BindOf(
            PresentationContext.Offer(0, SyntaxId.Witness, SyntaxId.Ndr20),
            PresentationContext.Offer(
                1, SyntaxId.Witness, BindTimeFeatureSyntax.Encode((BindTimeFeatures)offered))));

        Check.That(Rpce.BindTimeFeatures, ack.Results[1].Result, PresentationResult.NegotiateAck);
        Check.That(Rpce.BindTimeFeatures, ack.Results[1].TransferSyntax, default);
        Check.That(Rpce.BindTimeFeatures, (int)ack.Results[1].Reason & ~(offered & 3), 0);
    }

    [Test, Verifies(Rpce.BindWithoutContexts, Rpce.BindNakCloses)]
    public async Task WithoutContexts()
    {
        await using var wire = await OpenAsync();

        var nak = await wire.AskAsync<BindNakPdu>(Wire.BindOf());

        Check.That(
            Rpce.BindWithoutContexts, nak?.Reason, BindRejectReason.ProtocolVersionNotSupported,
            [BindRejectReason.NotSpecified]);
        Check.That(Rpce.BindNakCloses, await wire.EndsAsync(), true);
    }

    [Test, Verifies(Rpce.SecondBindRefused)]
    public async Task Twice()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var nak = await wire.AskAsync<BindNakPdu>(Wire.Bind());

        Check.That(Rpce.SecondBindRefused, nak?.Reason, BindRejectReason.NotSpecified);
        Check.That(Rpce.SecondBindRefused, await wire.EndsAsync(), true);
    }

    [Test, Verifies(Rpce.RequestBeforeBind, House.StaysUp)]
    public async Task RequestWithoutABind()
    {
        await using var wire = await OpenAsync();

        await wire.SendAsync(Wire.Probe(1));

        var answer = await wire.ReceiveAsync();
        Check.Holds(Rpce.RequestBeforeBind, answer is not ResponsePdu, "no response", $"{answer?.Type}");
        await using var another = await OpenAsync();
        Check.That(House.StaysUp, await another.BindsAndServesAsync(), true);
    }

    [Test, Verifies(Rpce.GroupCreated)]
    public async Task TwoBindsHaveTwoGroups()
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();

        var one = await first.BoundAsync();
        var other = await second.BoundAsync();

        Check.Holds(
            Rpce.GroupCreated, one.AssociationGroup != other.AssociationGroup, "another group",
            $"{one.AssociationGroup:X8} twice");
    }

    [Test, Verifies(Rpce.UnknownGroupRefused)]
    public async Task UnknownAssociationGroup()
    {
        await using var wire = await OpenAsync();

        var nak = await wire.AskAsync<BindNakPdu>(Wire.Bind() with { AssociationGroup = 0x0DEFACED });

        Check.That(Rpce.UnknownGroupRefused, nak?.Reason, BindRejectReason.NotSpecified);
        Check.That(Rpce.UnknownGroupRefused, await wire.EndsAsync(), true);
    }

    [Test, Verifies(Rpce.GroupJoined, Rpce.ContextsPerConnection, Rpce.UnknownContextId)]
    public async Task JoinedAssociationGroup()
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        var ack = await first.BoundAsync();

        var joined = await second.BoundAsync(Wire.BindOf(
            PresentationContext.Offer(5, SyntaxId.Management, SyntaxId.Ndr20)) with
        {
            AssociationGroup = ack.AssociationGroup,
        });
        var fault = await second.AskAsync<FaultPdu>(Wire.Probe(3));

        Check.That(Rpce.GroupJoined, joined.AssociationGroup, ack.AssociationGroup);
        Check.That(Rpce.ContextsPerConnection, fault?.Status, RpcFault.nca_unk_if);
        var served = await second.AskAsync<ResponsePdu>(Wire.Probe(4) with { ContextId = 5 });
        Check.Holds(Rpce.UnknownContextId, served is not null, "the connection lives", $"{served?.Type}");
    }

    [Test, Verifies(Rpce.AckFlags, Rpce.ReservedFlagIgnored)]
    public async Task AnyFlags()
    {
        foreach (var flags in new[] { 0x00, 0x01, 0x02, 0x08, 0x10, 0x20, 0x40, 0x80 })
        {
            await using var wire = await OpenAsync();

            var ack = await wire.BoundAsync(Wire.Bind() with { Flags = (PduFlags)flags });

            Check.That(Rpce.AckFlags, (int)ack.Flags, 0x03 | (flags & 0x10));
            Check.That(Rpce.ReservedFlagIgnored, await wire.ServesAsync(2), true);
        }
    }

    private async Task<Wire> OpenAsync()
    {
        var endpoint = await MapWitnessAsync(Cluster.Nodes[0].Address);
        return new Wire(await OpenAsync(endpoint), Cluster, Time, Deadline);
    }
}
