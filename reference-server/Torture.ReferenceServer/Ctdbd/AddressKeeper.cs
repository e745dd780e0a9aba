using System.Net;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.ReferenceServer.Ctdbd;

/// <summary>
/// Takes and releases public addresses, one step at a time, releases first. Belongs to the loop of its engine.
/// </summary>
/// <param name="post">Brings an action to that loop.</param>
/// <param name="happened">
/// An address was taken (true) or released, and when: the place in the order of <see cref="MonotonicClock.Sequence"/>.
/// </param>
internal sealed class AddressKeeper(
    IAddressHost host, Fence fence, MonotonicClock clock, Func<Action, bool> post,
    Action<IPAddress, bool, long> happened, Action<string> log)
{
    private readonly SortedDictionary<IPAddress, Holding> _held = new(AddressOrder.Instance);
    private readonly Dictionary<IPAddress, string> _troubles = [];
    private readonly HashSet<IPAddress> _failed = [];
    private HashSet<IPAddress> _goal = [];
    private IPAddress? _taking;
    private ServingPermit? _takingPermit;
    private CancellationTokenSource? _takingEnded;
    private TaskCompletionSource? _emptied;
    private bool _isWorking;

    public IReadOnlyList<HeldAddress> Held =>
        [.. _held.Select(entry => new HeldAddress(entry.Key, entry.Value.Sequence))];

    public IReadOnlyCollection<IPAddress> Goal => _goal;

    public bool Holds(IPAddress address) => _held.ContainsKey(address);

    /// <summary>These and no others; what could not be taken before is tried again.</summary>
    /// <param name="goneAt">
    /// When the daemon said so: it has taken the others from their interface before it says it.
    /// </param>
    public void Keep(IEnumerable<IPAddress> addresses, long goneAt)
    {
        _goal = [.. addresses];
        foreach (var (address, holding) in _held)
        {
            holding.GoneAt = _goal.Contains(address) ? null : holding.GoneAt ?? goneAt;
        }

        _failed.Clear();
        if (_taking is not null && !_goal.Contains(_taking))
        {
            GiveUpTaking();
        }

        Work();
    }

    /// <summary>Lets go of everything, and is done when the task is.</summary>
    public Task DropAsync()
    {
        _goal = [];
        foreach (var holding in _held.Values)
        {
            holding.Permit.End();
        }

        GiveUpTaking();
        var emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _emptied = emptied;
        Work();
        return emptied.Task;
    }

    private void GiveUpTaking()
    {
        _takingPermit?.End();
        _takingEnded?.Cancel();
    }

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
            _ = ReleaseAsync(surplus);
        }
        else if (fence.Holds && Missing() is { } next)
        {
            _isWorking = true;
            _taking = next;
            _takingPermit = new ServingPermit(fence);
            _takingEnded = new CancellationTokenSource();
            _ = TakeAsync(next, _takingPermit, _takingEnded.Token);
        }
        else if (_held.Count == 0)
        {
            _emptied?.TrySetResult();
        }
    }

    private IPAddress? Missing() => _goal.Order(AddressOrder.Instance)
        .FirstOrDefault(address => !_held.ContainsKey(address) && !_failed.Contains(address));

    private async Task TakeAsync(IPAddress address, ServingPermit permit, CancellationToken cancellationToken)
    {
        try
        {
            await host.TakeAsync(address, permit, cancellationToken);
            post(() => Taken(address, permit));
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            post(() => TakeFailed(address, failed.Message));
        }
    }

    private async Task ReleaseAsync(IPAddress address)
    {
        try
        {
            await host.ReleaseAsync(address);
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            log($"failover: release of {address}: {failed.Message}");
        }

        post(() => Released(address));
    }

    private void Taken(IPAddress address, ServingPermit permit)
    {
        EndStep();
        _troubles.Remove(address);
        _held[address] = new Holding(permit, clock.Sequence);
        log($"failover: takes {address}");
        happened(address, true, _held[address].Sequence);
        Work();
    }

    /// <summary>The daemon tells of an address before an interface has it: trouble that goes on is told once.</summary>
    private void TakeFailed(IPAddress address, string why)
    {
        EndStep();
        _failed.Add(address);
        if (_goal.Contains(address) && _troubles.GetValueOrDefault(address) != why)
        {
            log($"failover: cannot take {address}: {why}");
            _troubles[address] = why;
        }

        Work();
    }

    private void Released(IPAddress address)
    {
        _isWorking = false;
        _held.Remove(address, out var holding);
        log($"failover: releases {address}");
        happened(address, false, holding?.GoneAt ?? clock.Sequence);
        Work();
    }

    private void EndStep()
    {
        _isWorking = false;
        _taking = null;
        _takingPermit = null;
        _takingEnded?.Dispose();
        _takingEnded = null;
    }

    private sealed record Holding(ServingPermit Permit, long Sequence)
    {
        /// <summary>When the daemon said that it has it no more; null: it did not.</summary>
        public long? GoneAt { get; set; }
    }
}
