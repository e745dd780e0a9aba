using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Torture.Protocol.Witness;
using Torture.ReferenceServer.Witness;
using Torture.Requirements;

namespace Torture.Mutants.Witness;

[Defect("Changes of an address are told to those who registered for another.")]
[Violates(Ctdb.OnlyRegisteredAreTold, House.PeersAreIsolated)]
public sealed class ChangeForEverybody(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> InterfaceChangeConcerns(
        PublicInterface entry, string networkName) => WitnessRegistrationList.All;
}

[Defect("Changes are told to the first registration for the address only.")]
[Violates(Swn.InterfaceEventQueuesChange, Ctdb.AllRegisteredAreTold)]
public sealed class ChangeForTheFirst(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> InterfaceChangeConcerns(
        PublicInterface entry, string networkName) => base.InterfaceChangeConcerns(entry, networkName).Take(1);
}

[Defect("Changes of IPv6 addresses are not told.")]
[Violates(Swn.InterfaceEventQueuesChange, Ctdb.AllRegisteredAreTold)]
public sealed class IPv6ChangesNotTold(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> InterfaceChangeConcerns(
        PublicInterface entry, string networkName) =>
        base.InterfaceChangeConcerns(entry, networkName)
            .Where(r => r.Address?.AddressFamily != AddressFamily.InterNetworkV6);
}

[Defect("Version 1 clients hear no changes.")]
[Violates(Swn.InterfaceEventQueuesChange)]
public sealed class Version1HearsNothing(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> InterfaceChangeConcerns(
        PublicInterface entry, string networkName) =>
        base.InterfaceChangeConcerns(entry, networkName).Where(IsVersion2);
}

[Defect("A newer change takes the place of the one that still waits.")]
[Violates(Swn.ChangesQueueMovesCoalesce)]
public sealed class ChangesCoalesce(NodeParts parts) : WitnessService(parts)
{
    protected override void QueueChange(WitnessRegistration registration, ChangeNotification change)
    {
        registration.PendingChangeNotifications.Clear();
        base.QueueChange(registration, change);
    }
}

[Defect("Changes are told in reverse order.")]
[Violates(Ctdb.NotificationOrderKept)]
public sealed class ChangesReversed(NodeParts parts) : WitnessService(parts)
{
    protected override void QueueChange(WitnessRegistration registration, ChangeNotification change)
    {
        base.QueueChange(registration, change);
        var reversed = registration.PendingChangeNotifications.ToArray();
        registration.PendingChangeNotifications.Clear();
        base.QueueChange(registration, reversed[^1]);
        Array.ForEach(reversed[..^1], earlier => base.QueueChange(registration, earlier));
    }
}

[Defect("Only the loss of an address is told, not its return.")]
[Violates(Swn.UnavailableThenAvailable, Ctdb.NotificationNotLost)]
public sealed class ReturnNotTold(NodeParts parts) : WitnessService(parts)
{
    protected override void QueueChange(WitnessRegistration registration, ChangeNotification change)
    {
        if (change.NewState != InterfaceState.AVAILABLE)
        {
            base.QueueChange(registration, change);
        }
    }
}

[Defect("The loss of an address is not told, only its return.")]
[Violates(Swn.UnavailableThenAvailable, Ctdb.NotificationNotLost)]
public sealed class LossNotTold(NodeParts parts) : WitnessService(parts)
{
    protected override void QueueChange(WitnessRegistration registration, ChangeNotification change)
    {
        if (change.NewState == InterfaceState.AVAILABLE)
        {
            base.QueueChange(registration, change);
        }
    }
}

[Defect("A move that was not told yet keeps the next one out.")]
[Violates(Swn.ChangesQueueMovesCoalesce)]
public sealed class FirstMoveWins(NodeParts parts) : WitnessService(parts)
{
    protected override EventOutcome Tell(
        IEnumerable<WitnessRegistration> concerned, string destination,
        Action<WitnessRegistration, MoveNotification> overwrite, bool removed = false) =>
        base.Tell(concerned.Where(r => r.PendingMoveNotification is null), destination, overwrite, removed);
}

