namespace Torture.Targets.Simulation;

/// <summary>
/// One of those who live in a world: a node, or the case with its clients. What it has to do it does in order, unless
/// it stands still or is gone.
/// </summary>
/// <param name="number">From 1.</param>
internal sealed class Party(World world, string name, int number) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _todo = [];
    private PartyTime? _time;

    public string Name => name;

    public int Number => number;

    /// <summary>Its clock: the world's, and what it calls back is done by the party.</summary>
    public TimeProvider Time => _time ??= new PartyTime(world, this);

    public bool IsFrozen { get; set; }

    /// <summary>Nothing of it is ever done any more.</summary>
    public bool IsGone { get; private set; }

    public bool IsReady => _todo.Count > 0 && !IsFrozen;

    public override SynchronizationContext CreateCopy() => this;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (world.IsElsewhere)
        {
            world.FromOutside(() => Post(d, state));
        }
        else if (!IsGone)
        {
            _todo.Enqueue((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => Do(() => d(state));

    public void DoNext()
    {
        var (callback, state) = _todo.Dequeue();
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>At once, as the party.</summary>
    public void Do(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>The party does it, when it comes to it.</summary>
    public Task<T> DoAsync<T>(Func<Task<T>> action)
    {
        var done = new TaskCompletionSource<T>();
        Post(_ => DoAsync(), null);
        return done.Task;

        async void DoAsync()
        {
            try
            {
                done.SetResult(await action());
            }
            catch (Exception failed)
            {
                done.SetException(failed);
            }
        }
    }

    public void End()
    {
        IsGone = true;
        _todo.Clear();
    }

    /// <summary>What it could do and does not, and until when it waits.</summary>
    public IEnumerable<string> Waits()
    {
        if (IsFrozen)
        {
            yield return $"{name} stands still, with {_todo.Count} things to do";
        }

        if (_time?.Next is { } next)
        {
            yield return FormattableString.Invariant($"{name} waits {next.TotalSeconds:0.000} s more for a timer");
        }
    }
}
