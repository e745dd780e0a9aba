namespace Torture.Harness.Results;

/// <summary>One outage: a fault, what followed on the wire, and how it ended.</summary>
public sealed record FailoverResult
{
    /// <summary>Name of the fault record, such as <c>KillNode</c>: distributions are drawn for each.</summary>
    public required string Kind { get; init; }

    /// <summary>For people: <c>kill n1</c>.</summary>
    public required string Fault { get; init; }

    /// <summary>The node that the fault hits, where it hits one.</summary>
    public string? Node { get; init; }

    /// <summary>T0, since the start of the case.</summary>
    public TimeSpan At { get; init; }

    /// <summary>When healing began, since the start of the case.</summary>
    public TimeSpan? Healed { get; init; }

    /// <summary>When the cluster equalled its baseline again, since the start of the case.</summary>
    public TimeSpan? Recovered { get; init; }

    /// <summary>T0 to T7 in order; what was not seen has no time.</summary>
    public IReadOnlyList<MilestoneResult> Milestones { get; init; } = [];

    /// <summary>A client worked at an address that its owner let go: there is an outage to be measured.</summary>
    public bool Interrupts { get; init; }

    /// <summary>
    /// From the last operation that the old owner served to the first one that another server did; null: not seen, or
    /// already that of an earlier fault.
    /// </summary>
    public TimeSpan? Outage { get; init; }
}

/// <summary>One of T0 to T7.</summary>
/// <param name="Name">Such as <c>T2</c>.</param>
/// <param name="Event">Such as <c>taken</c>.</param>
/// <param name="After">Since T0; may be negative for T1; null when no packet shows it.</param>
/// <param name="Frame">The packet that shows it.</param>
/// <param name="Text">Such as <c>10.0.0.101 n1 -> n2</c>.</param>
public sealed record MilestoneResult(string Name, string Event, TimeSpan? After, long? Frame, string? Text);