[Defect("A client move is told to all clients.")]
[Violates(House.PeersAreIsolated)]
public sealed class ClientMoveForEverybody(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> ClientMoveConcerns(string client) =>
        WitnessRegistrationList.All;
}

[Defect("A client move is told to one registration of the client.")]
[Violates(Swn.MoveReachesClient, House.ManyClientsServed)]
public sealed class ClientMoveForOneRegistration(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> ClientMoveConcerns(string client) =>
        base.ClientMoveConcerns(client).Take(1);
}

[Defect("A client move is told to version 2 clients only.")]
[Violates(Swn.MoveReachesClient)]
public sealed class ClientMoveForVersion2(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> ClientMoveConcerns(string client) =>
        base.ClientMoveConcerns(client).Where(IsVersion2);
}

[Defect("A client move is not told.")]
[Violates(Swn.MoveReachesClient, Swn.ClientMoveDelivered)]
public sealed class ClientMoveNotTold(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> ClientMoveConcerns(string client) => [];
}

[Defect("A share move is told for any share.")]
[Violates(Swn.ShareMoveReachesClient)]
public sealed class ShareMoveForAnyShare(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> ShareMoveConcerns(string? client, string share) =>
        OfClientOrAll(client).Where(registration => registration.ShareNameNotificationRequired);
}

[Defect("A share move is told to those who named no share.")]
[Violates(Swn.ShareNotificationWanted)]
public sealed class ShareMoveWithoutShare(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> ShareMoveConcerns(string? client, string share) =>
        base.ShareMoveConcerns(client, share)
            .Concat(OfClientOrAll(client).Where(registration => !registration.ShareNameNotificationRequired));
}

[Defect("A share move of one client is told to the others on this share.")]
[Violates(Swn.ShareMoveReachesClient, House.PeersAreIsolated)]
public sealed class ShareMoveForOtherClients(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> ShareMoveConcerns(string? client, string share) =>
        base.ShareMoveConcerns(null, share);
}

[Defect("A share move is not told.")]
[Violates(Swn.ShareMoveReachesClient, Swn.ShareMoveDelivered)]
public sealed class ShareMoveNotTold(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> ShareMoveConcerns(string? client, string share) => [];
}

[Defect("Version 1 clients hear share moves and address changes.")]
[Violates(Swn.RegisterIsVersion1, Swn.ShareMoveAndIpChangeAreVersion2, Swn.ShareMoveDelivered)]
public sealed class Version1HearsEverything(NodeParts parts) : WitnessService(parts)
{
    protected override bool IsVersion2(WitnessRegistration registration) => true;

    protected override IEnumerable<WitnessRegistration> ShareMoveConcerns(string? client, string share) =>
        base.ShareMoveConcerns(client, share).Concat(Version1(client));

    protected override IEnumerable<WitnessRegistration> IPChangeConcerns(string? client) =>
        base.IPChangeConcerns(client).Concat(Version1(client));

    private IEnumerable<WitnessRegistration> Version1(string? client) =>
        OfClientOrAll(client).Where(registration => registration.WitnessClientVersion == WitnessVersion.V1);
}

[Defect("Address changes are told to those who did not ask for them.")]
[Violates(Swn.IpNotificationWanted, Swn.IpNotificationScope)]
public sealed class IPChangeWithoutFlag(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> IPChangeConcerns(string? client) =>
        client is null ? WitnessRegistrationList.All : WitnessRegistrationList.OfClient(client);
}

[Defect("Address changes of one client are told to others.")]
[Violates(House.PeersAreIsolated)]
public sealed class IPChangeForOtherClients(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> IPChangeConcerns(string? client) => base.IPChangeConcerns(null);
}

[Defect("An address change is not told.")]
[Violates(Swn.IpChangeReachesClient, Swn.IpChangeDelivered)]
public sealed class IPChangeNotTold(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> IPChangeConcerns(string? client) => [];
}

