using Torture.Captures;
using Torture.Harness.Faults;
using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>
/// From the new owner's first frame on nobody else speaks in the name of an address, and the owner answers those who
/// ask for it. Frames within 10 ms may have passed each other; the kernel of a node that was frozen or killed lets go
/// within 2 s.
/// </summary>
public sealed class OneOwnerOnTheLink : IChecker
{
    /// <summary>Two captures, or two ports of one switch.</summary>
    private static readonly TimeSpan Passing = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan KernelLetsGo = TimeSpan.FromSeconds(2);

    /// <summary>A take of which so much was seen without a stray frame shows one owner.</summary>
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(0.5);

    /// <summary>Linux asks so often, a second apart.</summary>
    private const int Questions = 3;

    public IEnumerable<Finding> Check(History history) =>
        LinkStory.Of(history) is { } story
            ? Strays(story).Concat(story.Takes.SelectMany(take => Of(take, story)))
            : [];

    private static IEnumerable<Finding> Strays(LinkStory story) =>
        from stray in story.Strays.Where(stray => !IsExcused(stray, story))
        group stray by (stray.Since.Address, stray.Heard.Owner, Requirement: RequirementOf(stray.Heard)) into strays
        let first = strays.First()
        select Finding.At(
            first.Heard, strays.Key.Requirement, holds: false,
            $"{What(first.Heard)} by {strays.Key.Owner}, {strays.Count()} times", "nothing but by its owner",
            $"{first.Since}");

    private static bool IsExcused(LinkStray stray, LinkStory story)
    {
        var late = stray.Heard.At - stray.Since.At;
        return late <= Passing
            || (!stray.Heard.IsAnnouncement && late <= KernelLetsGo && story.LeavesKernel(stray.Heard.At));
    }

    private static string RequirementOf(AddressHeard heard) =>
        heard.IsAnnouncement ? Ctdb.AnnouncedByOwner
        : heard.Form is null ? Ctdb.NothingAnsweredByOldOwner
        : Ctdb.OneOwnerPerAddress;

    private static string What(AddressHeard heard) => heard.Form switch
    {
        null => "a packet",
        AnnouncementKind.ArpReply or AnnouncementKind.SolicitedAdvertisement => "an answer to a neighbour",
        _ => "an announcement",
    };

    private static IEnumerable<Finding> Of(LinkTake take, LinkStory story)
    {
        if (take is { Owner: not null, Before: not null } && take.At + Watched <= take.Until
            && story.Strays.All(stray => stray.Since.First != take.First || IsExcused(stray, story)))
        {
            yield return Finding.At(
                take.First, Ctdb.NothingAnsweredByOldOwner, holds: true, "nothing", subject: $"{take}");
        }

        if (Answered(take, story) is { } answered)
        {
            yield return answered;
        }
    }

    /// <summary>Null: nobody asked often enough, or packets were lost on purpose.</summary>
    private static Finding? Answered(LinkTake take, LinkStory story)
    {
        var since = story.Events.Where(happened => happened.At > take.At && happened.At < take.Until).ToList();
        var asked = since.OfType<NeighbourAsked>().Where(one => one.Address == take.Address).ToList();
        var answer = since.OfType<AddressHeard>().FirstOrDefault(one => one.Address == take.Address
            && one.Form is AnnouncementKind.ArpReply or AnnouncementKind.SolicitedAdvertisement
            && (take.Owner is null || one.Owner == take.Owner) && one.At > asked.FirstOrDefault()?.At);
        if (answer is not null)
        {
            return Finding.At(
                answer, Ctdb.OwnerServesAddress, holds: true, $"answered by {answer.Owner}", subject: $"{take}");
        }

        var isLossy = story.Events.Any(happened => happened is FaultInjected
        {
            Fault: Partition
                or (SlowLink or LossyLink or FlappingLink) and LinkFault { Link: NodeLink.Public },
        });
        return !isLossy && asked.Count >= Questions && asked[Questions - 1].At + AnswerLimit <= take.Until
            ? Finding.At(
                asked[0], Ctdb.OwnerServesAddress, holds: false, $"asked {asked.Count} times, never answered",
                "its owner answers neighbours within 0.5 s", $"{take}")
            : null;
    }
}
