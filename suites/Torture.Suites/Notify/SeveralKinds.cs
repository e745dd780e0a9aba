namespace Torture.Suites.Notify;

/// <summary>What happens when several kinds are pending: one a response, none lost ([MS-SWN] 3.1.4.4, A12).</summary>
[Needs(Capability.MoveClient, Capability.ChangeResource, Capability.ChangeAddress), BreaksCluster]
public sealed class SeveralKinds : Suite
{
    [Test, Verifies(Swn.OneKindPerResponse, Swn.DeliveredOnce)]
    public async Task ResourceChangeThenMoveThenIpChange()
    {
        await using var registration = await RegisterAsync(flags: RegisterFlags.WITNESS_REGISTER_IP_NOTIFICATION);
        await InjectAsync(new ChangeAddress(Client.Name, Address.Address, online: false));
        await InjectAsync(new MoveClient(Client.Name, Address.Address));
        await using var outage = await Nemesis.InjectAsync(new ChangeResource(Address, InterfaceState.UNAVAILABLE));

        NotificationKind[] order =
        [
            NotificationKind.RESOURCE_CHANGE_NOTIFICATION, NotificationKind.CLIENT_MOVE_NOTIFICATION,
            NotificationKind.IP_CHANGE_NOTIFICATION,
        ];
        foreach (var kind in order)
        {
            Check.That(Swn.OneKindPerResponse, await registration.AsyncNotifyAsync(), r => r.Kind, kind);
        }

        var again = registration.StartAsyncNotify();
        Check.That(Swn.DeliveredOnce, await ComesWithinSilenceAsync(again.Reply), false);
    }

    [Test, Verifies(Swn.OneKindPerResponse, Swn.ShareMoveDelivered)]
    [Needs(Capability.MoveShare, Capability.FailoverShare)]
    public async Task ClientMoveThenShareMove()
    {
        var share = Cluster.Shares.First(share => share.Kind == ShareKind.Failover);
        var observed = await UntilAsync(seen => seen.OwnerOf(share) is not null, $"an owner of {share}");
        await using var registration = await RegisterAsync(share: share);
        await using var outage = await Nemesis.InjectAsync(
            new MoveShare(share, Cluster.Nodes.First(node => node != observed.OwnerOf(share))));
        await InjectAsync(new MoveClient(Client.Name, Address.Address));

        var first = await registration.AsyncNotifyAsync();
        var second = await registration.AsyncNotifyAsync();

        Check.That(Swn.OneKindPerResponse, first, r => r.Kind, NotificationKind.CLIENT_MOVE_NOTIFICATION);
        Check.That(Swn.OneKindPerResponse, second, r => r.Kind, NotificationKind.SHARE_MOVE_NOTIFICATION);
        Check.That(Swn.ShareMoveDelivered, second, r => r.Kind, NotificationKind.SHARE_MOVE_NOTIFICATION);
    }

    [Test, Verifies(Swn.ConcurrentNotify)]
    public async Task TwoCallsOnOneHandleGetOneEventEach()
    {
        await using var registration = await RegisterAsync();
        var first = registration.StartAsyncNotify();
        var second = registration.StartAsyncNotify();

        await InjectAsync(new MoveClient(Client.Name, Address.Address));
        var told = await Task.WhenAny(first.Reply, second.Reply);
        var other = told == first.Reply ? second.Reply : first.Reply;

        Check.That(Swn.ConcurrentNotify, await told, r => r.Kind, NotificationKind.CLIENT_MOVE_NOTIFICATION);
        Check.That(Swn.ConcurrentNotify, await ComesWithinSilenceAsync(other), false);
        await InjectAsync(new MoveClient(Client.Name, Address.Address));
        Check.That(Swn.ConcurrentNotify, await other, r => r.Status, ERROR_SUCCESS);
    }

    private PublicAddress Address => Cluster.PublicAddresses[0];

    private async Task InjectAsync(Fault happening)
    {
        await using var outage = await Nemesis.InjectAsync(happening);
    }
}
