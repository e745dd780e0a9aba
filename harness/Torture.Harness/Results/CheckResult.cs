namespace Torture.Harness.Results;

/// <summary>What a check found.</summary>
public enum CheckOutcome
{
    Held,

    /// <summary>Neither as the requirement has it nor a failure: a listed outcome of known products.</summary>
    Tolerated,

    /// <summary>The requirement was broken.</summary>
    Broken,

    /// <summary>The evidence lacks what the check needs.</summary>
    CannotTell,
}

/// <summary>One check of one requirement.</summary>
public sealed record CheckResult
{
    public required string Requirement { get; init; }

    public required CheckOutcome Outcome { get; init; }

    /// <summary>What was looked at: <c>reply.Status</c>.</summary>
    public required string Subject { get; init; }

    public required string Expected { get; init; }

    public required string Actual { get; init; }

    public string? Tolerated { get; init; }

    /// <summary>Since the start of the case.</summary>
    public TimeSpan At { get; init; }

    /// <summary>Number of the packet in the case's capture that shows the actual value; null: recorded only.</summary>
    public long? Frame { get; init; }

    /// <summary>The checker that found it, where it was not the case itself.</summary>
    public string? Checker { get; init; }
}
