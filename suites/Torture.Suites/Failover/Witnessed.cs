namespace Torture.Suites.Failover;

/// <summary>What a client hears on one registration until the address is available again.</summary>
internal static class Witnessed
{
    /// <summary>Polls until AVAILABLE is told; returns all changes in the order in which they came.</summary>
    public static async Task<IReadOnlyList<ResourceChange>> UntilAvailableAsync(Registration registration)
    {
        var heard = new List<ResourceChange>();
        while (heard.LastOrDefault()?.ChangeType != ChangeType.RESOURCE_STATE_AVAILABLE)
        {
            var reply = await registration.AsyncNotifyAsync();
            if (!reply.Status.IsSuccess)
            {
                throw new Harness.Clusters.InconclusiveException(
                    $"while waiting for AVAILABLE the answer was {reply.Status}");
            }

            heard.AddRange(reply.Changes);
        }

        return heard;
    }

    /// <summary>UNAVAILABLE, possibly several times, then AVAILABLE (SWN-R157).</summary>
    public static bool IsAFailover(IReadOnlyList<ResourceChange> heard) =>
        heard.Count >= 2
        && heard[^1].ChangeType == ChangeType.RESOURCE_STATE_AVAILABLE
        && heard.SkipLast(1).All(change => change.ChangeType == ChangeType.RESOURCE_STATE_UNAVAILABLE);

    public static string InWords(IReadOnlyList<ResourceChange> heard) =>
        string.Join(", ", heard.Select(change => $"{change.ResourceName} {change.ChangeType}"));
}
