using System.Net;
using Torture.Harness.Clusters;

namespace Torture.Targets.Reference;

/// <summary>
/// Puts what the nodes, each by itself, and the supervisor tell of addresses into one order: an address that is still
/// held elsewhere is told as taken once that was told as released, or late enough that it is a finding. News of a
/// release that comes later yet, since this process stood still, is told all the same: its time says when it was.
/// </summary>
/// <param name="isToldLate">
/// Nodes hear from a daemon what it has released, and may come late to that: with the next take it was, if not before.
/// </param>
internal sealed class OwnershipLedger(
    Action<ClusterEvent> tell, TimeProvider time, TimeSpan patience, bool isToldLate = false) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (Node By, long Since)> _held = [];
    private readonly Dictionary<(IPAddress Address, Node By), long> _overtaken = [];
    private readonly List<(ClusterEvent.AddressTaken Taken, ITimer Timer)> _waiting = [];

    public void Taken(DateTimeOffset at, IPAddress address, Node by, long sequence)
    {
        lock (_gate)
        {
            if (_held.TryGetValue(address, out var holder) && holder.By == by)
            {
                _held[address] = (by, Math.Max(holder.Since, sequence));
                return;
            }

            var taken = new ClusterEvent.AddressTaken(at, new PublicAddress(address), by, sequence);
            if (!_held.ContainsKey(address))
            {
                Tell(taken);
                return;
            }

            _waiting.Add((taken, time.CreateTimer(_ => Overdue(taken), null, patience, Timeout.InfiniteTimeSpan)));
        }
    }

    public void Released(DateTimeOffset at, IPAddress address, Node by, long sequence)
    {
        lock (_gate)
        {
            if (!_held.TryGetValue(address, out var holder) || holder.By != by || sequence < holder.Since)
            {
                var isOvertaken = _overtaken.TryGetValue((address, by), out var since) && sequence >= since;
                if (isOvertaken)
                {
                    _overtaken.Remove((address, by));
                }

                // Takes that are over before they were told: their time says when they were.
                var over = _waiting.FindAll(entry => entry.Taken.Address.Address.Equals(address)
                    && entry.Taken.By == by && entry.Taken.Sequence < sequence);
                over.ForEach(entry => tell(entry.Taken));
                if (isOvertaken || over.Count > 0)
                {
                    tell(new ClusterEvent.AddressReleased(at, new PublicAddress(address), by, sequence));
                }

                Forget(over.Contains);
                return;
            }

            _held.Remove(address);
            var next = _waiting.Where(entry => entry.Taken.Address.Address.Equals(address))
                .OrderBy(entry => entry.Taken.Sequence).Select(entry => entry.Taken).FirstOrDefault();
            if (isToldLate && next is not null && next.Sequence < sequence)
            {
                (at, sequence) = (next.At, next.Sequence);
            }

            tell(new ClusterEvent.AddressReleased(at, new PublicAddress(address), by, sequence));
            if (next is not null)
            {
                Forget(entry => entry.Taken == next);
                Tell(next);
            }
        }
    }

    /// <summary>The node has nothing any more.</summary>
    public void ReleasedAll(DateTimeOffset at, Node by, long sequence)
    {
        IPAddress[] addresses;
        lock (_gate)
        {
            addresses = [.. _held.Where(entry => entry.Value.By == by).Select(entry => entry.Key)
                .Concat(_overtaken.Keys.Where(entry => entry.By == by).Select(entry => entry.Address)).Distinct()];
        }

        foreach (var address in addresses)
        {
            Released(at, address, by, sequence);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            Forget(_ => true);
            _held.Clear();
            _overtaken.Clear();
        }
    }

    public void Dispose() => Clear();

    private void Overdue(ClusterEvent.AddressTaken taken)
    {
        lock (_gate)
        {
            if (_waiting.Any(entry => entry.Taken == taken))
            {
                Forget(entry => entry.Taken == taken);
                if (_held.TryGetValue(taken.Address.Address, out var holder))
                {
                    _overtaken[(taken.Address.Address, holder.By)] = holder.Since;
                }

                Tell(taken);
            }
        }
    }

    private void Tell(ClusterEvent.AddressTaken taken)
    {
        _held[taken.Address.Address] = (taken.By, taken.Sequence);
        _overtaken.Remove((taken.Address.Address, taken.By));
        tell(taken);
    }

    private void Forget(Predicate<(ClusterEvent.AddressTaken Taken, ITimer Timer)> which)
    {
        foreach (var entry in _waiting.FindAll(which))
        {
            entry.Timer.Dispose();
        }

        _waiting.RemoveAll(which);
    }
}
