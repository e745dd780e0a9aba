namespace Torture.Suites.Rpc.Protocol;

/// <summary>alter_context ([C706] 12.6.4.1, [MS-RPCE] 3.3.1.5.6).</summary>
public sealed class AlteringContexts : Suite
{
    private static readonly SyntaxId _nobody = new(new Guid("deadbeef-1111-2222-3333-444444444444"), 1, 0);

    [Test, Verifies(Rpce.AlterContextAddsContext)]
    public async Task AddsAContextThatServesAtOnce()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync(Wire.BindOf(PresentationContext.Offer(1, SyntaxId.Witness, SyntaxId.Ndr20)));

        var response = await wire.AskAsync<AlterContextResponsePdu>(
            Wire.Alter(PresentationContext.Offer(Wire.Management, SyntaxId.Management, SyntaxId.Ndr20)));

        Check.That(
            Rpce.AlterContextAddsContext, response?.Results[0],
            PresentationContextResult.Accepted(SyntaxId.Ndr20));
        Check.That(Rpce.AlterContextAddsContext, await wire.ServesAsync(3), true);
    }

    [Test, Verifies(Rpce.AlterContextRepeats)]
    public async Task RepeatsAContext()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var response = await wire.AskAsync<AlterContextResponsePdu>(
            Wire.Alter(PresentationContext.Offer(Wire.Management, SyntaxId.Management, SyntaxId.Ndr20)));

        Check.That(
            Rpce.AlterContextRepeats, response?.Results[0], PresentationContextResult.Accepted(SyntaxId.Ndr20));
        Check.That(Rpce.AlterContextRepeats, await wire.ServesAsync(3), true);
    }

    [Test, Verifies(Rpce.AlterContextCannotChange)]
    public async Task CannotChangeTheInterface()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var fault = await wire.AskAsync<FaultPdu>(
            Wire.Alter(PresentationContext.Offer(Wire.Management, SyntaxId.Witness, SyntaxId.Ndr20)));

        Check.That(Rpce.AlterContextCannotChange, fault?.Status, RpcFault.nca_proto_error);
        Check.That(Rpce.AlterContextCannotChange, await wire.EndsAsync(), true);
    }

    [Test, Verifies(Rpce.UnknownTransferSyntaxRejected, Rpce.AlterContextCannotChange)]
    public async Task AnUnknownSyntaxLeavesTheContextAsItWas()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var response = await wire.AskAsync<AlterContextResponsePdu>(
            Wire.Alter(PresentationContext.Offer(Wire.Management, SyntaxId.Management, _nobody)));

        Check.That(
            Rpce.UnknownTransferSyntaxRejected, response?.Results[0],
            PresentationContextResult.Rejected(ProviderReason.ProposedTransferSyntaxesNotSupported));
        Check.That(Rpce.AlterContextCannotChange, await wire.ServesAsync(3), true);
    }

    [Test, Verifies(Rpce.AlterContextFragmentSizesIgnored, Rpce.AckFlags)]
    public async Task SizesGroupAndMultiplexingCountForNothing()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();
        var alter = Wire.Alter(PresentationContext.Offer(5, SyntaxId.Management, SyntaxId.Ndr20));

        var response = await wire.AskAsync<AlterContextResponsePdu>(alter with
        {
            MaxTransmit = 0,
            MaxReceive = 1,
            AssociationGroup = 0x0DEFACED,
            Flags = PduFlags.Whole | PduFlags.ConcurrentMultiplexing,
        });

        Check.That(Rpce.AlterContextFragmentSizesIgnored, response?.Results[0].Result, PresentationResult.Acceptance);
        Check.That(Rpce.AckFlags, response?.Flags, PduFlags.Whole);
        Check.That(Rpce.AlterContextFragmentSizesIgnored, await wire.ServesAsync(3), true);
    }

    [Test, Verifies(Rpce.BindWithoutContexts, House.StaysUp)]
    public async Task WithoutContexts()
    {
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        var fault = await wire.AskAsync<FaultPdu>(Wire.Alter());

        Check.That(Rpce.BindWithoutContexts, fault?.Status, RpcFault.nca_proto_error);
        await using var another = await OpenAsync();
        Check.That(House.StaysUp, await another.BindsAndServesAsync(), true);
    }

    /// <summary>Ids have 16 bits: who takes a context for each of them has no limit.</summary>
    [Test, Verifies(Rpce.ContextLimit, House.StaysUp)]
    public async Task MoreContextsThanAServerKeeps()
    {
        const int together = 100;
        await using var wire = await OpenAsync();
        await wire.BoundAsync();

        Pdu? answer = null;
        foreach (var ids in Enumerable.Range(Wire.Witness + 1, ushort.MaxValue - Wire.Witness).Chunk(together))
        {
            answer = await wire.AskAsync<Pdu>(Wire.Alter(
                [.. ids.Select(id => PresentationContext.Offer((ushort)id, SyntaxId.Management, SyntaxId.Ndr20))]));
            if (answer is not AlterContextResponsePdu { Results: var results } || !results.All(IsAccepted))
            {
                break;
            }
        }

        var rejects = answer is AlterContextResponsePdu last && !last.Results.All(IsAccepted);
        Check.That(Rpce.ContextLimit, rejects || answer is FaultPdu, true);
        await using var another = await OpenAsync();
        Check.That(House.StaysUp, await another.BindsAndServesAsync(), true);
    }

    private static bool IsAccepted(PresentationContextResult result) => result.Result == PresentationResult.Acceptance;

    private async Task<Wire> OpenAsync()
    {
        var endpoint = await MapWitnessAsync(Cluster.Nodes[0].Address);
        return new Wire(await OpenAsync(endpoint), Cluster, Time, Deadline);
    }
}
