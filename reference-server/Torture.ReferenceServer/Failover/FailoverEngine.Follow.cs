using System.Net;
using Torture.ReferenceServer.Control;

namespace Torture.ReferenceServer.Failover;

/// <summary>A node that follows a leader: permission, commands, take and release.</summary>
public partial class FailoverEngine
{
    private const int MaximumFailures = 20;

    private readonly SortedDictionary<IPAddress, Holding> _held = new(AddressOrder.Instance);
    private HashSet<IPAddress> _goal = [];
    private long _goalOrder;
    private IPAddress? _taking;
    private ServingPermit? _takingPermit;
    private CancellationTokenSource? _takingEnded;
    private bool _isWorking;
    private int _failures;
    private bool _isPermitted;
    private long _epoch;
    private long _term;
    private long _command;
    private Member? _leader;
    private ClusterTable _table = ClusterTable.Empty;
    private TaskCompletionSource? _leaving;

    private string? LeaderName => _leader?.Name;

    private IEnumerable<IPAddress> Wanted =>
        _goal.Concat(_held.Keys).Concat(_taking is null ? [] : [_taking]).Distinct();

    /// <summary>A leader's heartbeat that answers one of ours is the permission to go on.</summary>
    private void Follow(Member peer, Heartbeat beat)
    {
        if (!beat.Leading || beat.Term < _term)
        {
            if (peer == _leader)
            {
                SetLeader(null);
                KeepLock();
            }

            return;
        }

        if (beat.Term > _term || _leader != peer)
        {
            if (IsLeading)
            {
                StepDown($"{peer.Name} leads with term {beat.Term}");
            }

            _term = beat.Term;
            _command = 0;
            SetLeader(peer);
            SendBeats();
        }

        if (peer.SentAt(beat.Echo) is { } sent)
        {
            Permit(sent + PermissionTime);
        }
    }

    /// <summary>How long a node may serve after it sent a heartbeat that the leader answered.</summary>
    protected virtual TimeSpan PermissionTime => _limit;

    private void Permit(TimeSpan until)
    {
        CheckPermission();
        if (IsActive && until > Now)
        {
            Parts.Fence.Extend(until);
            _isPermitted = true;
        }
    }

    private void CheckPermission()
    {
        if (_isPermitted && !Parts.Fence.Holds)
        {
            LosePermission("the keep-alive time has passed");
        }
    }

    /// <summary>Lets go of every address, at once: whatever was commanded before is void.</summary>
    protected virtual void LosePermission(string why)
    {
        if (!_isPermitted)
        {
            return;
        }

        Parts.Log($"failover: lets go of everything: {why}");
        _isPermitted = false;
        foreach (var holding in _held.Values)
        {
            holding.Permit.End();
        }

        _takingPermit?.End();
        Parts.Fence.Revoke();
        _epoch++;
        _goal = [];
        _takingEnded?.Cancel();
        Work();
    }

    private void HoldReceived(Member peer, HoldCommand hold)
    {
        CheckPermission();
        if (peer != _leader || hold.Term != _term)
        {
            return;
        }

        // Also when it is refused the leader hears that the command cannot act any more.
        _command = hold.Number;
        if (hold.Epoch == _epoch && _isPermitted)
        {
            Accept(hold);
        }

        SendBeats();
    }

    private void Accept(HoldCommand hold)
    {
        _command = hold.Number;
        _goalOrder = hold.Order;
        _goal = [.. hold.Addresses.Intersect(Cluster.PublicAddresses)];
        Work();
    }

    /// <summary>The next release or take, one at a time; releases first.</summary>
    private void Work()
    {
        if (_isWorking)
        {
            return;
        }

        if (_held.FirstOrDefault(entry => !_goal.Contains(entry.Key) || entry.Value.Permit.IsEnded).Key is { } surplus)
        {
            _isWorking = true;
            _held[surplus].Permit.End();
            Connections.End(surplus);
            _ = ReleaseAsync(surplus);
        }
        else if (_isPermitted
            && _goal.Order(AddressOrder.Instance).FirstOrDefault(address => !_held.ContainsKey(address)) is { } next)
        {
            _isWorking = true;
            _taking = next;
            _takingPermit = new ServingPermit(Parts.Fence);
            _takingEnded = new CancellationTokenSource();
            Connections.Begin(next, _goalOrder);
            _ = TakeAsync(next, _takingPermit, _takingEnded.Token);
        }
        else if (_held.Count == 0)
        {
            _leaving?.TrySetResult();
        }
    }

    private async Task TakeAsync(IPAddress address, ServingPermit permit, CancellationToken cancellationToken)
    {
        try
        {
            await Parts.Host.TakeAsync(address, permit, cancellationToken);
            Post(() => Taken(address, permit));
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            Post(() => TakeFailed(address, failed.Message));
        }
    }

    private async Task ReleaseAsync(IPAddress address)
    {
        try
        {
            await Parts.Host.ReleaseAsync(address);
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            Parts.Log($"failover: release of {address}: {failed.Message}");
        }

        Post(() => Released(address));
    }

    private void Taken(IPAddress address, ServingPermit permit)
    {
        EndStep();
        _failures = 0;
        _held[address] = new Holding(permit, Parts.Clock.Sequence);
        Parts.Log($"failover: takes {address}");
        Raise(NodeEventKind.Taken, _self.Name, address);
        StepDone();
    }

    private void TakeFailed(IPAddress address, string why)
    {
        EndStep();
        Parts.Log($"failover: cannot take {address}: {why}");
        if (++_failures >= MaximumFailures)
        {
            _isUnhealthy = true;
        }

        ReportOwn();
    }

    private void Released(IPAddress address)
    {
        _isWorking = false;
        _held.Remove(address);
        Parts.Log($"failover: releases {address}");
        Raise(NodeEventKind.Released, _self.Name, address);
        StepDone();
    }

    private void EndStep()
    {
        _isWorking = false;
        _taking = null;
        _takingPermit = null;
        _takingEnded?.Dispose();
        _takingEnded = null;
    }

    private void StepDone()
    {
        Work();
        ReportOwn();
        SendBeats();
        Publish();
    }

    private void SetLeader(Member? leader)
    {
        if (_leader != leader)
        {
            _leader = leader;
            Parts.Log($"failover: leader is {leader?.Name ?? "nobody"}, term {_term}");
            Raise(NodeEventKind.Leader, leader?.Name ?? "");
        }
    }

    private void TableReceived(Member peer, ClusterTable table)
    {
        if (peer == _leader && table.Term == _term)
        {
            Adopt(table);
        }
    }

    private void Adopt(ClusterTable table)
    {
        if (_table.IsOlderThan(table))
        {
            var before = _table;
            _table = table;
            Publish();
            TableChanged?.Invoke(before, table);
            Raise(NodeEventKind.Table, table.Leader);
        }
    }

    private void LeaveCluster(TaskCompletionSource released)
    {
        _leaving = released;
        _isStopped = true;
        StepDown("shutdown");
        LosePermission("shutdown");
        _goal = [];
        Work();
    }

    private sealed record Holding(ServingPermit Permit, long Sequence);
}

/// <summary>Addresses by their bytes, so that every node walks through them alike.</summary>
internal sealed class AddressOrder : IComparer<IPAddress>
{
    public static AddressOrder Instance { get; } = new();

    public int Compare(IPAddress? x, IPAddress? y)
    {
        var (left, right) = (x!.GetAddressBytes(), y!.GetAddressBytes());
        return left.Length != right.Length ? left.Length - right.Length : left.AsSpan().SequenceCompareTo(right);
    }
}
