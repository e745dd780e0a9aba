using System.Net;
using System.Net.Sockets;
using Torture.Protocol.Ndr;

namespace Torture.Suites.Rpc.Witness;

/// <summary>WitnessrGetInterfaceList while nothing happens to the cluster ([MS-SWN] 3.1.4.1, 2.2.2.5).</summary>
public sealed class GetInterfaceList : Suite
{
    /// <summary>Bytes of a response up to the end of the second referent id: list, count, array.</summary>
    private const int ReferentIds = 12;

    [Test, Verifies(Swn.GetInterfaceListSucceeds, Swn.GetInterfaceListMethod, Swn.GetInterfaceListStatuses)]
    public async Task Succeeds()
    {
        var reply = await AskAsync(Cluster.Nodes[0]);

        Check.That(Swn.GetInterfaceListSucceeds, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.GetInterfaceListMethod, reply, r => r.ListIsNull, false);
        Check.That(Swn.GetInterfaceListStatuses, reply, r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.InterfaceCount, Swn.InterfaceForEachEntry)]
    public async Task HasAnEntryForEachPublicAddress()
    {
        var reply = await AskAsync(Cluster.Nodes[0]);

        Check.That(Swn.InterfaceCount, reply, r => r.Interfaces.Count, Cluster.PublicAddresses.Count);
        Check.That(
            Swn.InterfaceForEachEntry,
            Sorted(reply.Interfaces.Select(AddressOf)),
            Sorted(Cluster.PublicAddresses.Select(address => address.Address)));
    }

    [Test, Verifies(Swn.InterfaceForEachEntry)]
    public async Task NamesThePresentOwnerOfEachAddress()
    {
        var reply = await AskAsync(Cluster.Nodes[0]);

        foreach (var (entry, owner) in await WithOwnersAsync(reply))
        {
            Check.That(Swn.InterfaceForEachEntry, entry.GroupName, owner.Name);
        }
    }

    [Test, Verifies(Swn.GroupNameTerminated)]
    public async Task NamesAreNotEmpty()
    {
        var reply = await AskAsync(Cluster.Nodes[0]);

        Check.Holds(
            Swn.GroupNameTerminated, reply,
            r => r.Interfaces.All(entry => entry.GroupName.Length > 0 && entry.GroupName.Length < 260),
            "1 to 259 characters before the null");
    }

