using System.Globalization;
using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>Who waits in a poll is told within the limit, counted from the event.</summary>
public sealed class NotifiedWithin(TimeSpan limit) : IChecker
{
    public TimeSpan? Limit => limit;

    public IEnumerable<Finding> Check(History history)
    {
        foreach (var hearing in Hearing.AllOf(history))
        {
            foreach (var (heard, cause) in hearing.Heard)
            {
                var waited = cause is { IsCertain: true } && hearing.Story.Polls.Any(
                    poll => poll.AskedAt <= cause.At && poll.AnsweredAt == heard.At);
                if (waited)
                {
                    var time = heard.At - cause!.At;
                    yield return Finding.At(
                        heard.Event, Ctdb.NotifiedBeforeServedElsewhere, time <= limit,
                        time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) + " s",
                        limit.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) + " s or less",
                        $"from {cause} to its notification");
                }
            }
        }
    }
}
