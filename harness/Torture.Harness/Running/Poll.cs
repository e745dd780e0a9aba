namespace Torture.Harness.Running;

/// <summary>Waits for a condition: asks again and again, at growing distances, until a limit.</summary>
internal static class Poll
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(50);

    /// <returns>The first answer that is not null; null when the limit has passed.</returns>
    public static async Task<T?> UntilAsync<T>(
        Func<Task<T?>> ask, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
        where T : class
    {
        var started = time.GetTimestamp();
        for (var pause = First; ; pause = pause * 2 < Longest ? pause * 2 : Longest)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            if (time.GetElapsedTime(started) >= limit)
            {
                return null;
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }
}
