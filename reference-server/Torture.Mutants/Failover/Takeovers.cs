using System.Net;
using System.Net.Sockets;
using Torture.Protocol.Takeover;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;
using Torture.ReferenceServer.Takeover;
using Torture.Requirements;

namespace Torture.Mutants.Failover;

// Only nodes that have a network stack of their own can show these defects: on loopback no address moves.

[Defect("The clients of an address's owner before are not tickled.")]
[Violates(Ctdb.ClientsTickled, Ctdb.OldConnectionsEnd)]
public sealed class NobodyTickled(AddressPlaneParts parts) : KernelAddressPlane(parts)
{
    protected override void Tickle(IPAddress address, ClientConnection connection)
    {
    }
}

[Defect("Tickles have a sequence number other than zero.")]
[Violates(Ctdb.ClientsTickled)]
public sealed class TickleNotZero(AddressPlaneParts parts) : KernelAddressPlane(parts)
{
    protected override uint TickleSequence => 0x1234_5678;
}

[Defect("Neighbours are not told of an address's new owner.")]
[Violates(Ctdb.NeighboursTold)]
public sealed class NeighboursNotTold(AddressPlaneParts parts) : KernelAddressPlane(parts)
{
    protected override void TellNeighbours(IPAddress address)
    {
    }
}

[Defect("Announcements are sent from another link address than that which they name.")]
[Violates(Ctdb.AnnouncedByOwner)]
public sealed class AnnouncedByAnother(AddressPlaneParts parts) : KernelAddressPlane(parts)
{
    private const int LastOfSource = 11;

    protected override void TellNeighbours(IPAddress address)
    {
        var frame = address.AddressFamily == AddressFamily.InterNetworkV6
            ? TakeoverFrames.NeighborAdvertisement(Link.HardwareAddress, address)
            : TakeoverFrames.GratuitousArp(Link.HardwareAddress, address, asReply: false);
        frame[LastOfSource] ^= 0x40;
        Link.SendFrame(frame);
    }
}

[Defect("A new owner is announced once instead of three times.")]
[Violates(Ctdb.AnnouncedThreeTimes)]
public sealed class AnnouncedOnce(AddressPlaneParts parts) : KernelAddressPlane(parts)
{
    protected override int Rounds => 1;
}

[Defect("An address stays on the interface of a node that has let go of it.")]
[Violates(Ctdb.OneOwnerPerAddress, Ctdb.NothingAnsweredByOldOwner, Ctdb.OwnerServesAddress)]
public sealed class AddressStays(AddressPlaneParts parts) : KernelAddressPlane(parts)
{
    /// <summary>Else the kernel would do what the node does not.</summary>
    protected override TimeSpan? Lifetime => null;

    protected override void Remove(IPAddress address)
    {
    }

    protected override ValueTask FenceAsync(
        IPAddress address, ServingPermit permit, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

[Defect("An IPv6 address that is taken does not come to the interface.")]
[Violates(Ctdb.EveryAddressServed, Ctdb.OwnerServesAddress)]
public sealed class IPv6NotAdded(AddressPlaneParts parts) : KernelAddressPlane(parts)
{
    protected override void Add(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            base.Add(address);
        }
    }

    protected override ValueTask WhenReadyAsync(IPAddress address, CancellationToken cancellationToken) =>
        address.AddressFamily == AddressFamily.InterNetwork
            ? base.WhenReadyAsync(address, cancellationToken)
            : ValueTask.CompletedTask;
}

[Defect("Nodes tell each other of their clients every twenty seconds, as CTDB does.")]
[Violates(Ctdb.ClientsTickled)]
public sealed class ClientsToldLate(ClusterConfiguration cluster, NodeEntry self, FailoverParts parts)
    : FailoverEngine(cluster, self, parts)
{
    protected override TimeSpan NewsInterval => TimeSpan.FromSeconds(20);
}

[Defect("The address is gone for a moment after each tickle: who answers it finds nobody.")]
[Violates(Ctdb.TickledClientsReset)]
public sealed class GoneAfterTheTickle(AddressPlaneParts parts) : KernelAddressPlane(parts)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time = parts.Time;

    protected override void Tickle(IPAddress address, ClientConnection connection)
    {
        base.Tickle(address, connection);
        Remove(address);
        _ = ComeBackAsync(address);
    }

    private async Task ComeBackAsync(IPAddress address)
    {
        await Task.Delay(Moment, _time);
        Add(address);
    }
}

[Defect("The kernel gets an address once, and takes it back when its time has passed.")]
[Violates(Ctdb.EveryAddressServed, Ctdb.OwnerServesAddress)]
public sealed class AddressNotKept(AddressPlaneParts parts) : KernelAddressPlane(parts)
{
    private readonly HashSet<IPAddress> _given = [];

    protected override void Add(IPAddress address)
    {
        if (_given.Add(address))
        {
            base.Add(address);
        }
    }

    protected override void Remove(IPAddress address)
    {
        _given.Remove(address);
        base.Remove(address);
    }
}
