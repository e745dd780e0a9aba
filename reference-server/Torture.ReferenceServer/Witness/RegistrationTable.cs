using System.Net;
using Torture.Protocol.Rpc;

namespace Torture.ReferenceServer.Witness;

/// <summary>
/// WitnessRegistrationList ([MS-SWN] 3.1.1.1) with a way in for each question that is asked of it. Every list is in
/// the order of registration. Used under the lock of its service.
/// </summary>
public sealed class RegistrationTable
{
    private readonly Dictionary<Guid, Places> _byKey = [];
    private readonly LinkedList<WitnessRegistration> _all = new();
    private readonly Dictionary<string, LinkedList<WitnessRegistration>> _byClient =
        new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<IPAddress, LinkedList<WitnessRegistration>> _byAddress = [];
    private readonly Dictionary<AssociationGroup, LinkedList<WitnessRegistration>> _byAssociation = [];

    public int Count => _all.Count;

    public IReadOnlyCollection<WitnessRegistration> All => _all;

    public WitnessRegistration? Find(Guid registrationKey) => _byKey.GetValueOrDefault(registrationKey)?.All.Value;

    /// <summary>Those of a WitnessClientName, in any letter case.</summary>
    public IReadOnlyCollection<WitnessRegistration> OfClient(string name) => Of(_byClient, name);

    public IReadOnlyCollection<WitnessRegistration> OfAddress(IPAddress address) => Of(_byAddress, address);

    public IReadOnlyCollection<WitnessRegistration> OfAssociation(AssociationGroup group) => Of(_byAssociation, group);

    /// <summary>True where it is the first of its association group.</summary>
    public bool Add(WitnessRegistration registration)
    {
        var first = !_byAssociation.ContainsKey(registration.Association);
        _byKey.Add(registration.RegistrationKey, new Places(
            _all.AddLast(registration),
            Append(_byClient, registration.WitnessClientName, registration),
            registration.Address is { } address ? Append(_byAddress, address, registration) : null,
            Append(_byAssociation, registration.Association, registration)));
        return first;
    }

    public bool Remove(WitnessRegistration registration)
    {
        if (!_byKey.Remove(registration.RegistrationKey, out var places))
        {
            return false;
        }

        _all.Remove(places.All);
        Drop(_byClient, registration.WitnessClientName, places.Client);
        if (places.Address is not null)
        {
            Drop(_byAddress, registration.Address!, places.Address);
        }

        // The empty list stays until the group ends, so that one rundown is asked for and not one a registration.
        places.Association.List!.Remove(places.Association);
        return true;
    }

    public void Forget(AssociationGroup group) => _byAssociation.Remove(group);

    private static IReadOnlyCollection<WitnessRegistration> Of<TKey>(
        Dictionary<TKey, LinkedList<WitnessRegistration>> index, TKey key)
        where TKey : notnull => index.TryGetValue(key, out var list) ? list : [];

    private static LinkedListNode<WitnessRegistration> Append<TKey>(
        Dictionary<TKey, LinkedList<WitnessRegistration>> index, TKey key, WitnessRegistration registration)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var list))
        {
            index.Add(key, list = new LinkedList<WitnessRegistration>());
        }

        return list.AddLast(registration);
    }

    private static void Drop<TKey>(
        Dictionary<TKey, LinkedList<WitnessRegistration>> index, TKey key, LinkedListNode<WitnessRegistration> place)
        where TKey : notnull
    {
        var list = place.List!;
        list.Remove(place);
        if (list.Count == 0)
        {
            index.Remove(key);
        }
    }

    private sealed record Places(
        LinkedListNode<WitnessRegistration> All,
        LinkedListNode<WitnessRegistration> Client,
        LinkedListNode<WitnessRegistration>? Address,
        LinkedListNode<WitnessRegistration> Association);
}