[Defect("An address that went to another node stays in the list with the old one, too.")]
[Violates(Swn.InterfaceListConsistent)]
public sealed class MovedAddressListedTwice(NodeParts parts) : WitnessService(parts)
{
    protected override PublicInterface SetInterface(
        string groupName, IReadOnlyList<IPAddress> addresses, InterfaceState state)
    {
        var known = InterfaceList.Any(e => e.GroupName == groupName && addresses.Any(e.Has));
        return known || addresses is not [var address]
            ? base.SetInterface(groupName, addresses, state)
            : Twice(base.SetInterface(groupName, addresses, state), address);
    }

    private PublicInterface Twice(PublicInterface entry, IPAddress address)
    {
        InterfaceList = AddInterface(PublicInterface.Of(View.LocalNode, InterfaceState.UNAVAILABLE, address));
        return entry;
    }
}

[Defect("Takeovers change the list, and nobody is told.")]
[Violates(Ctdb.AllRegisteredAreTold, Ctdb.NotificationNotLost, Swn.UnavailableThenAvailable)]
public sealed class TakeoverNotTold(NodeParts parts) : WitnessService(parts)
{
    protected override void InterfaceViewChanged(PublicInterface? before, PublicInterface now) =>
        SetInterface(now.GroupName, [.. new[] { now.IPv4, now.IPv6 }.OfType<IPAddress>()], now.State);
}

[Defect("A node knows of takeovers of its own addresses only.")]
[Violates(Ctdb.InterfaceListFollowsOwnership, Ctdb.InterfaceListAgrees)]
public sealed class TakeoversOfPeersMissed(NodeParts parts) : WitnessService(parts)
{
    protected override void InterfaceViewChanged(PublicInterface? before, PublicInterface now)
    {
        if (before?.GroupName == View.LocalNode || now.GroupName == View.LocalNode)
        {
            base.InterfaceViewChanged(before, now);
        }
    }
}

[Defect("Takeovers of IPv6 addresses are missed.")]
[Violates(Ctdb.InterfaceListFollowsOwnership, Ctdb.AllRegisteredAreTold)]
public sealed class IPv6TakeoversMissed(NodeParts parts) : WitnessService(parts)
{
    protected override void InterfaceViewChanged(PublicInterface? before, PublicInterface now)
    {
        if (now.IPv6 is null)
        {
            base.InterfaceViewChanged(before, now);
        }
    }
}

[Defect("Of a takeover only the return of the address is told.")]
[Violates(Swn.UnavailableThenAvailable, Ctdb.NotificationNotLost)]
public sealed class LossInTakeoverNotTold(NodeParts parts) : WitnessService(parts)
{
    protected override void InterfaceViewChanged(PublicInterface? before, PublicInterface now)
    {
        if (now.State == InterfaceState.AVAILABLE)
        {
            base.InterfaceViewChanged(before, now);
        }
        else
        {
            SetInterface(now.GroupName, [.. new[] { now.IPv4, now.IPv6 }.OfType<IPAddress>()], now.State);
        }
    }
}

[Defect("An address change that was not told yet keeps the next one out.")]
[Violates(Swn.ChangesQueueMovesCoalesce)]
public sealed class FirstIPChangeWins(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> IPChangeConcerns(string? client) =>
        base.IPChangeConcerns(client).Where(registration => registration.PendingIPNotification is null);
}

[Defect("A share move that was not told yet keeps the next one out.")]
[Violates(Swn.ChangesQueueMovesCoalesce)]
public sealed class FirstShareMoveWins(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> ShareMoveConcerns(string? client, string share) =>
        base.ShareMoveConcerns(client, share)
            .Where(registration => registration.PendingShareMoveNotification is null);
}

[Defect("Changes are told by the node alone that has the address.")]
[Violates(Swn.InterfaceEventQueuesChange)]
public sealed class OwnerAloneTells(NodeParts parts) : WitnessService(parts)
{
    protected override IEnumerable<WitnessRegistration> InterfaceChangeConcerns(
        PublicInterface entry, string networkName) =>
        IsHostedHere(entry) ? base.InterfaceChangeConcerns(entry, networkName) : [];
}
