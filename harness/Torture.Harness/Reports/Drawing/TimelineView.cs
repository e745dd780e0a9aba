namespace Torture.Harness.Reports.Drawing;

/// <summary>What is drawn of one failover. Times are since T0.</summary>
internal sealed record TimelineView
{
    public required string Title { get; init; }

    public required TimeSpan From { get; init; }

    public required TimeSpan To { get; init; }

    /// <summary>Node names: each has its colour by its place here.</summary>
    public required IReadOnlyList<string> Nodes { get; init; }

    public required IReadOnlyList<TimelineLane> Lanes { get; init; }

    public required IReadOnlyList<TimelineMilestone> Milestones { get; init; }

    /// <summary>From the fault to the begin of healing; null: an event without an end.</summary>
    public TimeSpan? FaultEnds { get; init; }
}

/// <param name="Name">A public address, a node, a client.</param>
/// <param name="IsFaulty">The fault hits this lane.</param>
internal sealed record TimelineLane(
    string Name, bool IsFaulty, IReadOnlyList<TimelineBar> Bars, IReadOnlyList<TimelineMark> Marks);

/// <param name="Node">Whose colour the bar has; null: a gap that nobody owns.</param>
internal sealed record TimelineBar(TimeSpan From, TimeSpan To, string? Node, string Label);

internal enum TimelineMarkKind
{
    Served,
    Failed,
    Indeterminate,
    Notification,
    State,
}

internal sealed record TimelineMark(TimeSpan At, TimelineMarkKind Kind, string Text);

/// <param name="After">Null: not seen.</param>
internal sealed record TimelineMilestone(string Name, string Event, TimeSpan? After, string? Text);
