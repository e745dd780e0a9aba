using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>
/// What a registration is to hear comes with the poll that waits, or with the next one; and nothing that happened
/// later comes before it.
/// </summary>
/// <param name="Limit">From an event to its notification; 5 s where it is left out.</param>
public sealed record NoNotificationLost(TimeSpan? Limit = null) : IChecker
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);

    public IEnumerable<Finding> Check(History history)
    {
        var events = history.Events;
        var end = events.Count == 0 ? DateTimeOffset.MinValue : events.Max(happened => happened.At);
        foreach (var hearing in Hearing.AllOf(history))
        {
            var story = hearing.Story;
            foreach (var (heard, _) in hearing.Heard.Where(one => one.Explained is not null))
            {
                yield return Finding.At(
                    heard.Event, Ctdb.NotificationNotLost, holds: true, heard.Text, subject: "notification");
            }

            foreach (var missed in hearing.Missed)
            {
                if (hearing.IsLost(missed, end, Limit ?? Usual) || IsSkipped(hearing, missed))
                {
                    yield return Finding.At(
                        story.Polls[^1].Event, Ctdb.NotificationNotLost, holds: false,
                        hearing.Heard.Count == 0
                            ? "nothing"
                            : string.Join(", ", hearing.Heard.Select(one => one.Heard.Text)),
                        missed.ToString(), $"what {story.Request.ClientComputerName} heard of {story.Address}");
                }
            }
        }
    }

    /// <summary>A later change was told, and this one was not.</summary>
    private static bool IsSkipped(Hearing hearing, Expected missed) =>
        (missed is { IsCertain: true, Change: not null } && hearing.Heard.Any(one =>
            one.Explained is { Change: not null } told && told.At > missed.At))
        || IsHalfOfAPair(hearing, missed);

    /// <summary>
    /// The next change was told, and of those just before it an odd number was not: that an address came and went
    /// again may be overlooked, not one of the two.
    /// </summary>
    private static bool IsHalfOfAPair(Hearing hearing, Expected missed)
    {
        var changes = hearing.Expected.Where(one => one is { Change: not null, IsEarly: false }).ToList();
        var at = changes.FindIndex(one => ReferenceEquals(one, missed));
        if (at < 0 || at + 1 == changes.Count || IsMissed(changes[at + 1]))
        {
            return false;
        }

        var run = Enumerable.Reverse(changes.Take(at + 1)).TakeWhile(IsMissed).ToList();
        return run.Count % 2 == 1 && run.All(one => one.IsDueBeforeNext);

        bool IsMissed(Expected one) => hearing.Missed.Any(other => ReferenceEquals(other, one));
    }
}
