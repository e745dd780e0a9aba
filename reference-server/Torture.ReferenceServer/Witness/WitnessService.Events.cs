using System.Collections.Immutable;
using System.Net;
using Torture.Protocol.Witness;

namespace Torture.ReferenceServer.Witness;

/// <summary>What became of an event.</summary>
/// <param name="Registrations">How many have something to tell their client now.</param>
/// <param name="Destinations">Addresses that the destination meant; 0: nobody was told (A9).</param>
public readonly record struct EventOutcome(int Registrations, int Destinations);

/// <summary>[MS-SWN] 3.1.6: Other Local Events.</summary>
public partial class WitnessService
{
    private IReadOnlyList<PublicInterface> _viewOfInterfaces;

    private ImmutableArray<PublicInterface> CurrentInterfaces
    {
        get
        {
            lock (State)
            {
                return InterfaceList;
            }
        }
    }

    /// <summary>
    /// The cluster's view has changed: each difference to the view before is an event of 3.1.6.1. An address that
    /// went from one node to another was lost by the one before the other had it, which a client has to hear (R157).
    /// </summary>
    public void OnInterfacesChanged()
    {
        lock (State)
        {
            var before = _viewOfInterfaces;
            _viewOfInterfaces = View.Interfaces;
            foreach (var now in _viewOfInterfaces)
            {
                InterfaceViewChanged(before.FirstOrDefault(e => IsSameInterface(e, now)), now);
            }

            WakeGetInterfaceList();
        }
    }

    /// <summary>3.1.6.1, as an operator or a resource monitor reports it.</summary>
    /// <param name="groupName">InterfaceGroupName, the name of a node.</param>
    /// <param name="addresses">One, or one of each family.</param>
    /// <param name="state">The new state.</param>
    /// <param name="networkName">The network name of the event; null: the cluster's.</param>
    public EventOutcome OnInterfaceChanged(
        string groupName, IReadOnlyList<IPAddress> addresses, InterfaceState state, string? networkName = null)
    {
        lock (State)
        {
            var told = InterfaceChanged(groupName, addresses, state, networkName ?? View.NetName);
            WakeGetInterfaceList();
            return new EventOutcome(told, addresses.Count);
        }
    }

    /// <summary>3.1.6.2: an administrator moves a client to a group, an address or a host.</summary>
    public EventOutcome MoveClient(string client, string destination)
    {
        lock (State)
        {
            return Tell(ClientMoveConcerns(client), destination, (r, move) => r.PendingMoveNotification = move);
        }
    }

    /// <summary>3.1.6.3: the owner of a share changed. Client null: for all clients.</summary>
    public EventOutcome MoveShare(string? client, string share, string destination)
    {
        lock (State)
        {
            return Tell(
                ShareMoveConcerns(client, share), destination, (r, move) => r.PendingShareMoveNotification = move);
        }
    }

    /// <summary>3.1.6.4: an address was added, removed, enabled or disabled. Client null: for all clients.</summary>
    /// <param name="online">What the notification says; null: what the state of the interface says.</param>
    public EventOutcome ChangeAddress(string? client, string resource, bool? online = null)
    {
        lock (State)
        {
            return Tell(
                IPChangeConcerns(client), resource,
                (r, move) => r.PendingIPNotification = move with { Online = online }, removed: true);
        }
    }

    /// <summary>3.1.6.1: the events that lead from one view of an interface to the next.</summary>
    protected virtual void InterfaceViewChanged(PublicInterface? before, PublicInterface now)
    {
        IReadOnlyList<IPAddress> addresses = [.. new[] { now.IPv4, now.IPv6 }.OfType<IPAddress>()];
        var moved = before is not null && !IsGroup(before, now.GroupName);
        if (moved && before!.State == InterfaceState.AVAILABLE && now.State == InterfaceState.AVAILABLE)
        {
            InterfaceChanged(before.GroupName, addresses, InterfaceState.UNAVAILABLE, View.NetName);
        }

        if (before is null || before.State != now.State || (moved && now.State == InterfaceState.AVAILABLE))
        {
            InterfaceChanged(now.GroupName, addresses, now.State, View.NetName);
        }
        else if (moved)
        {
            SetInterface(now.GroupName, addresses, now.State);
        }
    }

    /// <summary>3.1.6.1 Interface Enabled or Disabled.</summary>
    /// <returns>Registrations that have something to tell.</returns>
    protected virtual int InterfaceChanged(
        string groupName, IReadOnlyList<IPAddress> addresses, InterfaceState state, string networkName)
    {
        var entry = SetInterface(groupName, addresses, state);
        var concerned = InterfaceChangeConcerns(entry, networkName).ToArray();
        foreach (var registration in concerned)
        {
            QueueChange(registration, new ChangeNotification(ResourceName(registration, entry), state));
            WakeAsyncNotify(registration);
        }

        return concerned.Length;
    }

