namespace Torture.Suites.Notify;

/// <summary>SHARE_MOVE: a share gets another owner ([MS-SWN] 3.1.6.3, 3.1.4.4).</summary>
[Needs(Capability.MoveShare, Capability.FailoverShare), BreaksCluster]
public sealed class ShareMove : Suite
{
    [Test, Verifies(Swn.ShareMoveDelivered, Swn.ShareMoveReachesClient, Swn.ShareNotificationWanted)]
    public async Task IsToldToThoseWhoRegisteredTheShare()
    {
        await using var registration = await RegisterAsync(share: Share);
        var pending = registration.StartAsyncNotify();

        await using var outage = await Nemesis.InjectAsync(await MoveAsync());

        var reply = await pending.Reply;
        Check.That(Swn.ShareMoveReachesClient, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.ShareMoveDelivered, reply, r => r.Kind, NotificationKind.SHARE_MOVE_NOTIFICATION);
        Check.Holds(Swn.ShareNotificationWanted, reply, r => r.Addresses.Count > 0, "an address to go to");
    }

    [Test, Verifies(Swn.ShareMoveDelivered, Swn.AddressListReservedZero, Swn.NotificationCounts)]
    public async Task NamesTheAddressesOfTheNewOwner()
    {
        await using var registration = await RegisterAsync(share: Share);
        var move = await MoveAsync();
        await using var outage = await Nemesis.InjectAsync(move);
        var observed = await Cluster.ObserveAsync(Deadline);

        var reply = await registration.AsyncNotifyAsync();

        var expected = observed.Of(move.To).Owned.Select(address => address.Address).ToHashSet();
        Check.Holds(
            Swn.ShareMoveDelivered, expected.SetEquals(reply.Addresses.Select(address => address.Address!)),
            string.Join(", ", expected), string.Join(", ", reply.Addresses.Select(address => address.Address)));
        Check.That(Swn.AddressListReservedZero, reply, r => r.Response!.MessageBuffer[4], (byte)0);
        Check.That(Swn.NotificationCounts, reply, r => r.Response!.NumberOfMessages, 1u);
    }

    [Test, Verifies(Swn.ShareNotificationWanted, Swn.ShareMoveReachesClient)]
    public async Task NobodyWithoutAShareHearsIt()
    {
        await using var wanting = await RegisterAsync(share: Share);
        await using var registration = await RegisterAsync(on: wanting.Node);
        var silent = registration.StartAsyncNotify();

        await using var outage = await Nemesis.InjectAsync(await MoveAsync());

        Check.That(Swn.ShareMoveReachesClient, await wanting.AsyncNotifyAsync(), r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.ShareNotificationWanted, await IsToldWithinSilenceAsync(silent.Reply), false);
    }

    [Test, Verifies(Swn.ShareMoveReachesClient), Needs(Capability.ScaleOutShare)]
    public async Task NobodyWithAnotherShareHearsIt()
    {
        var other = Cluster.Shares.First(share => share.Kind == ShareKind.ScaleOut);
        await using var concerned = await RegisterAsync(share: Share);
        await using var registration = await RegisterAsync(on: concerned.Node, share: other);
        var silent = registration.StartAsyncNotify();

        await using var outage = await Nemesis.InjectAsync(await MoveAsync());

        Check.That(Swn.ShareMoveReachesClient, await concerned.AsyncNotifyAsync(), r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.ShareMoveReachesClient, await IsToldWithinSilenceAsync(silent.Reply), false);
    }

    [Test, Verifies(Swn.ShareMoveAndIpChangeAreVersion2, Swn.RegisterIsVersion1, Swn.ShareMoveDelivered)]
    public async Task NoVersion1ClientHearsIt()
    {
        await using var version2 = await RegisterAsync(share: Share);
        await using var registration = await RegisterAsync(on: version2.Node, version: WitnessVersion.V1);
        var silent = registration.StartAsyncNotify();

        await using var outage = await Nemesis.InjectAsync(await MoveAsync());

        Check.That(Swn.ShareMoveDelivered, await version2.AsyncNotifyAsync(), r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.ShareMoveAndIpChangeAreVersion2, await IsToldWithinSilenceAsync(silent.Reply), false);
        Check.That(Swn.RegisterIsVersion1, silent.Reply.IsCompleted, false);
        Check.That(Swn.ShareMoveDelivered, silent.Reply.IsCompleted, false);
    }

    [Test, Verifies(Swn.ShareMoveReachesClient, House.PeersAreIsolated)]
    public async Task OfOneClientIsToldToNoOther()
    {
        var other = AnotherClient();
        await using var mine = await RegisterAsync(share: Share);
        await using var theirs = await RegisterAsync(on: mine.Node, share: Share, client: other);
        var silent = theirs.StartAsyncNotify();
        var move = await MoveAsync();

        await using var outage = await Nemesis.InjectAsync(new TellShareMove(Client.Name, move.Share, move.To));

        Check.That(Swn.ShareMoveReachesClient, await mine.AsyncNotifyAsync(), r => r.Status, ERROR_SUCCESS);
        var isTold = await IsToldWithinSilenceAsync(silent.Reply);
        Check.That(Swn.ShareMoveReachesClient, isTold, false);
        Check.That(House.PeersAreIsolated, isTold, false);
    }

    [Test, Verifies(Swn.EventBeforeCallDelivered, Swn.DeliveredOnce)]
    public async Task IsKeptUntilTheFirstPollAndToldOnce()
    {
        await using var registration = await RegisterAsync(share: Share);
        await using var outage = await Nemesis.InjectAsync(await MoveAsync());

        var reply = await registration.AsyncNotifyAsync();
        var again = registration.StartAsyncNotify();

        Check.That(Swn.EventBeforeCallDelivered, reply, r => r.Kind, NotificationKind.SHARE_MOVE_NOTIFICATION);
        Check.That(Swn.DeliveredOnce, await ComesWithinSilenceAsync(again.Reply), false);
    }

    [Test, Verifies(Swn.ChangesQueueMovesCoalesce)]
    public async Task TheWayBackReplacesTheWayThere()
    {
        await using var registration = await RegisterAsync(share: Share);
        var move = await MoveAsync();
        await using (await Nemesis.InjectAsync(move))
        {
        }

        var there = (await Cluster.ObserveAsync(Deadline)).Of(move.To).Owned.Select(address => address.Address);
        var reply = await registration.AsyncNotifyAsync();
        var again = registration.StartAsyncNotify();

        Check.That(Swn.ChangesQueueMovesCoalesce, reply, r => r.Kind, NotificationKind.SHARE_MOVE_NOTIFICATION);
        Check.Holds(
            Swn.ChangesQueueMovesCoalesce,
            !there.ToHashSet().Overlaps(reply.Addresses.Select(address => address.Address!)),
            $"nothing of {move.To}", string.Join(", ", reply.Addresses.Select(address => address.Address)));
        Check.That(Swn.ChangesQueueMovesCoalesce, await ComesWithinSilenceAsync(again.Reply), false);
    }

    private Share Share => Cluster.Shares.First(share => share.Kind == ShareKind.Failover);

    private async Task<MoveShare> MoveAsync()
    {
        var observed = await UntilAsync(seen => seen.OwnerOf(Share) is not null, $"an owner of {Share}");
        return new MoveShare(Share, Cluster.Nodes.First(node => node != observed.OwnerOf(Share)));
    }
}
