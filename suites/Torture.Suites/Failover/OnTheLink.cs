using System.Net;
using System.Net.Sockets;
using static Torture.Suites.Failover.FaultCases;

namespace Torture.Suites.Failover;

/// <summary>What neighbours and idle clients hear when the owner of an address is lost.</summary>
[Needs(Capability.LinkAddresses, Capability.ThreeNodes, Capability.Observe, Capability.Smb), BreaksCluster]
public sealed class OnTheLink : OwnerSuite
{
    /// <summary>A connection of this age is known to every node.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1.2);

    /// <summary>By then three rounds have come, late as they may be, and no connection is left.</summary>
    private static readonly TimeSpan Rounds = TimeSpan.FromSeconds(6.5);

    /// <summary>What the owner before says so shortly before it owns the address again is no finding.</summary>
    private static readonly TimeSpan BeforeItGoesHome = TimeSpan.FromSeconds(0.5);

    /// <summary>Of two that answer a neighbour believes the first: so many ask that one of them is misled.</summary>
    private const int Neighbours = 6;

    private static IEnumerable<TestCaseData> Ways =>
    [
        Way("kill", owner => new KillNode(owner)),
        Way("pause", owner => new PauseNode(owner)),
        Way("disable", owner => new DisableNode(owner)),
    ];

    [TestCaseSource(nameof(Ways))]
    [Verifies(
        Ctdb.NeighboursTold, Ctdb.AnnouncedThreeTimes, Ctdb.AnnouncedByOwner, Ctdb.NothingAnsweredByOldOwner,
        Ctdb.OwnerServesAddress)]
    public async Task TheNewOwnerIsAnnounced(Func<Node, Fault> lose)
    {
        var (address, owner) = await OwnedAddressAsync();
        await using var before = await OpenAsync(SmbOf(address));

        await using (await Nemesis.InjectAsync(lose(owner)))
        {
            await NextOwnerOfAsync(address, owner);
            await PassAsync(Rounds);
            for (var i = 0; i < Neighbours; i++)
            {
                Check.That(Ctdb.OwnerServesAddress, await IsThereAsync(address, AnotherClient()), true);
            }

            await PassAsync(BeforeItGoesHome);
        }

        await Check.HistoryAsync(new AnnouncedToNeighbours(asked: true), new OneOwnerOnTheLink());
    }

    /// <summary>A frozen owner sends neither FIN nor RST: a client hears of it by the tickle alone.</summary>
    [Test, Needs(Capability.PauseNode)]
    [Verifies(Ctdb.ClientsTickled, Ctdb.TickledClientsReset, Ctdb.OldConnectionsEnd, Ctdb.OwnerServesAddress)]
    public Task AnIdleClientIsTickledAndReset() => IsTickledAndResetAsync(AddressFamily.InterNetwork);

    [Test, Needs(Capability.PauseNode, Capability.IPv6)]
    [Verifies(Ctdb.ClientsTickled, Ctdb.TickledClientsReset, Ctdb.OldConnectionsEnd, Ctdb.OwnerServesAddress)]
    public Task AnIdleClientOverIPv6IsTickledAndReset() => IsTickledAndResetAsync(AddressFamily.InterNetworkV6);

    [Test, Verifies(Ctdb.OwnerServesAddress)]
    public async Task EveryAddressIsThere()
    {
        foreach (var address in Cluster.PublicAddresses)
        {
            Check.That(Ctdb.OwnerServesAddress, await IsThereAsync(address, Client), true);
        }
    }

    private async Task IsTickledAndResetAsync(AddressFamily family)
    {
        var (address, owner) = await OwnedAddressAsync(family);
        Check.That(Ctdb.OwnerServesAddress, await IsThereAsync(address, AnotherClient()), true);
        await using var idle = await OpenAsync(SmbOf(address));
        await PassAsync(Age);

        await using (await Nemesis.InjectAsync(new PauseNode(owner)))
        {
            await NextOwnerOfAsync(address, owner);
            await PassAsync(Rounds);
        }

        await Check.HistoryAsync(new OldClientsTickled(asked: true), new OldConnectionsEnd(asked: true));
    }

    /// <summary>A kernel that takes the connection serves nobody: somebody has to answer on it.</summary>
    private async Task<bool> IsThereAsync(PublicAddress address, CaseClient from)
    {
        try
        {
            await using var smb = await NegotiateAsync(address, Cluster.Limits.Call, from);
            return true;
        }
        catch (Exception refused) when (refused is IOException or TimeoutException or ProtocolException)
        {
            Note(refused.Message);
            return false;
        }
    }

    private IPEndPoint SmbOf(PublicAddress address) => new(address.Address, Cluster.Ports.Smb);
}
