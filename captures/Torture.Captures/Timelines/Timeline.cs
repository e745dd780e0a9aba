using System.Globalization;

namespace Torture.Captures;

/// <summary>A point of a failover and the frame that shows it.</summary>
/// <param name="Name">T0 to T7.</param>
/// <param name="Event">A word for people: taken.</param>
/// <param name="Text">What the frame says.</param>
public sealed record Milestone(string Name, string Event, FrameStamp At, string Text);

/// <summary>What the packets show of one failover. A milestone that has no packet is null, never zero.</summary>
public sealed record Timeline
{
    /// <summary>The marker just before the fault.</summary>
    public Milestone? T0 { get; init; }

    /// <summary>Silence: the last packet with payload from the lost node.</summary>
    public Milestone? T1 { get; init; }

    /// <summary>Taken: the first announcement, or on loopback the first payload, by the new owner.</summary>
    public Milestone? T2 { get; init; }

    /// <summary>Tickled: the first tickle for a connection that was seen.</summary>
    public Milestone? T3 { get; init; }

    /// <summary>Told: the first notification to a client.</summary>
    public Milestone? T4 { get; init; }

    /// <summary>Reconnecting: the client's SYN to the new owner.</summary>
    public Milestone? T5 { get; init; }

    /// <summary>Session: negotiated, or set up, with the new owner.</summary>
    public Milestone? T6 { get; init; }

    /// <summary>Served: the first successful operation by the new owner.</summary>
    public Milestone? T7 { get; init; }

    /// <summary>The client's answer to the tickle.</summary>
    public FrameStamp? TickleAnswer { get; init; }

    /// <summary>The new owner's RST that follows, which makes the client reconnect.</summary>
    public FrameStamp? TickleReset { get; init; }

    /// <summary>The last successful operation of the old owner.</summary>
    public FrameStamp? LastServed { get; init; }

    /// <summary>From the last operation that was served to the first that was served again.</summary>
    public TimeSpan? Outage => T7?.At - LastServed;

    /// <summary>Those that have a packet, T0 first.</summary>
    public IEnumerable<Milestone> Milestones =>
        new[] { T0, T1, T2, T3, T4, T5, T6, T7 }.OfType<Milestone>();

    /// <summary>Since T0; null without T0 or without the milestone.</summary>
    public TimeSpan? After(Milestone? milestone) => milestone?.At - T0?.At;

    /// <summary>From T0 to T7: the latency of a failover.</summary>
    public TimeSpan? Latency => After(T7);

    public static Timeline Build(WitnessTrace trace, FailoverContext? context = null) =>
        new TimelineSearch(trace, context ?? new FailoverContext()).Build();

    /// <summary>One for each fault of a capture.</summary>
    public static IReadOnlyList<Timeline> BuildAll(WitnessTrace trace) =>
        [.. FailoverContext.Of(trace).Select(context => Build(trace, context))];

    public override string ToString() => string.Join(
        ' ', Milestones.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Name}={m.At.Frame}")));
}
