using System.Net.Sockets;

namespace Torture.Suites.Notify;

/// <summary>RESOURCE_CHANGE: an interface comes and goes ([MS-SWN] 3.1.6.1, 3.1.4.4).</summary>
[Needs(Capability.ChangeResource), BreaksCluster]
public sealed class ResourceChanges : Suite
{
    [Test]
    [Verifies(
        Swn.ResourceChangeDelivered, Swn.ResourceChangeEntry, Swn.InterfaceEventQueuesChange, Swn.InterfaceEventWakes)]
    public async Task UnavailableIsTold()
    {
        await using var registration = await RegisterAsync();
        var pending = registration.StartAsyncNotify();

        await using var outage = await Nemesis.InjectAsync(Unavailable);

        var reply = await pending.Reply;
        Check.That(Swn.InterfaceEventQueuesChange, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.InterfaceEventWakes, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.ResourceChangeDelivered, reply, r => r.Kind, NotificationKind.RESOURCE_CHANGE_NOTIFICATION);
        Check.That(Swn.ResourceChangeDelivered, reply, r => r.Changes.Count, 1);
        Check.That(
            Swn.ResourceChangeEntry, reply, r => r.Changes[0].ChangeType, ChangeType.RESOURCE_STATE_UNAVAILABLE);
    }

    [Test, Verifies(Swn.ResourceChangeEntry, Swn.ChangeTypes)]
    public async Task AvailableIsToldAgain()
    {
        await using var registration = await RegisterAsync();
        await using var outage = await Nemesis.InjectAsync(Unavailable);
        await registration.AsyncNotifyAsync();
        var pending = registration.StartAsyncNotify();

        await outage.HealAsync();

        var reply = await pending.Reply;
        Check.That(
            Swn.ResourceChangeEntry, reply, r => r.Changes[0].ChangeType, ChangeType.RESOURCE_STATE_AVAILABLE);
        Check.That(Swn.ChangeTypes, reply, r => r.Response!.MessageBuffer[4], (byte)1);
    }

    [Test, Verifies(Swn.ResourceChangeLayout, Swn.NotificationCounts)]
    public async Task HasExactLengths()
    {
        await using var registration = await RegisterAsync();
        await using var outage = await Nemesis.InjectAsync(Unavailable);

        var reply = await registration.AsyncNotifyAsync();

        // Length, ChangeType, the name and its terminating null.
        var length = 8 + 2 * (reply.Changes[0].ResourceName.Length + 1);
        Check.That(Swn.ResourceChangeLayout, reply, r => r.Response!.MessageBuffer.Length, length);
        Check.That(Swn.ResourceChangeLayout, reply, r => r.Response!.MessageBuffer[0], (byte)length);
        Check.That(Swn.NotificationCounts, reply, r => r.Response!.Length, (uint)length);
        Check.That(Swn.NotificationCounts, reply, r => r.Response!.NumberOfMessages, 1u);
    }

    [Test, Verifies(Swn.ResourceNameKnownToClient, Swn.InterfaceEventQueuesChange)]
    public async Task NamesWhatTheClientKnows()
    {
        await using var registration = await RegisterAsync();
        var list = await registration.Connection.GetInterfaceListAsync();
        await using var outage = await Nemesis.InjectAsync(Unavailable);

        var reply = await registration.AsyncNotifyAsync();

        Check.That(
            Swn.InterfaceEventQueuesChange, reply, r => r.Kind, NotificationKind.RESOURCE_CHANGE_NOTIFICATION);

        // The net name, the registered address, or a group name that this client was given (A10).
        string[] known =
        [
            Cluster.NetName, registration.Request.IpAddress!, .. list.Interfaces.Select(entry => entry.GroupName),
        ];
        Check.Holds(
            Swn.ResourceNameKnownToClient,
            known.Contains(reply.Changes[0].ResourceName, StringComparer.OrdinalIgnoreCase),
            $"one of {string.Join(", ", known)}", reply.Changes[0].ResourceName);
    }

    [Test, Verifies(Swn.EventBeforeCallDelivered, Swn.DeliveredOnce)]
    public async Task IsKeptUntilTheFirstPollAndToldOnce()
    {
        await using var registration = await RegisterAsync();
        await using var outage = await Nemesis.InjectAsync(Unavailable);

        var reply = await registration.AsyncNotifyAsync();
        var again = registration.StartAsyncNotify();

        Check.That(
            Swn.EventBeforeCallDelivered, reply, r => r.Kind, NotificationKind.RESOURCE_CHANGE_NOTIFICATION);
        Check.That(Swn.DeliveredOnce, reply, r => r.Changes.Count, 1);
        Check.That(Swn.DeliveredOnce, await ComesWithinSilenceAsync(again.Reply), false);
    }

    [Test, Verifies(Swn.ChangesQueueMovesCoalesce, Swn.ResourceChangeDelivered, Ctdb.NotificationOrderKept)]
    public async Task SeveralChangesComeTogetherInTheirOrder()
    {
        await using var registration = await RegisterAsync();
        await using (await Nemesis.InjectAsync(Unavailable))
        {
        }

        var reply = await registration.AsyncNotifyAsync();

        // A product may send one entry a response; none may be lost.
        var seen = reply.Changes.Select(change => change.ChangeType).ToList();
        if (seen.Count == 1)
        {
            seen.AddRange((await registration.AsyncNotifyAsync()).Changes.Select(change => change.ChangeType));
        }

        Check.That(Swn.ChangesQueueMovesCoalesce, seen.Count, 2);
        Check.That(Ctdb.NotificationOrderKept, seen.FirstOrDefault(), ChangeType.RESOURCE_STATE_UNAVAILABLE);
        Check.That(Ctdb.NotificationOrderKept, seen.LastOrDefault(), ChangeType.RESOURCE_STATE_AVAILABLE);
        Check.That(Swn.ResourceChangeDelivered, reply, r => r.Changes.Count, 2, tolerated: 1);
    }

