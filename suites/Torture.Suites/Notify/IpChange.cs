namespace Torture.Suites.Notify;

/// <summary>IP_CHANGE: an address was added, removed, enabled or disabled ([MS-SWN] 3.1.6.4, 3.1.4.4).</summary>
[Needs(Capability.ChangeAddress)]
public sealed class IpChange : Suite
{
    private const RegisterFlags IpNotification = RegisterFlags.WITNESS_REGISTER_IP_NOTIFICATION;

    [Test, Verifies(Swn.IpChangeDelivered, Swn.IpChangeReachesClient, Swn.IpNotificationWanted)]
    public async Task IsToldToThoseWhoAskedForIt()
    {
        await using var registration = await RegisterAsync(flags: IpNotification);
        var pending = registration.StartAsyncNotify();

        await ChangeAsync(online: true);

        var reply = await pending.Reply;
        Check.That(Swn.IpNotificationWanted, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.IpChangeDelivered, reply, r => r.Kind, NotificationKind.IP_CHANGE_NOTIFICATION);
        Check.That(Swn.IpChangeReachesClient, reply, r => r.Addresses[0].Address, Cluster.PublicAddresses[0].Address);
    }

    [Test, Verifies(Swn.IpChangeDelivered, Swn.AddressInfoFlags, Swn.OneFamilyPerAddressInfo)]
    public async Task AnAvailableAddressIsNotOffline()
    {
        await using var registration = await RegisterAsync(flags: IpNotification);
        await ChangeAsync(online: true);

        var reply = await registration.AsyncNotifyAsync();

        const AddressFlags families = AddressFlags.IPADDR_V4 | AddressFlags.IPADDR_V6;
        Check.That(Swn.IpChangeDelivered, reply, r => r.Addresses.Count, 1);
        Check.That(
            Swn.AddressInfoFlags, reply, r => r.Addresses[0].Flags & AddressFlags.IPADDR_OFFLINE, AddressFlags.None);
        Check.That(
            Swn.OneFamilyPerAddressInfo, reply, r => r.Addresses[0].Flags & families, AddressFlags.IPADDR_V4);
    }

    [Test, Verifies(Swn.IpChangeDelivered, Swn.AddressInfoFlags)]
    [Needs(Capability.ChangeResource), BreaksCluster]
    public async Task AnUnavailableAddressIsNotOnline()
    {
        var other = Cluster.PublicAddresses[1];
        await using var registration = await RegisterAsync(address: other, flags: IpNotification);
        await using var outage = await Nemesis.InjectAsync(
            new ChangeResource(Cluster.PublicAddresses[0], InterfaceState.UNAVAILABLE));
        await ChangeAsync(online: false);

        var reply = await registration.AsyncNotifyAsync();

        Check.That(Swn.IpChangeDelivered, reply, r => r.Kind, NotificationKind.IP_CHANGE_NOTIFICATION);
        Check.That(
            Swn.AddressInfoFlags, reply, r => r.Addresses[0].Flags & AddressFlags.IPADDR_ONLINE, AddressFlags.None);
    }

    [Test, Verifies(Swn.IpNotificationWanted, Swn.IpNotificationScope)]
    public async Task NobodyWithoutTheFlagHearsIt()
    {
        await using var wanting = await RegisterAsync(flags: IpNotification);
        await using var registration = await RegisterAsync(on: wanting.Node);
        var silent = registration.StartAsyncNotify();

        await ChangeAsync(online: false);

        Check.That(Swn.IpNotificationWanted, await wanting.AsyncNotifyAsync(), r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.IpNotificationWanted, await ComesWithinSilenceAsync(silent.Reply), false);
        Check.That(Swn.IpNotificationScope, silent.Reply.IsCompleted, false);
    }

    [Test, Verifies(Swn.ShareMoveAndIpChangeAreVersion2, Swn.RegisterIsVersion1)]
    public async Task NoVersion1ClientHearsIt()
    {
        await using var version2 = await RegisterAsync(flags: IpNotification);
        await using var registration = await RegisterAsync(on: version2.Node, version: WitnessVersion.V1);
        var silent = registration.StartAsyncNotify();

        await ChangeAsync(online: false);

        Check.That(
            Swn.ShareMoveAndIpChangeAreVersion2, await version2.AsyncNotifyAsync(), r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.ShareMoveAndIpChangeAreVersion2, await ComesWithinSilenceAsync(silent.Reply), false);
        Check.That(Swn.RegisterIsVersion1, silent.Reply.IsCompleted, false);
    }

