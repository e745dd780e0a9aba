using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>
/// Each registration that polled to the end heard exactly what the model foretells, in this order, once; what is not
/// certain may be missing.
/// </summary>
public sealed class NotificationsAsForetold : IChecker
{
    public IEnumerable<Finding> Check(History history)
    {
        foreach (var hearing in Hearing.AllOf(history).Where(hearing => hearing.Story.Polls.Count > 0))
        {
            var story = hearing.Story;
            var expected = string.Join(", ", hearing.Expected.Where(one => one.IsCertain));
            var heard = string.Join(", ", hearing.Heard.Select(one => one.Heard.Text));
            var exact = hearing.Heard.All(one => one.Explained is not null)
                && hearing.Missed.All(one => !one.IsCertain);
            var told = hearing.Heard.Where(one => one.Explained?.Change is not null).Select(one => one.Explained!.At)
                .ToList();
            yield return Finding.At(
                story.Polls[^1].Event, Ctdb.AllRegisteredAreTold, exact, Nothing(heard), Nothing(expected),
                $"what {story.Request.ClientComputerName} heard of {story.Address}");
            yield return Finding.At(
                story.Polls[^1].Event, Ctdb.NotificationOrderKept, told.SequenceEqual(told.Order()), Nothing(heard),
                Nothing(expected), $"order of what {story.Request.ClientComputerName} heard");
        }
    }

    private static string Nothing(string text) => text.Length == 0 ? "nothing" : text;
}
