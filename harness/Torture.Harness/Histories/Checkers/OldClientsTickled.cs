using System.Net;
using Torture.Captures;
using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>A connection to an address at the time when the address got another owner.</summary>
/// <param name="Age">How old it was when the owner before was lost.</param>
/// <param name="Ended">When a FIN or RST of either side was seen; null: never.</param>
/// <param name="HadEnded">That was before the address moved: the client knows.</param>
internal sealed record OldConnection(
    IPEndPoint Client, IPEndPoint Server, TimeSpan Age, ConnectionEndSeen? Ended, bool HadEnded)
{
    /// <summary>All that were made before.</summary>
    public static IEnumerable<OldConnection> Of(LinkTake take, LinkStory story)
    {
        var lost = story.LostAt(take);
        foreach (var seen in story.Events.OfType<ConnectionSeen>())
        {
            if (!seen.Server.Address.Equals(take.Address.Address) || seen.At >= take.At)
            {
                continue;
            }

            var ended = story.Events.OfType<ConnectionEndSeen>().FirstOrDefault(end =>
                end.Client.Equals(seen.Client) && end.Server.Equals(seen.Server) && end.At >= seen.At);
            yield return new OldConnection(
                seen.Client, seen.Server, lost - seen.At, ended, HadEnded: ended?.At < take.At);
        }
    }

    public override string ToString() => $"{Client} -> {Server}";
}

/// <summary>
/// The new owner of an address tickles every connection that was there for 1 s or longer, after it has announced
/// itself, and resets who answers: a tickle within 1.5 s of its first frame, the reset within 3.5 s of the tickle,
/// which leaves time for three rounds.
/// </summary>
/// <param name="asked">A case wants an answer: what cannot be told is said.</param>
public sealed class OldClientsTickled(bool asked = false) : IChecker
{
    /// <summary>A younger connection may be unknown to the nodes that are left.</summary>
    private static readonly TimeSpan KnownAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TickleLimit = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan ResetLimit = TimeSpan.FromSeconds(3.5);

    public IEnumerable<Finding> Check(History history)
    {
        var story = LinkStory.Of(history);
        return story is null ? [] : story.Takes.SelectMany(take =>
        {
            var segments = story.Events.OfType<SegmentSeen>().Where(one => one.At >= take.At && one.At < take.Until)
                .OrderBy(one => one.Frame).ToList();
            return OldConnection.Of(take, story).SelectMany(old => Of(take, old, story, segments));
        }).Answer(asked, Ctdb.ClientsTickled, Ctdb.TickledClientsReset);
    }

    private static IEnumerable<Finding> Of(
        LinkTake take, OldConnection old, LinkStory story, List<SegmentSeen> segments)
    {
        var tickle = segments.FirstOrDefault(one => IsFromOwner(one, TcpEventKind.Tickle, take, old));
        if (tickle is not null)
        {
            var early = story.Announcements(take).FirstOrDefault() is { } announced && announced.Frame > tickle.Frame;
            return [
                Finding.At(
                    tickle, Ctdb.ClientsTickled, holds: !early,
                    early ? "tickled before the address was announced" : "tickled",
                    "tickled once neighbours know the new owner", $"{old}"),
                .. Reset(take, old, tickle, segments).Select(finding => finding.Holds || !story.IsOnBadLink(take)
                    ? finding
                    : Finding.CannotTell(Ctdb.TickledClientsReset, LinkStory.BadLink, $"{old}")),
            ];
        }

        if (segments.FirstOrDefault(one => IsFromOwner(one, TcpEventKind.OutOfWindow, take, old)) is { } odd)
        {
            return [Finding.At(
                odd, Ctdb.ClientsTickled, holds: false, "an ACK with another sequence number",
                "tickled with sequence number 0", $"{old}")];
        }

        var due = take.At + TickleLimit;
        if (old.Age < KnownAfter || old.Ended?.At <= due || old.HadEnded)
        {
            return [];
        }

        return story.IsOnBadLink(take) ? Unknown(Ctdb.ClientsTickled, old, LinkStory.BadLink)
            : due <= take.Until
            ? [Finding.At(
                take.First, Ctdb.ClientsTickled, holds: false, "not tickled",
                $"tickled by {take.Owner ?? "the new owner"} within 1.5 s", $"{old}")]
            : Unknown(Ctdb.ClientsTickled, old, "the packets end before it can have been tickled");
    }

    private static IEnumerable<Finding> Reset(
        LinkTake take, OldConnection old, SegmentSeen tickle, List<SegmentSeen> segments)
    {
        var after = segments.Where(one => one.Frame > tickle.Frame).ToList();
        var answer = after.FirstOrDefault(one => one.What != TcpEventKind.Tickle
            && one.Source.Equals(old.Client) && one.Destination.Equals(old.Server));
        var reset = after.FirstOrDefault(one => IsFromOwner(one, TcpEventKind.Reset, take, old));
        if (reset is not null)
        {
            return [Finding.At(
                reset, Ctdb.TickledClientsReset, holds: true, answer is null ? "reset" : "answered and reset",
                subject: $"{old}")];
        }

        var due = tickle.At + ResetLimit;
        if (old.Ended?.At <= due || answer?.What == TcpEventKind.Reset)
        {
            return [];
        }

        return due <= take.Until
            ? [Finding.At(
                answer ?? tickle, Ctdb.TickledClientsReset, holds: false,
                answer is null ? "neither answered nor reset" : "answered, not reset",
                $"answered, and reset by {take.Owner} within 3.5 s", $"{old}")]
            : Unknown(Ctdb.TickledClientsReset, old, "the packets end before it can have been reset");
    }

    private static bool IsFromOwner(SegmentSeen one, TcpEventKind kind, LinkTake take, OldConnection old) =>
        one.What == kind && one.Source.Equals(old.Server) && one.Destination.Equals(old.Client)
        && (take.Owner is null || one.Sender == take.Owner);

    private static Finding[] Unknown(string requirement, OldConnection old, string why) =>
        [Finding.CannotTell(requirement, why, $"{old}")];
}
