using Torture.Harness.Witness;

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

    /// <summary>Whether packets show the same value.</summary>
    public WireConfirmation Wire { get; init; }

    /// <summary>What the packets show, where it is not what the client saw.</summary>
    public string? OnTheWire { get; init; }

    /// <summary>Which call; null for a check of something else.</summary>
    public CallResult? Call { get; init; }

    /// <summary>Path from the reply to the value, which a recheck follows; null: see <see cref="Reply"/>.</summary>
    public string? Path { get; init; }

    /// <summary>The whole reply as text, where no path says what was looked at.</summary>
    public string? Reply { get; init; }

    /// <summary>Tolerated values one by one.</summary>
    public IReadOnlyList<string> ToleratedValues { get; init; } = [];

    /// <summary>For a span of time.</summary>
    public WindowResult? Window { get; init; }

    public WindowResult? ToleratedWindow { get; init; }
}

/// <summary>What packets say about the value that a client saw.</summary>
public enum WireConfirmation
{
    /// <summary>No packet belongs to it, or there was no capture.</summary>
    RecordedOnly,

    /// <summary>Read again from the packets: the same.</summary>
    Confirmed,

    /// <summary>Read again from the packets: something else.</summary>
    Contradicted,
}

/// <summary>A call by what finds its packets: endpoints as <c>address:port</c>.</summary>
/// <param name="Interface">UUID and version.</param>
/// <param name="Operation">Such as <c>RegisterEx</c>.</param>
/// <param name="IsRaw">The case called with raw bytes and looked at raw bytes.</param>
public sealed record CallResult(
    string Client, string Server, uint CallId, string Interface, int Opnum, string Operation, bool IsRaw = false)
{
    internal static CallResult Of(Reply reply) => new(
        reply.Call.Client.ToString(), reply.Call.Server.ToString(), reply.Call.CallId,
        reply.Call.Interface.ToString(), reply.Call.Opnum, reply.Call.Operation, reply is RawReply);
}

/// <summary>A span of time on the wire; without a latest it is open.</summary>
public sealed record WindowResult(TimeSpan Earliest, TimeSpan? Latest)
{
    internal Window ToWindow() => Window.From(Earliest, to: Latest ?? TimeSpan.MaxValue);

    internal static WindowResult Of(Window window) =>
        new(window.Earliest, window.Latest == TimeSpan.MaxValue ? null : window.Latest);
}
