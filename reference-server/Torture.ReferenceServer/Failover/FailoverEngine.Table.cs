using System.Net;
using Torture.ReferenceServer.Control;

namespace Torture.ReferenceServer.Failover;

/// <summary>The table that the leader hands out.</summary>
public partial class FailoverEngine
{
    private Dictionary<IPAddress, string>? _addressPins;
    private Dictionary<string, string>? _sharePins;

    private Dictionary<IPAddress, string> AddressPins =>
        _addressPins ??= _table.AddressPins.ToDictionary(pin => pin.Address, pin => pin.Owner!);

    private Dictionary<string, string> SharePins =>
        _sharePins ??= _table.SharePins.ToDictionary(pin => pin.Share, pin => pin.Owner!);

    private string? PinOf(IPAddress address) => AddressPins.GetValueOrDefault(address);

    /// <summary>Of a cluster in which somebody came or went.</summary>
    protected virtual long GenerationAfter(long generation) => generation + 1;

    private ClusterTable NextTable()
    {
        DropPins();
        var owners = Cluster.PublicAddresses
            .Select(address => new AddressOwner(address, ActualOwner(address))).ToArray();
        var last = owners
            .Select(entry => entry with
            {
                Owner = entry.Owner ?? _table.OwnerOf(entry.Address) ?? _table.LastOwnerOf(entry.Address),
            })
            .ToArray();
        var members = _members.Select(member => new MemberStatus(
            member.Name, member.Alive ? member.State : MemberState.Disconnected, member.Alive)).ToArray();
        var generation = IsSameMembership(members) ? _table.Generation : GenerationAfter(_table.Generation);
        return new ClusterTable(
            _term, _table.Version + 1, generation, _self.Name, owners, last, ShareOwners(), members,
            [.. AddressPins.Select(pin => new AddressOwner(pin.Key, pin.Value))],
            [.. SharePins.Select(pin => new ShareOwner(pin.Key, pin.Value))]);
    }

    private string? ActualOwner(IPAddress address)
    {
        var holder = _members.FirstOrDefault(member => member.Alive && member.Held.Contains(address));
        return holder?.Name ?? _members.FirstOrDefault(member =>
            !member.Alive && member.MayHold.Contains(address) && _table.OwnerOf(address) == member.Name)?.Name;
    }

    /// <summary>The owner of each share that has one: where it is at home, if that node can.</summary>
    private ShareOwner[] ShareOwners()
    {
        var shares = Cluster.Shares.Where(share => share.Kind == ShareEntryKind.Failover).ToArray();
        var homes = shares
            .Select((share, index) => share.Owner is null ? index % _members.Length : IndexOf(share.Owner)).ToArray();
        var pins = shares.Select(share => IndexOf(SharePins.GetValueOrDefault(share.Name))).ToArray();
        var owners = Allocation.Assign(homes, _members.Length, Eligible(), pins);
        return [.. shares.Select((share, index) =>
            new ShareOwner(share.Name, owners[index] < 0 ? null : _members[owners[index]].Name))];
    }

    /// <summary>What was moved to a node that cannot have it goes home, and stays there.</summary>
    private void DropPins()
    {
        if (AddressPins.Count + SharePins.Count == 0)
        {
            return;
        }

        var eligible = Eligible().Select(index => _members[index].Name).ToHashSet();
        foreach (var pin in AddressPins.Where(pin => !eligible.Contains(pin.Value)).ToArray())
        {
            AddressPins.Remove(pin.Key);
        }

        foreach (var pin in SharePins.Where(pin => !eligible.Contains(pin.Value)).ToArray())
        {
            SharePins.Remove(pin.Key);
        }
    }

    private bool IsSameMembership(MemberStatus[] members) =>
        _table.Term == _term && _table.Members.SequenceEqual(members);
}