    [Test, Verifies(Swn.IpNotificationScope, Swn.IpChangeReachesClient)]
    public async Task AnAddressThatIsNotTheRegisteredOneIsToldToo()
    {
        await using var registration = await RegisterAsync(address: Cluster.PublicAddresses[1], flags: IpNotification);
        await ChangeAsync(online: false);

        var reply = await registration.AsyncNotifyAsync();

        Check.That(Swn.IpNotificationScope, reply, r => r.Kind, NotificationKind.IP_CHANGE_NOTIFICATION);
        Check.That(Swn.IpChangeReachesClient, reply, r => r.Addresses[0].Address, Cluster.PublicAddresses[0].Address);
    }

    [Test, Verifies(Swn.IpChangeReachesClient, House.PeersAreIsolated)]
    public async Task AnotherClientHearsNothing()
    {
        var other = AnotherClient();
        await using var theirs = await RegisterAsync(client: other, flags: IpNotification);
        await using var mine = await RegisterAsync(flags: IpNotification);
        var silent = theirs.StartAsyncNotify();

        await ChangeAsync(online: false);

        Check.That(Swn.IpChangeReachesClient, await mine.AsyncNotifyAsync(), r => r.Status, ERROR_SUCCESS);
        Check.That(House.PeersAreIsolated, await IsToldWithinSilenceAsync(silent.Reply), false);
    }

    [Test, Verifies(Swn.ChangesQueueMovesCoalesce, Swn.DeliveredOnce)]
    public async Task TheLaterOfTwoReplacesTheEarlier()
    {
        await using var registration = await RegisterAsync(flags: IpNotification);
        await ChangeAsync(online: false);
        await ChangeAsync(online: true, Cluster.PublicAddresses[1]);

        var reply = await registration.AsyncNotifyAsync();
        var again = registration.StartAsyncNotify();

        Check.That(Swn.ChangesQueueMovesCoalesce, reply, r => r.Addresses.Count, 1);
        Check.That(
            Swn.ChangesQueueMovesCoalesce, reply, r => r.Addresses[0].Address, Cluster.PublicAddresses[1].Address);
        Check.That(Swn.DeliveredOnce, await ComesWithinSilenceAsync(again.Reply), false);
    }

    [Test, Verifies(Swn.AddressListNotEmpty), Needs(Capability.DisableNode, Capability.ThreeNodes), BreaksCluster]
    public async Task AGroupWithoutAddressesIsNotTold()
    {
        var node = await OwnerOfAsync(Cluster.PublicAddresses[0]);
        await using var outage = await Nemesis.InjectAsync(new DisableNode(node));
        var witness = Cluster.Nodes.First(other => other != node);
        await UntilAsync(
            seen => Cluster.PublicAddresses.All(address => seen.OwnerOf(address) is { } owner && owner != node),
            $"every address is with another node than {node}");
        await using var connection = await ConnectAsync(witness);
        // What the witness has still to hear of these moves it would tell, too.
        await AskUntilAsync(connection.GetInterfaceListAsync, list => list.Interfaces.All(
            entry => entry.State == InterfaceState.AVAILABLE && entry.GroupName != node.Name));
        await using var registration = await RegisterAsync(over: connection, flags: IpNotification);
        var silent = registration.StartAsyncNotify();

        await using var change = await Nemesis.InjectAsync(new ChangeAddress(Client.Name, node.Name, Online: true));

        Check.That(Swn.AddressListNotEmpty, await ComesWithinSilenceAsync(silent.Reply), false);
    }

    private async Task ChangeAsync(bool online, PublicAddress? address = null)
    {
        await using var outage = await Nemesis.InjectAsync(
            new ChangeAddress(Client.Name, (address ?? Cluster.PublicAddresses[0]).Address, online));
    }
}
