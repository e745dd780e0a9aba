using Torture.Harness.Results;

namespace Torture.Harness.Histories;

/// <summary>A pure function from a history to findings.</summary>
public interface IChecker
{
    string Name => GetType().Name;

    /// <summary>What it holds the history against, where that is a span of time.</summary>
    TimeSpan? Limit => null;

    /// <summary>One finding for each thing that was looked at, also for what holds.</summary>
    IEnumerable<Finding> Check(History history);
}

/// <summary>What a checker found at one event.</summary>
public sealed record Finding(
    string Requirement, CheckOutcome Outcome, string Subject, string Expected, string Actual, HistoryEvent? Event)
{
    public bool Holds => Outcome == CheckOutcome.Held;

    public static Finding At(
        HistoryEvent? happened, string requirement, bool holds, string actual, string expected = "",
        string subject = "") =>
        new(requirement, holds ? CheckOutcome.Held : CheckOutcome.Broken, subject, expected, actual, happened);

    /// <summary>The history lacks what the checker needs.</summary>
    public static Finding CannotTell(string requirement, string missing, string subject = "") =>
        new(requirement, CheckOutcome.CannotTell, subject, "", missing, null);
}
