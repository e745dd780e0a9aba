using Torture.ReferenceServer.Failover;

namespace Torture.SelfTests.Failover;

/// <summary>The lock of a simulated cluster: it knows when its holder has ended.</summary>
internal sealed class SharedLease(TimeProvider time, TimeSpan lease)
{
    private long _term;
    private SimulatedNode? _holder;
    private bool _isReleased;
    private long _expires;

    public IClusterLock For(SimulatedNode node, MonotonicClock clock) => new Handle(this, node, clock);

    private sealed class Handle(SharedLease shared, SimulatedNode node, MonotonicClock clock) : IClusterLock
    {
        private long _held;

        public ValueTask<LockTerm?> TryAcquireAsync(string name, CancellationToken cancellationToken)
        {
            var ended = shared._holder is null || shared._isReleased || shared._holder.IsDead;
            if (!ended && shared.Now < shared._expires)
            {
                return default;
            }

            var previous = shared._holder?.Name;
            (shared._holder, shared._isReleased, _held) = (node, false, ++shared._term);
            shared._expires = shared.Now + shared.Lease;
            return new ValueTask<LockTerm?>(
                new LockTerm(_held, clock.Now + new TimeSpan(shared.Lease), previous, PreviousExpired: !ended));
        }

        public ValueTask<LockTerm?> RenewAsync(CancellationToken cancellationToken)
        {
            if (shared._term != _held || shared._isReleased)
            {
                return default;
            }

            shared._expires = shared.Now + shared.Lease;
            return new ValueTask<LockTerm?>(new LockTerm(_held, clock.Now + new TimeSpan(shared.Lease)));
        }

        public ValueTask ReleaseAsync()
        {
            shared._isReleased |= shared._term == _held;
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ReleaseAsync();
    }

    private long Now => time.GetTimestamp();

    private long Lease => lease.Ticks;
}
