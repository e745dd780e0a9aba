namespace Torture.Harness.Histories;

/// <summary>What happened in a case: it grows and never changes. Safe for many threads.</summary>
public sealed class History
{
    private readonly Lock _gate = new();
    private readonly List<HistoryEvent> _events = [];
    private readonly Dictionary<Type, object> _made = [];
    private IReadOnlyList<HistoryEvent>? _copy;
    private readonly TimeProvider _time;

    public History(TimeProvider? time = null) => _time = time ?? TimeProvider.System;

    /// <summary>A history written by hand or read from a file; events keep their order.</summary>
    public History(IEnumerable<HistoryEvent> events)
        : this()
    {
        foreach (var happened in events)
        {
            Add(happened);
        }
    }

    public IReadOnlyList<HistoryEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return _copy ??= [.. _events];
            }
        }
    }

    /// <summary>Events of one kind in their order.</summary>
    public IEnumerable<T> Of<T>() where T : HistoryEvent => Events.OfType<T>();

    public T Add<T>(T happened) where T : HistoryEvent
    {
        lock (_gate)
        {
            var numbered = happened with { Sequence = _events.Count };
            _events.Add(numbered);
            _copy = null;
            if (happened is not CheckerAsked)
            {
                _made.Clear();
            }

            return (T)numbered;
        }
    }

    /// <summary>Adds what is made of the present time.</summary>
    public T Add<T>(Func<DateTimeOffset, T> happened) where T : HistoryEvent
    {
        lock (_gate)
        {
            return Add(happened(_time.GetUtcNow()));
        }
    }

    /// <summary>
    /// What is made of all events: once, as long as no more come. Each checker wants the same, and none changes it, nor
    /// does it that a checker was asked.
    /// </summary>
    internal T Once<T>(Func<History, T> make) where T : class
    {
        int count;
        lock (_gate)
        {
            if (_made.TryGetValue(typeof(T), out var made))
            {
                return (T)made;
            }

            count = _events.Count;
        }

        var fresh = make(this);
        lock (_gate)
        {
            if (_events.Count == count)
            {
                _made[typeof(T)] = fresh;
            }
        }

        return fresh;
    }
}
