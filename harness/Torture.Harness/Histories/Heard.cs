using Torture.Harness.Running;
using Torture.Harness.Witness;
using Torture.Protocol.Witness;

namespace Torture.Harness.Histories;

/// <summary>One thing that a registration was told: an entry of a RESOURCE_CHANGE, or a move as a whole.</summary>
internal sealed record Heard(
    DateTimeOffset At, NotificationKind Kind, ChangeType? Change, string Text, HistoryEvent? Event)
{
    public static IReadOnlyList<Heard> AllOf(WitnessStory story) => [.. story.Told.SelectMany(Of)];

    public bool Is(Expected expected) => Kind == expected.Kind && Change == expected.Change;

    private static IEnumerable<Heard> Of(NotifyPoll poll)
    {
        var response = poll.Answer!.Response!;
        var at = poll.AnsweredAt!.Value;
        if (response.MessageType != NotificationKind.RESOURCE_CHANGE_NOTIFICATION)
        {
            return [new Heard(at, response.MessageType, null, Render.Notification(response), poll.Event)];
        }

        return NotificationEntries.Changes(response).Select(change =>
            new Heard(at, response.MessageType, change.ChangeType, Render.Value(change), poll.Event));
    }
}

/// <summary>What was heard held against what was to be heard, in order.</summary>
internal sealed record Hearing(
    WitnessStory Story, IReadOnlyList<Expected> Expected, IReadOnlyList<(Heard Heard, Expected? Explained)> Heard,
    IReadOnlyList<Expected> Missed)
{
    /// <summary>The run may learn of a cause a moment after the server has told its effect.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    /// <summary>Between the clock of the run and that of the capture.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMilliseconds(20);

    /// <summary>Of each registration, as <see cref="WitnessStory.AllOf"/> has them.</summary>
    public static IReadOnlyList<Hearing> AllOf(History history) => history.Once<IReadOnlyList<Hearing>>(
        all => [.. WitnessStory.AllOf(all).Select(story => Of(story, all))]);

    private static Hearing Of(WitnessStory story, History history)
    {
        var expected = NotificationModel.For(story, history);
        var all = Histories.Heard.AllOf(story);
        var aligned = Alignment.Of(
            [.. all.Where(one => one.Change is not null)], [.. expected.Where(one => one.Change is not null)],
            Tolerance);
        var open = expected.Except(aligned.OfType<Expected>(), ReferenceEqualityComparer.Instance)
            .Cast<Expected>().ToList();
        var heard = new List<(Heard, Expected?)>();
        Expected? last = null;
        var changes = 0;
        foreach (var one in all)
        {
            var cause = (one.Change is null ? null : aligned[changes++]) ?? CauseOf(one, open)
                ?? (last is not null && one.Is(last) && last.Change is not null ? last : null);
            heard.Add((one, cause));
            if (cause is not null)
            {
                open.RemoveAll(may => ReferenceEquals(may, cause) || IsOverwritten(may, cause));
                if (cause.IsEarly)
                {
                    open.Remove(open.Find(may => !may.IsEarly && one.Is(may) && may.Subject == cause.Subject
                        && may.At >= cause.At)!);
                }

                last = cause;
            }
        }

        return new Hearing(story, expected, heard, open);
    }

    /// <summary>True where a poll after it, or one that waited long enough, did not bring it.</summary>
    public bool IsLost(Expected missed, DateTimeOffset end, TimeSpan limit)
    {
        var due = missed.At + limit;
        return missed.IsCertain && (Story.Until is null || Story.Until > due)
            && !Story.WasFrozen(missed.At, due) && Story.Polls.Any(poll =>
            poll.Answer is null ? poll.AskedAt < due && end > due : poll.AnsweredAt > due && poll.AskedAt <= due
                || poll.AskedAt > due);
    }

    /// <summary>Of moves that piled up the last one is told; news of changes may cross.</summary>
    private static Expected? CauseOf(Heard one, List<Expected> open) =>
        one.Change is not null
            ? open.Find(may => one.Is(may) && may.At <= one.At + Tolerance)
            : open.LastOrDefault(may => one.Is(may) && may.At <= one.At)
                ?? open.FirstOrDefault(may => one.Is(may) && may.At <= one.At + Skew);

    /// <summary>Of moves of one kind that nobody fetched in time only the last is kept.</summary>
    private static bool IsOverwritten(Expected earlier, Expected delivered) =>
        earlier.Change is null && earlier.Kind == delivered.Kind && earlier.At < delivered.At;
}
