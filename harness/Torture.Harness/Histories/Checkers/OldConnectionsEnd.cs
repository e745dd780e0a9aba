using System.Globalization;
using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>
/// A connection to an address that has another owner now does not hang: it has ended, by whomever, 5 s after the new
/// owner's first frame. Three rounds of tickles are over by then.
/// </summary>
/// <param name="asked">A case wants an answer: what cannot be told is said.</param>
public sealed class OldConnectionsEnd(bool asked = false) : IChecker
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    public IEnumerable<Finding> Check(History history)
    {
        var story = LinkStory.Of(history);
        return story is null ? [] : story.Takes.SelectMany(
            take => OldConnection.Of(take, story).Where(old => !old.HadEnded).SelectMany(old => Of(take, old)))
            .Answer(asked, Ctdb.OldConnectionsEnd);
    }

    private static IEnumerable<Finding> Of(LinkTake take, OldConnection old)
    {
        var due = take.At + EndLimit;
        if (old.Ended is { } ended && ended.At < take.Until)
        {
            var time = (ended.At - take.At).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
            return [Finding.At(
                ended, Ctdb.OldConnectionsEnd, ended.At <= due, $"ended after {time} s", "ended after 5 s or less",
                $"{old}")];
        }

        if (due <= take.Until)
        {
            return [Finding.At(
                take.First, Ctdb.OldConnectionsEnd, holds: false, "still open, and nobody told the client",
                "ended after 5 s or less", $"{old}")];
        }

        return [Finding.CannotTell(Ctdb.OldConnectionsEnd, "the packets end before it has to have ended", $"{old}")];
    }
}
