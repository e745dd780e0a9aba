using Torture.Protocol.EndpointMapper;

namespace Torture.Suites.Rpc.EndpointMapper;

/// <summary>ept_lookup and ept_lookup_handle_free ([MS-RPCE] 2.2.1.2.4, [C706] appendix O).</summary>
public sealed class Lookup : Suite
{
    [Test, Verifies(Rpce.LookupListsEndpoints)]
    public async Task ListsTheWitness()
    {
        var entries = await ReadAllAsync(maxEntries: 500);

        Check.That(
            Rpce.LookupListsEndpoints, entries.Any(entry => entry.Tower?.Interface == SyntaxId.Witness), true);
        Check.That(Rpce.LookupListsEndpoints, entries.Distinct().Count(), entries.Count);
    }

    [Test, Verifies(Rpce.LookupContinues)]
    public async Task OneByOneGivesTheSameAsAllAtOnce()
    {
        var all = await ReadAllAsync(maxEntries: 500);
        var single = await ReadAllAsync(maxEntries: 1);

        Check.Holds(
            Rpce.LookupContinues, all.Count > 0 && Rows(single).SequenceEqual(Rows(all)), string.Join(", ", Rows(all)),
            string.Join(", ", Rows(single)));
    }

    [Test, Verifies(Rpce.MapperWithoutAuthentication)]
    public async Task NobodyNeedsToLogOn()
    {
        await using var mapper = await BindMapperAsync(Cluster.Nodes[0].Address);
        var stub = EndpointMapperCodec.Encode(Request(ContextHandle.Null, 1), mapper.Syntax);

        var reply = await mapper.CallAsync((ushort)EndpointMapperOperation.ept_lookup, stub);

        Check.That(Rpce.MapperWithoutAuthentication, reply, r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Rpce.LookupListsEndpoints)]
    public async Task ByInterfaceGivesOnlyThatInterface()
    {
        await using var mapper = await BindMapperAsync(Cluster.Nodes[0].Address);

        var response = await LookupAsync(
            mapper, ContextHandle.Null, 500, InquiryType.rpc_c_ep_match_by_if, SyntaxId.Witness);

        Check.That(Rpce.LookupListsEndpoints, response.Entries.Length > 0, true);
        Check.That(
            Rpce.LookupListsEndpoints,
            response.Entries.All(entry => entry.Tower?.Interface?.Uuid == SyntaxId.Witness.Uuid), true);
    }

    [Test, Verifies(Rpce.LookupHandleFreed)]
    public async Task FreeingTheHandleEndsAnEnumeration()
    {
        await using var mapper = await BindMapperAsync(Cluster.Nodes[0].Address);
        var first = await LookupAsync(mapper, ContextHandle.Null, 1);
        Check.That(Rpce.LookupHandleFreed, first.EntryHandle.IsNull, false);

        var stub = EndpointMapperCodec.Encode(new EptLookupHandleFreeRequest(first.EntryHandle), mapper.Syntax);
        var reply = await mapper.CallAsync((ushort)EndpointMapperOperation.ept_lookup_handle_free, stub);

        var freed = EndpointMapperCodec.DecodeLookupHandleFreeResponse(reply.Stub.Span, mapper.Syntax);
        Check.That(Rpce.LookupHandleFreed, freed.EntryHandle, ContextHandle.Null);
        Check.That(Rpce.LookupHandleFreed, freed.Status, EptStatus.ept_s_ok);
        var again = await mapper.CallAsync(
            (ushort)EndpointMapperOperation.ept_lookup,
            EndpointMapperCodec.Encode(Request(first.EntryHandle, 1), mapper.Syntax));
        Check.That(Rpce.LookupHandleFreed, again, r => r.Status, RpcFault.nca_s_fault_context_mismatch);
    }

    [Test, Verifies(Rpce.LookupContinues, House.StaysUp)]
    public async Task AMadeUpHandleIsRefused()
    {
        await using var mapper = await BindMapperAsync(Cluster.Nodes[0].Address);
        var made = new ContextHandle(0, new Guid("deadbeef-0bad-4bad-8bad-0123456789ab"));
        var stub = EndpointMapperCodec.Encode(Request(made, 1), mapper.Syntax);

        var reply = await mapper.CallAsync((ushort)EndpointMapperOperation.ept_lookup, stub);

        Check.That(Rpce.LookupContinues, reply, r => r.Status, RpcFault.nca_s_fault_context_mismatch);
        Check.That(House.StaysUp, (await ReadAllAsync(500)).Count > 0, true);
    }

    private static List<string> Rows(IEnumerable<EptEntry> entries) =>
        [.. entries.Select(entry => $"{entry.Tower?.Interface} at port {entry.Tower?.Port}").Order()];

    private async Task<List<EptEntry>> ReadAllAsync(uint maxEntries)
    {
        await using var mapper = await BindMapperAsync(Cluster.Nodes[0].Address);
        var entries = new List<EptEntry>();
        var handle = ContextHandle.Null;
        do
        {
            var response = await LookupAsync(mapper, handle, maxEntries);
            entries.AddRange(response.Entries);
            handle = response.EntryHandle;
        }
        while (!handle.IsNull && entries.Count < 1000);

        return entries;
    }

    private static async Task<EptLookupResponse> LookupAsync(
        RpcConnection mapper, ContextHandle handle, uint maxEntries,
        InquiryType inquiry = InquiryType.rpc_c_ep_all_elts, SyntaxId? contract = null)
    {
        var stub = EndpointMapperCodec.Encode(Request(handle, maxEntries, inquiry, contract), mapper.Syntax);
        var reply = await mapper.CallAsync((ushort)EndpointMapperOperation.ept_lookup, stub);
        return EndpointMapperCodec.DecodeLookupResponse(reply.Stub.Span, mapper.Syntax);
    }

    private static EptLookupRequest Request(
        ContextHandle handle, uint maxEntries, InquiryType inquiry = InquiryType.rpc_c_ep_all_elts,
        SyntaxId? contract = null) =>
        new(inquiry, null, contract, VersionOption.rpc_c_vers_all, handle, maxEntries);
}
