using System.Net;
using System.Net.Sockets;
using Torture.Protocol.Smb2;

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

    /// <summary>A client of SMB at an address.</summary>
    /// <param name="patience">How long an answer may take.</param>
    /// <param name="from">Null: the case's own client.</param>
    protected async Task<Smb2Client> NegotiateAsync(PublicAddress address, TimeSpan patience, CaseClient? from = null)
    {
        var connection = await OpenAsync(new IPEndPoint(address.Address, Cluster.Ports.Smb), from);
        var options = new Smb2ClientOptions(Time, new Random(Random.Next())) { Timeout = patience };
        return await Smb2Client.NegotiateAsync(connection.Stream, options, Deadline);
    }

    /// <summary>The server that does what a client at the address wants; null: nobody does.</summary>
    protected async Task<Guid?> ServerAtAsync(PublicAddress address)
    {
        try
        {
            await using var smb = await NegotiateAsync(address, Cluster.Limits.Call);
            return (await smb.EchoAsync(Deadline)).Outcome == Smb2Outcome.Ok ? smb.ServerGuid : null;
        }
        catch (Exception refused) when (refused is IOException or TimeoutException or ProtocolException)
        {
            Note($"{address}: {refused.Message}");
            return null;
        }
    }
}
