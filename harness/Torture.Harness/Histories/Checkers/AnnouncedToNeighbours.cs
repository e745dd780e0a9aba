using System.Globalization;
using Torture.Harness.Clusters;
using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>
/// Whoever takes an address tells its neighbours, under its own link address, in three rounds or more that are 1.1 s
/// apart as CTDB's: 1.0 to 3.1 s, since a timer is late on a busy machine. A round is a gratuitous ARP, as request, as
/// reply or as both, or a neighbour advertisement with the override flag.
/// </summary>
/// <param name="asked">A case wants an answer: what cannot be told is said.</param>
public sealed class AnnouncedToNeighbours(bool asked = false) : IChecker
{
    private const int Rounds = 3;

    /// <summary>Frames closer together than this are one round.</summary>
    private static readonly TimeSpan OneRound = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan Earliest = TimeSpan.FromSeconds(1.0);
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(3.1);

    public IEnumerable<Finding> Check(History history)
    {
        var story = LinkStory.Of(history);
        return story is null ? [] : story.Takes.SelectMany(take => Of(take, story))
            .Answer(asked, Ctdb.NeighboursTold, Ctdb.AnnouncedThreeTimes);
    }

    private static IEnumerable<Finding> Of(LinkTake take, LinkStory story)
    {
        var said = story.Announcements(take).ToList();
        var mayBeLost = story.IsOnBadLink(take);
        if (said.Count == 0)
        {
            return mayBeLost ? Unknown(Ctdb.NeighboursTold, take, LinkStory.BadLink)
                : take.At + story.Announcement <= take.Until
                ? [Broken(Ctdb.NeighboursTold, take.First, take, "announced to the neighbours", "never announced")]
                : Unknown(Ctdb.NeighboursTold, take, "the packets end before it can have been announced");
        }

        return [
            Told(take, said), ByItself(take, said),
            .. Repeated(take, RoundsOf(said)).Select(finding => finding.Holds || !mayBeLost
                ? finding
                : Finding.CannotTell(Ctdb.AnnouncedThreeTimes, LinkStory.BadLink, $"{take}")),
        ];
    }

    // [RFC4861] 7.2.6
    private static Finding Told(LinkTake take, List<AddressHeard> said)
    {
        var weak = said.FirstOrDefault(one => !one.IsOverride);
        return Finding.At(
            weak ?? said[0], Ctdb.NeighboursTold, weak is null,
            weak is null ? "announced" : "an advertisement without the override flag",
            "announced, so that neighbours replace what they know", $"{take}");
    }

    private static Finding ByItself(LinkTake take, List<AddressHeard> said)
    {
        var foreign = said.FirstOrDefault(one => one.Sender is { } sender && sender != one.Owner);
        return Finding.At(
            foreign ?? said[0], Ctdb.AnnouncedByOwner, foreign is null,
            foreign is null ? "its own" : $"sent by {foreign.Sender}", $"sent by {take.Owner}", $"{take}");
    }

    private static IEnumerable<Finding> Repeated(LinkTake take, List<AddressHeard> rounds)
    {
        foreach (var (one, next) in rounds.Zip(rounds.Skip(1)).Take(Rounds - 1))
        {
            if (next.At - one.At < Earliest || next.At - one.At > Latest)
            {
                var seconds = (next.At - one.At).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
                return [Broken(
                    Ctdb.AnnouncedThreeTimes, next, take, "again after 1.0 to 3.1 s", $"again after {seconds} s")];
            }
        }

        if (rounds.Count >= Rounds)
        {
            return [Finding.At(
                rounds[^1], Ctdb.AnnouncedThreeTimes, holds: true, $"{rounds.Count} times", subject: $"{take}")];
        }

        return rounds[^1].At + Latest <= take.Until
            ? [Broken(Ctdb.AnnouncedThreeTimes, rounds[^1], take, "3 times or more", $"{rounds.Count} times")]
            : Unknown(Ctdb.AnnouncedThreeTimes, take, $"the packets end after {rounds.Count} of {Rounds} rounds");
    }

    private static List<AddressHeard> RoundsOf(List<AddressHeard> said)
    {
        var rounds = new List<AddressHeard>();
        foreach (var one in said)
        {
            if (rounds.Count == 0 || one.At - rounds[^1].At > OneRound)
            {
                rounds.Add(one);
            }
        }

        return rounds;
    }

    private static Finding Broken(
        string requirement, HistoryEvent at, LinkTake take, string expected, string actual) =>
        Finding.At(at, requirement, holds: false, actual, expected, $"{take}");

    private static Finding[] Unknown(string requirement, LinkTake take, string why) =>
        [Finding.CannotTell(requirement, why, $"{take}")];
}
