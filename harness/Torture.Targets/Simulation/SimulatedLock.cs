using Torture.ReferenceServer.Failover;

namespace Torture.Targets.Simulation;

/// <summary>The lock of a simulated cluster: it knows when its holder has ended.</summary>
/// <param name="lease">How long a holder keeps it that does not renew; null: as long as it lives.</param>
/// <param name="permission">How long a holder may go on that has not renewed.</param>
internal sealed class SimulatedLock(World world, TimeSpan? lease, TimeSpan permission)
{
    private long _term;
    private Party? _holder;
    private bool _isReleased;
    private long _expires;

    public IClusterLock For(Party party, MonotonicClock clock) => new Handle(this, party, clock);

    private bool IsHeld => _holder is { IsGone: false } && !_isReleased;

    private LockTerm? TryAcquire(Party party, MonotonicClock clock)
    {
        if (IsHeld && (lease is null || world.Now < _expires))
        {
            return null;
        }

        var expired = IsHeld;
        var previous = _holder?.Name;
        (_holder, _isReleased) = (party, false);
        _term++;
        return Extend(clock) with { Previous = previous, PreviousExpired = expired };
    }

    private LockTerm Extend(MonotonicClock clock)
    {
        _expires = world.Now + permission.Ticks;
        return new LockTerm(_term, clock.Now + permission);
    }

    private sealed class Handle(SimulatedLock shared, Party party, MonotonicClock clock) : IClusterLock
    {
        private long _held = -1;

        private bool IsMine => shared._term == _held && !shared._isReleased;

        public ValueTask<LockTerm?> TryAcquireAsync(string node, CancellationToken cancellationToken)
        {
            var term = shared.TryAcquire(party, clock);
            _held = term?.Term ?? _held;
            return new ValueTask<LockTerm?>(term);
        }

        public ValueTask<LockTerm?> RenewAsync(CancellationToken cancellationToken) =>
            new(IsMine ? shared.Extend(clock) : null);

        public ValueTask ReleaseAsync()
        {
            shared._isReleased |= IsMine;
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ReleaseAsync();
    }
}
