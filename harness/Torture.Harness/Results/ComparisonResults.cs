using Torture.Captures;

namespace Torture.Harness.Results;

/// <summary>Failovers of several targets, measured in one run: the content of <c>comparison.json</c>.</summary>
public sealed record ComparisonResults
{
    /// <summary>Grows when a reader of the old shape would misunderstand the new one.</summary>
    public int Format { get; init; } = 1;

    public required DateTimeOffset Started { get; init; }

    /// <summary>Wall time so far.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Such as <c>--targets loopback,containers --repeat 20</c>.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>How often each fault was to happen on each target.</summary>
    public int Repeat { get; init; }

    /// <summary>Words as in <c>--faults</c>, in order.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Names with versions: torture, .NET, os.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new SortedDictionary<string, string>();

    /// <summary>In the order in which they were measured; the first one is what the others are compared with.</summary>
    public IReadOnlyList<ComparedTarget> Targets { get; init; } = [];
}

/// <summary>What one target did.</summary>
public sealed record ComparedTarget
{
    /// <summary>As in <c>--targets</c>: a name, a name with settings, a path.</summary>
    public required string Name { get; init; }

    /// <summary>Which cluster of the target; null where none came up.</summary>
    public string? Cluster { get; init; }

    /// <summary>One line why nothing was measured.</summary>
    public string? Unusable { get; init; }

    /// <summary>Load average of the machine over the minute before it was measured, where that can be had.</summary>
    public double? Load { get; init; }

    /// <summary>Null without a capture.</summary>
    public StampError? Stamps { get; init; }

    /// <summary>Folder of its run, relative to comparison.json.</summary>
    public string? Run { get; init; }

    public IReadOnlyList<ComparedFault> Faults { get; init; } = [];
}

/// <summary>One fault on one target: two cases, since a client that follows need not be one that is told.</summary>
public sealed record ComparedFault
{
    /// <summary>Such as <c>kill</c>.</summary>
    public required string Fault { get; init; }

    /// <summary>A client keeps working: the outage and all milestones but T4.</summary>
    public required ComparedCase Follows { get; init; }

    /// <summary>A client is registered: T4.</summary>
    public required ComparedCase Told { get; init; }
}

/// <summary>A case with what it measured.</summary>
public sealed record ComparedCase
{
    public required string Id { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>One line why, for a case that did not pass.</summary>
    public string? Reason { get; init; }

    public IReadOnlyList<FailoverResult> Failovers { get; init; } = [];
}