    [Test, Verifies(Swn.InterfaceEventQueuesChange, House.PeersAreIsolated)]
    public async Task ARegistrationForAnotherAddressHearsNothing()
    {
        var witness = await WitnessForAsync(Cluster.PublicAddresses[0], Cluster.PublicAddresses[1]);
        await using var mine = await RegisterAsync(address: Cluster.PublicAddresses[0], on: witness);
        await using var other = await RegisterAsync(address: Cluster.PublicAddresses[1], on: witness);
        var silent = other.StartAsyncNotify();

        await using var outage = await Nemesis.InjectAsync(Unavailable);

        Check.That(Swn.InterfaceEventQueuesChange, await mine.AsyncNotifyAsync(), r => r.Status, ERROR_SUCCESS);
        Check.That(House.PeersAreIsolated, await IsToldWithinSilenceAsync(silent.Reply), false);
    }

    [Test, Verifies(Swn.InterfaceEventQueuesChange, Ctdb.AllRegisteredAreTold)]
    public async Task EveryClientOfTheAddressHearsIt()
    {
        await using var mine = await RegisterAsync();
        await using var theirs = await RegisterAsync(client: AnotherClient());
        await using var version1 = await RegisterAsync(version: WitnessVersion.V1);

        await using var outage = await Nemesis.InjectAsync(Unavailable);

        foreach (var registration in new[] { mine, theirs, version1 })
        {
            var reply = await registration.AsyncNotifyAsync();
            Check.That(Swn.InterfaceEventQueuesChange, reply, r => r.Changes.Count, 1);
            Check.That(
                Ctdb.AllRegisteredAreTold, reply, r => r.Changes[0].ChangeType,
                ChangeType.RESOURCE_STATE_UNAVAILABLE);
        }
    }

    [Test, Verifies(Swn.InterfaceEventQueuesChange)]
    public async Task RegistrationsOnEveryNodeHearIt()
    {
        var registrations = new List<Registration>();
        foreach (var node in Cluster.Nodes)
        {
            registrations.Add(await RegisterAsync(on: node));
        }

        await using var outage = await Nemesis.InjectAsync(Unavailable);

        foreach (var registration in registrations)
        {
            await using (registration)
            {
                Check.That(
                    Swn.InterfaceEventQueuesChange, await registration.AsyncNotifyAsync(), r => r.Changes.Count, 1);
            }
        }
    }

    [Test, Verifies(Swn.InterfaceEventQueuesChange, Ctdb.AllRegisteredAreTold), Needs(Capability.IPv6)]
    public async Task ARegistrationForAnIpv6AddressHearsIt()
    {
        var address = Cluster.PublicAddresses
            .First(candidate => candidate.Address.AddressFamily == AddressFamily.InterNetworkV6);
        await using var registration = await RegisterAsync(address);
        await using var outage = await Nemesis.InjectAsync(new ChangeResource(address, InterfaceState.UNAVAILABLE));

        var reply = await registration.AsyncNotifyAsync();

        Check.That(Swn.InterfaceEventQueuesChange, reply, r => r.Changes.Count, 1);
        Check.That(
            Ctdb.AllRegisteredAreTold, reply, r => r.Changes[0].ChangeType, ChangeType.RESOURCE_STATE_UNAVAILABLE);
    }

    [Test]
    [Verifies(
        Swn.InterfaceEventSetsState, Swn.InterfaceStateReported, Swn.InterfaceStates, Swn.GetInterfaceListSucceeds)]
    public async Task TheInterfaceListSaysUnavailable()
    {
        await using var witness = await ConnectAsync(Cluster.Nodes[0]);
        await using var outage = await Nemesis.RequestAsync(Unavailable);

        var during = await witness.GetInterfaceListAsync();
        await outage.HealAsync();
        var after = await AskUntilAsync(
            witness.GetInterfaceListAsync, list => StateIn(list) == InterfaceState.AVAILABLE);

        Check.That(Swn.GetInterfaceListSucceeds, during, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.InterfaceEventSetsState, StateIn(during), InterfaceState.UNAVAILABLE);
        Check.That(Swn.InterfaceStateReported, StateIn(during), InterfaceState.UNAVAILABLE);
        Check.That(Swn.InterfaceStates, (ushort?)StateIn(during), (ushort)0xFF);
        Check.That(Swn.InterfaceEventSetsState, StateIn(after), InterfaceState.AVAILABLE);
        Check.That(Swn.InterfaceStateReported, StateIn(after), InterfaceState.AVAILABLE);
    }

    private PublicAddress Address => Cluster.PublicAddresses[0];

    private ChangeResource Unavailable => new(Address, InterfaceState.UNAVAILABLE);

    private InterfaceState? StateIn(InterfaceListReply list) =>
        list.Interfaces.FirstOrDefault(entry => entry.IPv4.Equals(Address.Address))?.State;
}
