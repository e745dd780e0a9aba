namespace Torture.Targets.Containers.Clusters;

/// <summary>For what waits for the kernel: it is not to hold up a thread that others need.</summary>
internal static class OwnThread
{
    public static Task RunAsync(Action act) => RunAsync(() =>
    {
        act();
        return true;
    });

    public static Task<T> RunAsync<T>(Func<T> act) => Task.Factory.StartNew(
        act, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
