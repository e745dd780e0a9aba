using System.Net.Sockets;

namespace Torture.Suites.Notify;

/// <summary>CLIENT_MOVE: an administrator asks a client to go elsewhere ([MS-SWN] 3.1.6.2, 3.1.4.4).</summary>
[Needs(Capability.MoveClient)]
public sealed class ClientMove : Suite
{
    [Test]
    [Verifies(
        Swn.ClientMoveDelivered, Swn.ClientMoveAddresses, Swn.MoveReachesClient, Swn.AsyncNotifyWaits,
        Swn.MessageTypes)]
    public async Task IsToldToAPendingCall()
    {
        await using var registration = await RegisterAsync();
        var pending = registration.StartAsyncNotify();

        await MoveAsync(Client, Destination);

        var reply = await pending.Reply;
        Check.That(Swn.AsyncNotifyWaits, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(
            Swn.MessageTypes, reply, r => r.Response!.MessageType, NotificationKind.CLIENT_MOVE_NOTIFICATION);
        Check.That(Swn.ClientMoveDelivered, reply, r => r.Kind, NotificationKind.CLIENT_MOVE_NOTIFICATION);
        Check.That(Swn.MoveReachesClient, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(Swn.ClientMoveAddresses, reply, r => r.Addresses.Count, 1);
        Check.That(Swn.ClientMoveAddresses, reply, r => r.Addresses[0].Address, Destination.Address);
    }

    [Test, Verifies(Swn.AddressListLength, Swn.AddressListReservedZero, Swn.NotificationCounts)]
    public async Task HasExactLengths()
    {
        await using var registration = await RegisterAsync();
        await MoveAsync(Client, Destination);

        var reply = await registration.AsyncNotifyAsync();

        // Length, Reserved, IPAddrInstances and one IPADDR_INFO of 24 bytes.
        Check.That(Swn.NotificationCounts, reply, r => r.Response!.Length, 36u);
        Check.That(Swn.NotificationCounts, reply, r => r.Response!.NumberOfMessages, 1u);
        Check.That(Swn.AddressListLength, reply, r => r.Response!.MessageBuffer.Length, 36);
        Check.That(Swn.AddressListLength, reply, r => r.Response!.MessageBuffer[0], (byte)36);
        Check.That(Swn.AddressListReservedZero, reply, r => r.Response!.MessageBuffer[4], (byte)0);
    }

    [Test]
    [Verifies(
        Swn.ClientMoveFamilyFlags, Swn.ClientMoveOnlineFlags, Swn.OneFamilyPerAddressInfo, Swn.AddressInfoLayout)]
    public async Task AnAvailableDestinationIsOnline()
    {
        await using var registration = await RegisterAsync();
        await MoveAsync(Client, Destination);

        var reply = await registration.AsyncNotifyAsync();

        Check.That(Swn.AddressInfoLayout, reply, r => r.Addresses[0].Address, Destination.Address);
        Check.That(
            Swn.ClientMoveOnlineFlags, reply, r => r.Addresses[0].Flags,
            AddressFlags.IPADDR_V4 | AddressFlags.IPADDR_ONLINE);
        Check.That(
            Swn.ClientMoveFamilyFlags, reply, r => r.Addresses[0].Flags & AddressFlags.IPADDR_V4,
            AddressFlags.IPADDR_V4);
        Check.That(
            Swn.OneFamilyPerAddressInfo, reply, r => r.Addresses[0].Flags & AddressFlags.IPADDR_V6, AddressFlags.None);
    }

    [Test, Verifies(Swn.ClientMoveOnlineFlags), Needs(Capability.ChangeResource), BreaksCluster]
    public async Task AnUnavailableDestinationIsNotOnline()
    {
        await using var registration = await RegisterAsync(address: Cluster.PublicAddresses[1]);
        await using var outage = await Nemesis.InjectAsync(
            new ChangeResource(Cluster.PublicAddresses[0], InterfaceState.UNAVAILABLE));
        await MoveAsync(Client, Cluster.PublicAddresses[0]);

        var reply = await registration.AsyncNotifyAsync();

        Check.That(
            Swn.ClientMoveOnlineFlags, reply, r => r.Addresses[0].Flags & AddressFlags.IPADDR_ONLINE,
            AddressFlags.None);
    }

    [Test, Verifies(Swn.ClientMoveFamilyFlags, Swn.AddressInfoLayout), Needs(Capability.IPv6)]
    public async Task ToAnIpv6Address()
    {
        var destination = OfFamily(AddressFamily.InterNetworkV6);
        await using var registration = await RegisterAsync();
        await MoveAsync(Client, destination);

        var reply = await registration.AsyncNotifyAsync();

        Check.That(Swn.AddressInfoLayout, reply, r => r.Addresses[0].Address, destination.Address);
        Check.That(
            Swn.ClientMoveFamilyFlags, reply, r => r.Addresses[0].Flags,
            AddressFlags.IPADDR_V6 | AddressFlags.IPADDR_ONLINE);
    }

    [Test, Verifies(Swn.ClientMoveAddresses, Swn.AddressListLength)]
    public async Task ToSeveralAddresses()
    {
        var group = (await Cluster.ObserveAsync(Deadline)).Nodes.MaxBy(node => node.Owned.Count)!;
        var destinations = group.Owned.Select(address => address.Address).ToList();
        await using var registration = await RegisterAsync();
        await using var outage = await Nemesis.InjectAsync(new MoveClient(Client.Name, group.Node));

        var reply = await registration.AsyncNotifyAsync();

        Check.That(Swn.ClientMoveAddresses, reply, r => r.Addresses.Count, destinations.Count);
        Check.That(Swn.AddressListLength, reply, r => r.Response!.Length, (uint)(12 + 24 * destinations.Count));
        Check.Holds(
            Swn.ClientMoveAddresses, destinations.ToHashSet().SetEquals(reply.Addresses.Select(a => a.Address!)),
            string.Join(", ", destinations), string.Join(", ", reply.Addresses.Select(a => a.Address)));
    }

    [Test, Verifies(Swn.EventBeforeCallDelivered)]
    public async Task IsKeptUntilTheFirstPoll()
    {
        await using var registration = await RegisterAsync();
        await MoveAsync(Client, Destination);

        var reply = await registration.AsyncNotifyAsync();

        Check.That(Swn.EventBeforeCallDelivered, reply, r => r.Kind, NotificationKind.CLIENT_MOVE_NOTIFICATION);
    }

    [Test, Verifies(Swn.EventBeforeCallDelivered)]
    public async Task IsKeptBetweenTwoPolls()
    {
        await using var registration = await RegisterAsync();
        await MoveAsync(Client, Destination);
        await registration.AsyncNotifyAsync();
        await MoveAsync(Client, OtherDestination);

        var reply = await registration.AsyncNotifyAsync();

        Check.That(
            Swn.EventBeforeCallDelivered, reply, r => r.Addresses[0].Address, OtherDestination.Address);
    }

    [Test, Verifies(Swn.DeliveredOnce)]
    public async Task IsToldOnce()
    {
        await using var registration = await RegisterAsync();
        await MoveAsync(Client, Destination);
        await registration.AsyncNotifyAsync();

        var again = registration.StartAsyncNotify();

        Check.That(Swn.DeliveredOnce, await ComesWithinSilenceAsync(again.Reply), false);
    }

    [Test, Verifies(Swn.ChangesQueueMovesCoalesce)]
    public async Task TheLaterOfTwoReplacesTheEarlier()
    {
        await using var registration = await RegisterAsync();
        await MoveAsync(Client, Destination);
        await MoveAsync(Client, OtherDestination);

        var reply = await registration.AsyncNotifyAsync();
        var again = registration.StartAsyncNotify();

        Check.That(Swn.ChangesQueueMovesCoalesce, reply, r => r.Addresses.Count, 1);
        Check.That(Swn.ChangesQueueMovesCoalesce, reply, r => r.Addresses[0].Address, OtherDestination.Address);
        Check.That(Swn.ChangesQueueMovesCoalesce, await ComesWithinSilenceAsync(again.Reply), false);
    }

    [Test, Verifies(Swn.MoveReachesClient, House.PeersAreIsolated)]
    public async Task AnotherClientHearsNothing()
    {
        var other = AnotherClient();
        await using var mine = await RegisterAsync();
        await using var theirs = await RegisterAsync(client: other);
        var silent = theirs.StartAsyncNotify();

        await MoveAsync(Client, Destination);

        var reply = await mine.AsyncNotifyAsync();
        Check.That(Swn.MoveReachesClient, reply, r => r.Status, ERROR_SUCCESS);
        Check.That(House.PeersAreIsolated, await IsToldWithinSilenceAsync(silent.Reply), false);
    }

    [Test, Verifies(Swn.MoveReachesClient, House.PeersAreIsolated)]
    public async Task AClientWhoseNameBeginsTheSameHearsNothing()
    {
        await using var mine = await RegisterAsync();
        var longer = await mine.Connection.RegisterExAsync(
            Cluster.NetName, null, Cluster.PublicAddresses[0].ToString(), Client.Name + "0");
        var silent = mine.Connection.StartAsyncNotify(longer.Handle);

        await MoveAsync(Client, Destination);

        Check.That(Swn.MoveReachesClient, await mine.AsyncNotifyAsync(), r => r.Status, ERROR_SUCCESS);
        Check.That(House.PeersAreIsolated, await IsToldWithinSilenceAsync(silent.Reply), false);
    }

    [Test, Verifies(Swn.MoveReachesClient, House.ManyClientsServed)]
    public async Task ManyPendingCallsAreAllAnswered()
    {
        await using var first = await RegisterAsync();
        var registrations = new List<Registration> { first };
        while (registrations.Count < 20)
        {
            registrations.Add(await RegisterAsync(over: first.Connection));
        }

        var polls = registrations.Select(registration => registration.StartAsyncNotify()).ToList();

        await MoveAsync(Client, Destination);

        foreach (var reply in await Task.WhenAll(polls.Select(poll => poll.Reply)))
        {
            Check.That(Swn.MoveReachesClient, reply, r => r.Status, ERROR_SUCCESS);
            Check.That(House.ManyClientsServed, reply, r => r.Status, ERROR_SUCCESS);
        }
    }

    [Test, Verifies(Swn.MoveReachesClient)]
    public async Task AllRegistrationsOfTheClientHearIt()
    {
        // Each polls at once: none may grow old unused while the others register.
        await using var first = await RegisterAsync(address: Cluster.PublicAddresses[0]);
        var toFirst = first.AsyncNotifyAsync();
        await using var second = await RegisterAsync(address: Cluster.PublicAddresses[1]);
        var toSecond = second.AsyncNotifyAsync();
        await using var version1 = await RegisterAsync(version: WitnessVersion.V1);
        var toVersion1 = version1.AsyncNotifyAsync();

        await MoveAsync(Client, Destination);

        foreach (var reply in await Task.WhenAll(toFirst, toSecond, toVersion1))
        {
            Check.That(Swn.MoveReachesClient, reply, r => r.Kind, NotificationKind.CLIENT_MOVE_NOTIFICATION);
        }
    }

    [Test, Verifies(Swn.MoveReachesClient, Ctdb.AllRegisteredAreTold)]
    public async Task RegistrationsOnEveryNodeHearIt()
    {
        var polls = new List<(Registration Registration, Task<NotifyReply> Reply)>();
        foreach (var node in Cluster.Nodes)
        {
            var registration = await RegisterAsync(on: node);
            polls.Add((registration, registration.AsyncNotifyAsync()));
        }

        await MoveAsync(Client, Destination);

        foreach (var poll in polls)
        {
            await using (poll.Registration)
            {
                var reply = await poll.Reply;
                Check.That(Swn.MoveReachesClient, reply, r => r.Status, ERROR_SUCCESS);
                Check.That(Ctdb.AllRegisteredAreTold, reply, r => r.Addresses[0].Address, Destination.Address);
            }
        }
    }

    [Test, Verifies(Swn.MoveReachesClient)]
    public async Task TheClientNameIsMatchedInAnyLetterCase()
    {
        await using var registration = await RegisterAsync();
        await using var outage = await Nemesis.InjectAsync(
            new MoveClient(Client.Name.ToUpperInvariant(), Destination.Address));

        var reply = await registration.AsyncNotifyAsync();

        Check.That(Swn.MoveReachesClient, reply, r => r.Status, ERROR_SUCCESS);
    }

    [Test, Verifies(Swn.UnRegisterRemoves)]
    public async Task AnUnregisteredClientHearsNothing()
    {
        await using var staying = await RegisterAsync();
        await using var leaving = await RegisterAsync(over: staying.Connection);
        await leaving.UnRegisterAsync();

        await MoveAsync(Client, Destination);

        Check.That(
            Swn.UnRegisterRemoves, await staying.Connection.AsyncNotifyAsync(leaving.Handle),
            r => r.Status, ERROR_NOT_FOUND);
    }

    [Test, Verifies(Swn.NotifiedPromptly)]
    public async Task IsToldPromptly()
    {
        await using var registration = await RegisterAsync();
        await MoveAsync(Client, Destination);

        var reply = await registration.AsyncNotifyAsync();

        // It was pending before the call, so the answer waits for nothing.
        Check.That(Swn.NotifiedPromptly, reply, r => r.TimeOnWire, Window.UpTo(Cluster.Limits.Notification));
    }

    private PublicAddress Destination => OfFamily(AddressFamily.InterNetwork);

    private PublicAddress OtherDestination =>
        Cluster.PublicAddresses.Last(address => address.Address.AddressFamily == AddressFamily.InterNetwork);

    private PublicAddress OfFamily(AddressFamily family) =>
        Cluster.PublicAddresses.First(address => address.Address.AddressFamily == family);

    private async Task MoveAsync(CaseClient client, PublicAddress destination)
    {
        await using var outage = await Nemesis.InjectAsync(new MoveClient(client.Name, destination.Address));
    }
}
