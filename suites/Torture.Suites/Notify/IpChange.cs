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

    [TestCase(true, TestName = "AddedAddressIsNotOffline")]
    [TestCase(false, TestName = "RemovedAddressIsNotOnline")]
    [Verifies(Swn.IpChangeDelivered, Swn.AddressInfoFlags, Swn.OneFamilyPerAddressInfo)]
    public async Task FlagsTellTheTruth(bool online)
    {
        await using var registration = await RegisterAsync(flags: IpNotification);
        await ChangeAsync(online);

        var reply = await registration.AsyncNotifyAsync();

        var wrong = online ? AddressFlags.IPADDR_OFFLINE : AddressFlags.IPADDR_ONLINE;
        const AddressFlags families = AddressFlags.IPADDR_V4 | AddressFlags.IPADDR_V6;
        Check.That(Swn.IpChangeDelivered, reply, r => r.Addresses.Count, 1);
        Check.That(Swn.AddressInfoFlags, reply.Addresses[0].Flags & wrong, AddressFlags.None);
        Check.Holds(
            Swn.OneFamilyPerAddressInfo, (reply.Addresses[0].Flags & families) != families, "one family",
            reply.Addresses[0].Flags.ToString());
    }

    [Test, Verifies(Swn.IpNotificationWanted, Swn.IpNotificationScope)]
    public async Task NobodyWithoutTheFlagHearsIt()
    {
        await using var registration = await RegisterAsync();
        var silent = registration.StartAsyncNotify();

        await ChangeAsync(online: false);

        Check.That(Swn.IpNotificationWanted, await ComesWithinSilenceAsync(silent.Reply), false);
        Check.That(Swn.IpNotificationScope, silent.Reply.IsCompleted, false);
    }

    [Test, Verifies(Swn.ShareMoveAndIpChangeAreVersion2, Swn.RegisterIsVersion1)]
    public async Task NoVersion1ClientHearsIt()
    {
        await using var registration = await RegisterAsync(version: WitnessVersion.V1);
        var silent = registration.StartAsyncNotify();

        await ChangeAsync(online: false);

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
        Check.That(House.PeersAreIsolated, await ComesWithinSilenceAsync(silent.Reply), false);
    }

    [Test, Verifies(Swn.ChangesQueueMovesCoalesce, Swn.DeliveredOnce)]
    public async Task TheLaterOfTwoReplacesTheEarlier()
    {
        await using var registration = await RegisterAsync(flags: IpNotification);
        await ChangeAsync(online: false);
        await ChangeAsync(online: true);

        var reply = await registration.AsyncNotifyAsync();
        var again = registration.StartAsyncNotify();

        Check.Holds(
            Swn.ChangesQueueMovesCoalesce, !reply.Addresses[0].Flags.HasFlag(AddressFlags.IPADDR_OFFLINE),
            "the later, online", reply.Addresses[0].Flags.ToString());
        Check.That(Swn.DeliveredOnce, await ComesWithinSilenceAsync(again.Reply), false);
    }

    private async Task ChangeAsync(bool online)
    {
        await using var outage = await Nemesis.InjectAsync(
            new ChangeAddress(Client.Name, Cluster.PublicAddresses[0].Address, online));
    }
}
