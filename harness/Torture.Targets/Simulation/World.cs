using System.Collections.Concurrent;
using Torture.Harness.Clusters;

namespace Torture.Targets.Simulation;

/// <summary>
/// All that goes on in a simulated cluster. Each party has a queue of what it has to do; which one does the next of it
/// the seed decides. Where nobody has anything to do, time jumps to the next timer.
/// </summary>
internal sealed class World : IWorld
{
    /// <summary>What one callback takes: so time goes on also where nobody waits for it, 1 µs.</summary>
    private const long CallbackTicks = TimeSpan.TicksPerMicrosecond;

    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Func<bool>, (long At, long Order)> _due = new();
    private readonly ConcurrentQueue<Action> _outside = [];
    private readonly List<Party> _parties = [];
    private readonly Random _order;
    private int _thread;
    private int _strays;
    private long _scheduled;

    public World(int seed)
    {
        Random = new Random(seed);
        _order = NewRandom();
        Case = NewParty("case");
        Network = new MemoryNetwork(this, NewRandom());
    }

    /// <summary>Ticks since the world began.</summary>
    public long Now { get; private set; }

    public DateTimeOffset UtcNow => Epoch.AddTicks(Now);

    /// <summary>Where every part of the world has its own generator from.</summary>
    public Random Random { get; }

    /// <summary>The case, its clients and the harness.</summary>
    public Party Case { get; }

    public MemoryNetwork Network { get; }

    public TimeProvider Time => Case.Time;

    public Random NewRandom() => new(Random.Next());

    public Party NewParty(string name)
    {
        var party = new Party(this, name, number: _parties.Count + 1);
        _parties.Add(party);
        return party;
    }

    public T Run<T>(Func<Task<T>> doing)
    {
        _thread = Environment.CurrentManagedThreadId;
        Task<T>? done = null;
        Case.Do(() => done = doing());
        while (!done!.IsCompleted)
        {
            Step();
        }

        return _strays == 0 ? done.GetAwaiter().GetResult() : throw new InvalidOperationException(
            "another thread took part: the run was stopped, or cannot be replayed");
    }

    public IReadOnlyList<string> Waits() =>
        [.. _parties.Where(party => !party.IsGone).SelectMany(party => party.Waits().Concat(Network.Waits(party)))];

    /// <summary>Something that no party does but the network or a clock.</summary>
    /// <param name="happens">False: it was called off, and no time passes for it.</param>
    public void After(TimeSpan delay, Func<bool> happens) =>
        _due.Enqueue(happens, (Now + Math.Max(0, delay.Ticks), ++_scheduled));

    /// <summary>From a thread that is not the world's: the end of a run that is broken off, or a mistake.</summary>
    public bool IsElsewhere => Environment.CurrentManagedThreadId != _thread;

    public void FromOutside(Action post) => _outside.Enqueue(post);

    private void Step()
    {
        while (_outside.TryDequeue(out var post))
        {
            _strays++;
            post();
        }

        while (_due.TryPeek(out _, out var next) && next.At <= Now)
        {
            _due.Dequeue()();
        }

        if (NextReady() is { } party)
        {
            Now += CallbackTicks;
            party.DoNext();
        }
        else
        {
            Jump();
        }
    }

    /// <summary>One of those that have something to do, as the seed wants it.</summary>
    private Party? NextReady()
    {
        var ready = 0;
        Party? chosen = null;
        foreach (var party in _parties)
        {
            if (party.IsReady && (++ready == 1 || _order.Next(ready) == 0))
            {
                chosen = party;
            }
        }

        return chosen;
    }

    private void Jump()
    {
        while (_due.TryDequeue(out var happens, out var next))
        {
            var before = Now;
            Now = Math.Max(Now, next.At);
            if (happens())
            {
                return;
            }

            Now = before;
        }

        if (_outside.IsEmpty)
        {
            throw new DeadlockException(Waits());
        }
    }
}