    /// <summary>
    /// 3.1.6.1: finds the Interface by its group and one or both addresses and sets its state, or adds one. A public
    /// address is one Interface: at its next owner it changes its group, and does not become two.
    /// </summary>
    protected virtual PublicInterface SetInterface(
        string groupName, IReadOnlyList<IPAddress> addresses, InterfaceState state)
    {
        var found = InterfaceList.FirstOrDefault(e => IsGroup(e, groupName) && addresses.Any(e.Has))
            ?? InterfaceList.FirstOrDefault(e => addresses.Any(e.Has));
        var entry = found is not null
            ? found with { GroupName = groupName, State = state }
            : new PublicInterface(
                groupName,
                state,
                addresses.FirstOrDefault(a => a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork),
                addresses.FirstOrDefault(a => a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6));
        InterfaceList = found is not null ? InterfaceList.Replace(found, entry) : AddInterface(entry);
        return entry;
    }

    /// <summary>3.1.6.1: no Interface matches.</summary>
    protected virtual ImmutableArray<PublicInterface> AddInterface(PublicInterface entry) => InterfaceList.Add(entry);

    /// <summary>3.1.6.1: who hears it: NetworkName is the event's, and IPAddress is one of the Interface.</summary>
    protected virtual IEnumerable<WitnessRegistration> InterfaceChangeConcerns(
        PublicInterface entry, string networkName) =>
        new[] { entry.IPv4, entry.IPv6 }.OfType<IPAddress>()
            .SelectMany(WitnessRegistrationList.OfAddress)
            .Where(registration => IsNetworkName(registration, networkName));

    /// <summary>3.1.6.1: two names of one cluster are one (product note 8: aliases are told once).</summary>
    protected virtual bool IsNetworkName(WitnessRegistration registration, string networkName) =>
        registration.NetworkName.Equals(networkName, StringComparison.OrdinalIgnoreCase)
        || (View.MatchesNetName(registration.NetworkName) && View.MatchesNetName(networkName));

    /// <summary>3.1.6.1: ResourceName is InterfaceGroupName (A10).</summary>
    protected virtual string ResourceName(WitnessRegistration registration, PublicInterface entry) => entry.GroupName;

    /// <summary>3.1.6.1: changes queue up, nothing is overwritten.</summary>
    protected virtual void QueueChange(WitnessRegistration registration, ChangeNotification change)
    {
        if (registration.PendingChangeNotifications.Count >= Settings.MaximumQueuedChanges)
        {
            registration.PendingChangeNotifications.Dequeue();
        }

        registration.PendingChangeNotifications.Enqueue(change);
    }

    /// <summary>3.1.6.2: every registration of the client, whatever else it names.</summary>
    protected virtual IEnumerable<WitnessRegistration> ClientMoveConcerns(string client) =>
        WitnessRegistrationList.OfClient(client);

    /// <summary>3.1.6.3: the client's registrations for this share that asked for it.</summary>
    protected virtual IEnumerable<WitnessRegistration> ShareMoveConcerns(string? client, string share) =>
        OfClientOrAll(client).Where(registration => registration.ShareNameNotificationRequired
            && registration.ShareName.Equals(share, StringComparison.OrdinalIgnoreCase));

    /// <summary>3.1.6.4: the client's registrations that asked for it.</summary>
    protected virtual IEnumerable<WitnessRegistration> IPChangeConcerns(string? client) =>
        OfClientOrAll(client).Where(registration => registration.IPNotificationRequired);

    /// <summary>3.1.6.2 to 3.1.6.4: the notification replaces the one that is still pending.</summary>
    protected virtual EventOutcome Tell(
        IEnumerable<WitnessRegistration> concerned, string destination,
        Action<WitnessRegistration, MoveNotification> overwrite, bool removed = false)
    {
        var known = MatchDestination(destination);
        if (known.Count == 0 && removed && AddressLiteral.Parse(destination) is { } address)
        {
            known = [AddressInfo.Offline(address)];
        }

        if (known.Count == 0)
        {
            return default;
        }

        var told = 0;
        foreach (var registration in concerned.ToArray())
        {
            overwrite(registration, new MoveNotification(destination, known));
            WakeAsyncNotify(registration);
            told++;
        }

        return new EventOutcome(told, known.Count);
    }

    private static bool IsSameInterface(PublicInterface one, PublicInterface other) =>
        (other.IPv4 is { } v4 && one.Has(v4)) || (other.IPv6 is { } v6 && one.Has(v6));

    protected IReadOnlyCollection<WitnessRegistration> OfClientOrAll(string? client) =>
        client is null ? WitnessRegistrationList.All : WitnessRegistrationList.OfClient(client);
}
