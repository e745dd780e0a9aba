namespace Torture.Harness.Reports.Drawing;

/// <summary>What a history says about a failover, as it is drawn. Times are since T0.</summary>
internal sealed record TimelineFacts
{
    public static readonly TimelineFacts None = new();

    /// <summary>Ownership as it changed, in order.</summary>
    public IReadOnlyList<OwnerChange> Owners { get; init; } = [];

    /// <summary>What happened at a node: state changes, notifications that it sent.</summary>
    public IReadOnlyList<LaneEvent> Nodes { get; init; } = [];

    /// <summary>What a client saw: operations and notifications.</summary>
    public IReadOnlyList<LaneEvent> Clients { get; init; } = [];
}

/// <param name="Node">Null: let go, nobody owns it.</param>
internal sealed record OwnerChange(TimeSpan At, string Address, string? Node);

internal sealed record LaneEvent(TimeSpan At, string Lane, TimelineMarkKind Kind, string Text);
