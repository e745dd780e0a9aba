namespace Torture.Targets.Simulation;

/// <summary>The world's clock as one party has it.</summary>
internal sealed class PartyTime(World world, Party party) : TimeProvider
{
    private readonly HashSet<Timer> _running = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Until the first of its timers; null where none runs.</summary>
    public TimeSpan? Next => _running.Count == 0
        ? null
        : TimeSpan.FromTicks(_running.Min(timer => timer.Due) - world.Now);

    public override long GetTimestamp() => world.Now;

    public override DateTimeOffset GetUtcNow() => world.UtcNow;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>As those of the runtime: a tick that comes while the one before waits to be done is lost.</summary>
    private sealed class Timer(PartyTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        private int _version;
        private bool _isPosted;

        public long Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (time.World.IsElsewhere)
            {
                // A run that is stopped cancels what waits: the world's own thread does it.
                time.World.FromOutside(() => Change(dueTime, period));
                return true;
            }

            _version++;
            _period = period;
            _isPosted = false;
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                time._running.Remove(this);
            }
            else
            {
                Start(dueTime);
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Start(TimeSpan dueTime)
        {
            var version = _version;
            var world = time.World;
            Due = world.Now + dueTime.Ticks;
            time._running.Add(this);
            world.After(dueTime, () => version == _version && Fire());
        }

        private bool Fire()
        {
            time._running.Remove(this);
            if (time.Party.IsGone)
            {
                return false;
            }

            if (_period > TimeSpan.Zero)
            {
                Start(_period);
            }

            if (!_isPosted)
            {
                _isPosted = true;
                time.Party.Post(Call, _version);
            }

            return true;
        }

        private void Call(object? version)
        {
            if ((int)version! == _version)
            {
                _isPosted = false;
                callback(state);
            }
        }
    }

    private World World => world;

    private Party Party => party;
}
