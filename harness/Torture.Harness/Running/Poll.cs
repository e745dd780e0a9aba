namespace Torture.Harness.Running;

/// <summary>
/// Waits for a condition: asks again and again until a limit, at distances that grow with the wait. What takes long is
/// noticed a little later, and asking takes no time from the cluster that is asked.
/// </summary>
internal static class Poll
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    /// <summary>The part of the time waited so far after which it asks again.</summary>
    private const double Part = 1.0 / 16;

    /// <returns>The first answer that is not null; null when the limit has passed.</returns>
    public static async Task<T?> UntilAsync<T>(
        Func<Task<T?>> ask, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
        where T : class
    {
        var started = time.GetTimestamp();
        while (true)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            var waited = time.GetElapsedTime(started);
            if (waited >= limit)
            {
                return null;
            }

            await Task.Delay(Distance(waited * Part), time, cancellationToken);
        }
    }

    private static TimeSpan Distance(TimeSpan part) =>
        part < Shortest ? Shortest : part > Longest ? Longest : part;
}
