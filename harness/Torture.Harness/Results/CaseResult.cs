namespace Torture.Harness.Results;

/// <summary>One planned case. It is Inconclusive, "not reached", until it has run.</summary>
public sealed record CaseResult
{
    public const string NotReached = "not reached";

    /// <summary>Such as <c>rpc.witness.KeepAlive.Elapses</c>.</summary>
    public required string Id { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>What it came to without its checks: exceptions, what is missing, vacuity.</summary>
    public Verdict BesidesChecks { get; init; }

    /// <summary>One line why, where the checks do not say it: an exception, a missing capability, vacuity.</summary>
    public string? Reason { get; init; }

    /// <summary>The lines that console and test adapter show; null for a case that passed.</summary>
    public string? Message { get; init; }

    /// <summary>An exception that ended the case: type, message and stack.</summary>
    public string? Exception { get; init; }

    /// <summary>How often each requirement was really checked, what held included.</summary>
    public IReadOnlyDictionary<string, int> Checked { get; init; } = new SortedDictionary<string, int>();

    /// <summary>Ids of the requirements that the case declares.</summary>
    public IReadOnlyList<string> Requirements { get; init; } = [];

    /// <summary>Capabilities that the case needs.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>Of these, the ones that the target lacks.</summary>
    public IReadOnlyList<string> Lacks { get; init; } = [];

    /// <summary>When it began, since the start of the run.</summary>
    public TimeSpan Started { get; init; }

    public TimeSpan Elapsed { get; init; }

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init; } = [];

    /// <summary>Outages that the case caused.</summary>
    public IReadOnlyList<FailoverResult> Failovers { get; init; } = [];

    /// <summary>The last lines of the case's own log, for a case that did not pass.</summary>
    public IReadOnlyList<string> Log { get; init; } = [];

    /// <summary>Folder with history, capture and logs, relative to results.json; null when nothing was kept.</summary>
    public string? Evidence { get; init; }

    /// <summary>What the product is known to do, for a case that is known not to pass.</summary>
    public string? Expectation { get; init; }

    /// <summary>It failed only because it passed: what was expected of it is not so any more.</summary>
    public bool IsStale { get; init; }
}
