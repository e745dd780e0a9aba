using System.Net;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Ctdbd;

/// <summary>What follows from all that was said: leader, states, owners. Every node draws it for itself.</summary>
public sealed partial class CtdbFailover
{
    private readonly Dictionary<string, MemberState> _toldStates = [];
    private ClusterTable _table = ClusterTable.Empty;
    private CtdbMember? _leader;
    private long _term;
    private long _generation;
    private bool _isComplete;

    private void SetLeader(uint? number)
    {
        var leader = number is null or CtdbNodeNumber.Unknown
            ? null
            : _members.FirstOrDefault(member => member.Number == number);
        if (leader == _leader)
        {
            return;
        }

        _leader = leader;
        _term += leader is null ? 0 : 1;
        _parts.Log($"failover: leader is {leader?.Name ?? "nobody"}");
        Raise(NodeEventKind.Leader, leader?.Name ?? "");
        Rebuild();
    }

    private void TellStates()
    {
        foreach (var member in _members)
        {
            if (_toldStates.GetValueOrDefault(member.Name, MemberState.Disconnected) != member.State)
            {
                _toldStates[member.Name] = member.State;
                Raise(NodeEventKind.State, member.Name, state: member.State);
            }
        }
    }

    /// <summary>A new table, where something in it has changed.</summary>
    private void Rebuild()
    {
        TellStates();

        // After each attachment, nothing is said before everybody was asked: nobody has lost what he was not asked for.
        _isComplete |= _client is not null && _self.Number is not null
            && Peers.All(peer => !peer.IsActive || peer.OwnedAt > 0);
        if (_isComplete || _client is null)
        {
            var next = NextTable();
            if (!next.SaysTheSameAs(_table))
            {
                var before = _table;
                _table = next;
                Publish();
                TableChanged?.Invoke(before, next);
                Raise(NodeEventKind.Table, next.Leader);
            }
        }

        Publish();
    }

    private ClusterTable NextTable()
    {
        var owners = Cluster.PublicAddresses.Select(address => new AddressOwner(address, OwnerOf(address))).ToArray();
        var last = owners
            .Select(entry => entry with
            {
                Owner = entry.Owner ?? _table.OwnerOf(entry.Address) ?? _table.LastOwnerOf(entry.Address),
            })
            .ToArray();
        return new ClusterTable(
            _term, _table.Version + 1, _generation, _leader?.Name ?? "", owners, last,
            _client is null ? _table.Shares : ShareOwners(), Members(), [], _pins.Owners);
    }

    /// <summary>This node, once it serves the address; another, as its daemon says, the one asked last.</summary>
    private string? OwnerOf(IPAddress address)
    {
        if (_keeper.Holds(address))
        {
            return _self.Name;
        }

        return _client is null
            ? _table.OwnerOf(address) is { } owner && owner != _self.Name ? owner : null
            : Peers.Where(peer => peer.IsActive && peer.Owned.Contains(address)).MaxBy(peer => peer.OwnedAt)?.Name;
    }

    /// <summary>
    /// CTDB knows nothing of shares with an owner: every node assigns them by the node states that all see alike.
    /// </summary>
    private ShareOwner[] ShareOwners()
    {
        var shares = Cluster.Shares.Where(share => share.Kind == ShareEntryKind.Failover).ToArray();
        var homes = shares
            .Select((share, index) => share.Owner is null ? index % _members.Length : IndexOf(share.Owner)).ToArray();
        var pins = shares
            .Select(share => IndexOf(_pins.Owners.FirstOrDefault(pin => pin.Share == share.Name)?.Owner)).ToArray();
        var owners = Allocation.Assign(homes, _members.Length, Eligible(), pins);
        return [.. shares.Select((share, index) =>
            new ShareOwner(share.Name, owners[index] < 0 ? null : _members[owners[index]].Name))];
    }

    private HashSet<int> Eligible() =>
        [.. _members.Where(member => member.State == MemberState.Ok).Select(member => member.Index)];

    private int IndexOf(string? name) => Array.FindIndex(_members, member => member.Name == name);
}