    /// <summary>
    /// The room for a name is longer than the name, and there is a gap before an address: a server that does not clear
    /// what it sends tells what was there before. Only referent ids are a server's own choice.
    /// </summary>
    [Test, Verifies(House.NoSecretsTold)]
    public async Task NothingFollowsANameOrLiesInAGap()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);

        var reply = await witness.CallAsync((ushort)WitnessOperation.WitnessrGetInterfaceList, default);

        var told = WitnessCodec.DecodeGetInterfaceListResponse(reply.Stub.Span, NdrSyntax.Ndr20);
        Check.That(
            House.NoSecretsTold, Convert.ToHexString(reply.Stub.Span[ReferentIds..]),
            Convert.ToHexString(WitnessCodec.Encode(told, NdrSyntax.Ndr20).AsSpan(ReferentIds)));
    }

    [Test, Verifies(Swn.InterfaceStates, Swn.InterfaceStateReported)]
    public async Task StatesAreDefinedAndAvailable()
    {
        var reply = await AskAsync(Cluster.Nodes[0]);

        Check.Holds(
            Swn.InterfaceStates, reply, r => r.Interfaces.All(entry => Enum.IsDefined(entry.State)),
            "every State is UNKNOWN, AVAILABLE or UNAVAILABLE");
        Check.Holds(
            Swn.InterfaceStateReported, reply,
            r => r.Interfaces.All(entry => entry.State == InterfaceState.AVAILABLE), "every State is AVAILABLE");
    }

    [Test, Verifies(Swn.InterfaceFlags)]
    public async Task NoUndefinedFlagIsSet()
    {
        const InterfaceFlags defined = InterfaceFlags.IPv4 | InterfaceFlags.IPv6 | InterfaceFlags.INTERFACE_WITNESS;
        var reply = await AskAsync(Cluster.Nodes[0]);

        Check.Holds(
            Swn.InterfaceFlags, reply, r => r.Interfaces.All(entry => (entry.Flags & ~defined) == 0),
            "no bit but 0x1, 0x2 and 0x4");
    }

    [Test, Verifies(Swn.InterfaceAddressesFlagged, Swn.FlaggedAddressesValid)]
    public async Task FlaggedAddressesAreThoseOfTheCluster()
    {
        var reply = await AskAsync(Cluster.Nodes[0]);

        foreach (var entry in reply.Interfaces)
        {
            var flagged = Flagged(entry).ToList();
            Check.That(Swn.InterfaceAddressesFlagged, flagged.Count > 0, true);
            Check.That(
                Swn.FlaggedAddressesValid,
                flagged.All(address => Cluster.PublicAddresses.Contains(new PublicAddress(address))), true);
        }
    }

    [Test, Verifies(Swn.InterfaceVersionReported, Swn.ServiceVersion, Swn.UnspecifiedVersion)]
    public async Task VersionIsTheHighestOfTheService()
    {
        var reply = await AskAsync(Cluster.Nodes[0]);

        var highest = Cluster.Capabilities.Has(Capability.WitnessV2) ? WitnessVersion.V2 : WitnessVersion.V1;

        // 0xFFFFFFFF is what Windows sends (A19).
        Check.That(
            Swn.InterfaceVersionReported, reply, r => r.Interfaces[0].Version, highest,
            tolerated: WitnessVersion.Unspecified);
        Check.That(
            Swn.ServiceVersion, reply, r => r.Interfaces[0].Version, highest, tolerated: WitnessVersion.Unspecified);
        Check.Holds(
            Swn.UnspecifiedVersion, reply,
            r => r.Interfaces.All(entry => entry.Version == highest || entry.Version == WitnessVersion.Unspecified),
            "the highest version, or 0xFFFFFFFF");
    }

    [Test, Verifies(Swn.WitnessFlagForOtherNodes)]
    public async Task WitnessFlagIsClearForOwnAddressesOnly()
    {
        foreach (var asked in Cluster.Nodes)
        {
            foreach (var (entry, owner) in await WithOwnersAsync(await AskAsync(asked)))
            {
                var isWitness = entry.Flags.HasFlag(InterfaceFlags.INTERFACE_WITNESS);
                Check.That(Swn.WitnessFlagForOtherNodes, isWitness, owner != asked);
            }
        }
    }

    [Test, Verifies(Swn.InterfaceListConsistent, Ctdb.InterfaceListAgrees)]
    public async Task EveryNodeListsTheSameButForTheWitnessFlag()
    {
        var first = await AskAsync(Cluster.Nodes[0]);
        foreach (var node in Cluster.Nodes.Skip(1))
        {
            var list = await AskAsync(node);
            Check.That(
                Swn.InterfaceListConsistent, Sorted(list.Interfaces.Select(AddressOf)),
                Sorted(first.Interfaces.Select(AddressOf)));
            Check.That(Ctdb.InterfaceListAgrees, RowsWithoutWitness(list), RowsWithoutWitness(first));
        }
    }

    [Test, Verifies(Swn.InterfaceListConsistent)]
    public async Task NoAddressIsListedTwice()
    {
        var reply = await AskAsync(Cluster.Nodes[0]);
        var addresses = Sorted(reply.Interfaces.SelectMany(Flagged));

        Check.That(Swn.InterfaceListConsistent, addresses.Distinct().Count(), addresses.Count);
    }

    [Test, Verifies(Swn.InterfaceListConsistent)]
    public async Task StaysTheSameWhileNothingHappens()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var first = await witness.GetInterfaceListAsync();

        for (var again = 0; again < 10; again++)
        {
            var reply = await witness.GetInterfaceListAsync();
            Check.That(Swn.InterfaceListConsistent, Rows(reply), Rows(first));
        }
    }

    [Test, Verifies(Swn.InterfaceInfoLayout, Swn.InterfaceListLayout)]
    public async Task EachEntryTakes552Bytes()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var reply = await witness.CallAsync((ushort)WitnessOperation.WitnessrGetInterfaceList, default);

        // Pointer, count, pointer, conformance, the entries, the return value.
        Check.That(Swn.InterfaceInfoLayout, reply, r => r.Stub.Length, 20 + 552 * Cluster.PublicAddresses.Count);
        var count = BitConverter.ToUInt32(reply.Stub.Span[4..]);
        Check.That(Swn.InterfaceListLayout, count, (uint)Cluster.PublicAddresses.Count);
    }

    [Test, Verifies(Swn.GetInterfaceListMethod)]
    public async Task ExtraBytesInTheRequestAreIgnored()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var reply = await witness.CallAsync((ushort)WitnessOperation.WitnessrGetInterfaceList, new byte[64]);

        Check.That(Swn.GetInterfaceListMethod, reply, r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.GetInterfaceListSucceeds, Ctdb.InterfaceListAgrees)]
    public async Task IsAnsweredOnAPublicAddressToo()
    {
        var owner = await OwnerOfAsync(Cluster.PublicAddresses[0]);
        await using var witness = await ConnectAsync(Cluster.PublicAddresses[0]);
        var reply = await witness.GetInterfaceListAsync();

        Check.That(Swn.GetInterfaceListSucceeds, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Ctdb.InterfaceListAgrees, RowsWithoutWitness(reply), RowsWithoutWitness(await AskAsync(owner)));
    }

    [Test, Verifies(Swn.GetInterfaceListSucceeds), Needs(Capability.IPv6)]
    public async Task IsAnsweredOverIpv6Too()
    {
        var address = Cluster.PublicAddresses.First(a => a.Address.AddressFamily == AddressFamily.InterNetworkV6);
        await using var witness = await ConnectAsync(address);
        var reply = await witness.GetInterfaceListAsync();

        Check.That(Swn.GetInterfaceListSucceeds, reply, r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.GetInterfaceListSucceeds, Swn.PendingNotifyHoldsUpNothing)]
    public async Task ManyAtOnceAreAllAnswered()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        var replies = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => witness.GetInterfaceListAsync()));

        foreach (var reply in replies)
        {
            Check.That(Swn.GetInterfaceListSucceeds, reply, r => r.Status, ERROR_SUCCESS);
            Check.That(
                Swn.PendingNotifyHoldsUpNothing, RowsWithoutWitness(reply), RowsWithoutWitness(replies[0]));
        }
    }

    private async Task<InterfaceListReply> AskAsync(Node node)
    {
        await using var witness = await ConnectAsync(node);
        return await witness.GetInterfaceListAsync();
    }

    private async Task<IEnumerable<(WitnessInterface Entry, Node Owner)>> WithOwnersAsync(InterfaceListReply reply)
    {
        var seen = await Cluster.ObserveAsync(Deadline);
        return reply.Interfaces.Select(entry => (entry, seen.OwnerOf(new PublicAddress(AddressOf(entry)))!));
    }

    private static IPAddress AddressOf(WitnessInterface entry) => Flagged(entry).FirstOrDefault(IPAddress.None);

    private static IEnumerable<IPAddress> Flagged(WitnessInterface entry)
    {
        if (entry.Flags.HasFlag(InterfaceFlags.IPv4))
        {
            yield return entry.IPv4;
        }

        if (entry.Flags.HasFlag(InterfaceFlags.IPv6))
        {
            yield return entry.IPv6;
        }
    }

    private static List<string> Sorted(IEnumerable<IPAddress> addresses) =>
        [.. addresses.Select(address => address.ToString()).Order(StringComparer.Ordinal)];

    private static List<string> Rows(InterfaceListReply reply) =>
        [.. reply.Interfaces.Select(entry => entry.ToString())];

    /// <summary>What the nodes have to agree in; the order is nothing that they could disagree about.</summary>
    private static List<string> RowsWithoutWitness(InterfaceListReply reply) =>
    [
        .. reply.Interfaces.Select(entry =>
            (entry with { Flags = entry.Flags & ~InterfaceFlags.INTERFACE_WITNESS }).ToString())
            .Order(StringComparer.Ordinal),
    ];
}
