using System.Threading.Channels;

namespace Torture.ReferenceServer.Failover;

/// <summary>Everything that an engine knows belongs to one loop; whoever wants something posts it there.</summary>
internal sealed class EngineLoop(Action<string> log)
{
    private readonly Channel<Action> _inbox =
        Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });

    /// <returns>False: the loop has ended.</returns>
    public bool Post(Action action) => _inbox.Writer.TryWrite(action);

    /// <summary>Does it on the loop; the task is cancelled where that has ended.</summary>
    public Task<T> DoAsync<T>(Func<T> action)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Do()
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                done.SetException(failure);
            }
        }

        if (!Post(Do))
        {
            done.SetCanceled();
        }

        return done.Task;
    }

    public Task DoAsync(Action action) => DoAsync(() =>
    {
        action();
        return true;
    });

    /// <summary>Until <see cref="End"/>.</summary>
    /// <param name="afterwards">What is done each time when nothing more is waiting.</param>
    public async Task RunAsync(Action? afterwards = null)
    {
        // ReadAllAsync would leave the thread that a simulation pumps.
        while (await _inbox.Reader.WaitToReadAsync())
        {
            while (_inbox.Reader.TryRead(out var action))
            {
                Do(action);
            }

            if (afterwards is not null)
            {
                Do(afterwards);
            }
        }
    }

    public void End() => _inbox.Writer.TryComplete();

    private void Do(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            log($"failover: {failure}");
        }
    }
}
