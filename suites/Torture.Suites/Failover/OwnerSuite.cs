using System.Net.Sockets;

namespace Torture.Suites.Failover;

/// <summary>Cases about the owner of an address.</summary>
public abstract class OwnerSuite : Suite
{
    /// <summary>
    /// An address and the owner that is to be lost. Where a frozen leader keeps the lock the cluster stalls (CTDB-028):
    /// there it is the owner of another address that is lost.
    /// </summary>
    protected async Task<(PublicAddress Address, Node Owner)> OwnedAddressAsync(
        AddressFamily family = AddressFamily.InterNetwork)
    {
        var leader = Cluster.Capabilities.Has(Capability.StallRecoveryLock) ? await LeaderAsync() : null;
        var seen = await UntilAsync(seen => Find(seen) is not null, "an address whose owner does not lead");
        var address = Find(seen)!;
        return (address, seen.OwnerOf(address)!);

        PublicAddress? Find(ClusterObservation seen) => Cluster.PublicAddresses
            .Where(address => address.Address.AddressFamily == family)
            .Take(leader is null ? 1 : int.MaxValue)
            .FirstOrDefault(address => seen.OwnerOf(address) is { } owner && owner != leader);
    }
}
