using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Control;

namespace Torture.ReferenceServer.Ctdbd;

/// <summary>
/// On which side of a cut this node is. By itself a daemon that hears nobody keeps its addresses for
/// RecoveryDropAllIPs, two minutes, and others take them over meanwhile. The lock tells better: it is a lease that
/// every node sees, also across the cut. While another node counts in it whom this one does not hear leading, the
/// others go on without it: it stops its daemon, which lets go of all addresses, and lets it continue when that is
/// over.
/// </summary>
/// <remarks>
/// A leader that was killed or frozen does not count: then nobody is cut off, and who hears each other finds a new one.
/// </remarks>
public sealed partial class CtdbFailover
{
    private TimeSpan? _leaderHeardAt;
    private TimeSpan _lookedAt;
    private bool _isCutOff;
    private bool _isStoppedHere;
    private bool _isChangingSide;

    /// <summary>What the own daemon thinks of itself tells nothing of the others.</summary>
    private void LeaderHeard(uint number)
    {
        if (number != CtdbNodeNumber.Unknown)
        {
            _leaderHeardAt = number == _self.Number ? _leaderHeardAt ?? Now : Now;
        }

        SetLeader(number);
    }

    private void CheckSide()
    {
        if (_parts.Lease is not { } lease || _client is not { } client)
        {
            return;
        }

        lease.Look();
        var patience = TimeSpan.FromSeconds(Cluster.Engine.Daemon!.LeaderTimeout);
        if (Now - _lookedAt > patience)
        {
            // This node stood still itself: what the leader said meanwhile still waits to be read.
            _leaderHeardAt = _leaderHeardAt is null ? null : Now;
        }

        _lookedAt = Now;
        var isCutOff = lease.IsHeld && lease.Holder.Length > 0 && lease.Holder != _self.Name
            && _leaderHeardAt is { } heardAt && Now - heardAt > patience && Now - lease.Since > patience;
        if (isCutOff && !_isCutOff)
        {
            _isCutOff = true;
            LosePermission($"{lease.Holder} holds the cluster lock, and is not heard");
            SetLeader(null);
        }

        _isCutOff = isCutOff;
        var isToStop = _isCutOff && _self.IsActive;
        if (!_isChangingSide && (isToStop || (!_isCutOff && _isStoppedHere)))
        {
            _isChangingSide = true;
            _ = ChangeSideAsync(client, _life, isToStop);
        }
    }

    private async Task ChangeSideAsync(CtdbClient client, long life, bool stops)
    {
        string? trouble = null;
        try
        {
            await client.CommandAsync(stops ? CtdbControl.STOP_NODE : CtdbControl.CONTINUE_NODE, _stopping.Token);
        }
        catch (Exception failed) when (IsTrouble(failed))
        {
            trouble = failed.Message;
        }

        _loop.Post(() => SideChanged(life, stops, trouble));
    }

    /// <summary>
    /// What was not done is tried again at the next tick. A daemon that has not answered may have stopped all the same:
    /// it is to continue as one that did.
    /// </summary>
    private void SideChanged(long life, bool stops, string? trouble)
    {
        _isChangingSide = false;
        _isStoppedHere = stops || trouble is not null;
        if (life != _life)
        {
            return;
        }

        if (trouble is not null)
        {
            _parts.Log($"failover: ctdbd does not {(stops ? "stop" : "continue")}: {trouble}");
            return;
        }

        _parts.Log($"failover: {(stops ? "cut off: ctdbd is stopped" : "no longer cut off: ctdbd continues")}");
        Poll();
    }
}
