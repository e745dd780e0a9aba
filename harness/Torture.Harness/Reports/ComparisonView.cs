using Torture.Captures;
using Torture.Harness.Results;

namespace Torture.Harness.Reports;

/// <summary>What the page says of a comparison, worked out once.</summary>
internal sealed class ComparisonView
{
    public ComparisonView(ComparisonResults results)
    {
        Results = results;
        Cells = [.. results.Faults.SelectMany(
            fault => results.Targets.Select((target, place) => new ComparisonCell(target, place, fault)))];
    }

    public ComparisonResults Results { get; }

    /// <summary>Every target for every fault, fault by fault: none is left out.</summary>
    public IReadOnlyList<ComparisonCell> Cells { get; }

    public IEnumerable<ComparisonCell> Of(string fault) => Cells.Where(cell => cell.Fault == fault);

    public IEnumerable<ComparisonCell> Of(ComparedTarget target) => Cells.Where(cell => cell.Target == target);

    /// <summary>By median, against the first target; null where either has no figure.</summary>
    public double? Ratio(ComparisonCell cell, Measure measure)
    {
        var first = Of(cell.Fault).First().Latency(measure);
        return cell.Latency(measure) is { } own && first is { } other && other.Median > TimeSpan.Zero
            ? own.Median / other.Median
            : null;
    }
}

internal enum Measure
{
    /// <summary>From the last operation that was served to the first that another server served.</summary>
    Outage,

    /// <summary>From the fault to the first notification on the wire: T4.</summary>
    Notification,
}

/// <summary>One target and one fault.</summary>
/// <param name="Place">Of the target; the first is what the others are compared with.</param>
internal sealed record ComparisonCell(ComparedTarget Target, int Place, string Fault)
{
    public static readonly IReadOnlyList<string> Milestones = ["T1", "T2", "T3", "T4", "T5", "T6", "T7"];

    private ComparedFault? Measured => Target.Faults.FirstOrDefault(one => one.Fault == Fault);

    public bool IsBase => Place == 0;

    public ComparedCase? Case(Measure measure) =>
        measure == Measure.Outage ? Measured?.Follows : Measured?.Told;

    public IReadOnlyList<TimeSpan> Samples(Measure measure) => measure == Measure.Outage
        ? [.. (Measured?.Follows.Failovers ?? []).Select(failover => failover.Outage).OfType<TimeSpan>()]
        : After("T4");

    public LatencyDistribution? Latency(Measure measure) =>
        LatencyDistribution.Of(Samples(measure).Select(sample => (TimeSpan?)sample));

    /// <summary>When a milestone was seen, since the fault.</summary>
    public IReadOnlyList<TimeSpan> After(string milestone) =>
        [.. ((milestone == "T4" ? Measured?.Told : Measured?.Follows)?.Failovers ?? [])
            .SelectMany(failover => failover.Milestones)
            .Where(seen => seen.Name == milestone)
            .Select(seen => seen.After).OfType<TimeSpan>()];

    public TimeSpan? MedianAfter(string milestone) =>
        LatencyDistribution.Of(After(milestone).Select(sample => (TimeSpan?)sample))?.Median;

    /// <summary>Why there is no figure; null where there is one.</summary>
    public string? Lack(Measure measure)
    {
        if (Samples(measure).Count > 0)
        {
            return null;
        }

        var reason = Case(measure)?.Reason is { } told ? $": {told}" : "";
        return (Target.Unusable, Case(measure)?.Verdict) switch
        {
            ({ } unusable, _) => $"not measured: {unusable}",
            (_, null) => "not measured",
            (_, Verdict.NotSupported) => $"not supported{reason}",
            _ => $"not seen on the wire{reason}",
        };
    }
}
