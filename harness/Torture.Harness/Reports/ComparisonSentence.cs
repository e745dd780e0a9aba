using System.Globalization;
using Torture.Captures;
using Torture.Harness.Reports.Drawing;
using Torture.Harness.Results;

namespace Torture.Harness.Reports;

/// <summary>What comes out of a comparison, in one line.</summary>
internal static class ComparisonSentence
{
    public static string Of(ComparisonView view) => view.Results.Targets.Count == 0
        ? "Nothing was measured."
        : string.Join(" ", view.Results.Targets.Select((target, place) => Of(view, target, place == 0)).Append(
            Stamps(view)).Where(sentence => sentence.Length > 0));

    /// <summary>Such as <c>2.9 x</c>.</summary>
    public static string Factor(double ratio) => ratio.ToString(
        ratio switch { < 10 => "0.00", < 100 => "0.0", _ => "0" }, CultureInfo.InvariantCulture) + " x";

    /// <summary>Such as <c>45 us</c>.</summary>
    public static string Micro(TimeSpan time) => time < TimeSpan.FromMilliseconds(10)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0} us")
        : Axis.Figure(time);

    /// <summary>Such as <c>at most 45 us, of 95 in 100 markers 30 us</c>.</summary>
    public static string Error(StampError stamps) =>
        $"at most {Micro(stamps.AtMost())}, of 95 in 100 markers {Micro(stamps.Bound().Percentile95)}";

    private static string Of(ComparisonView view, ComparedTarget target, bool isFirst)
    {
        if (target.Unusable is { } reason)
        {
            return $"{target.Name} was not measured: {reason.TrimEnd('.')}.";
        }

        var (told, away) = isFirst
            ? (Times(view, target, Measure.Notification), Times(view, target, Measure.Outage))
            : (Ratios(view, target, Measure.Notification), Ratios(view, target, Measure.Outage));
        return (told, away) switch
        {
            (null, null) when isFirst => $"{target.Name} has no figure that others could be compared with.",
            (null, null) => $"{target.Name} has nothing in common with {view.Results.Targets[0].Name}.",
            _ when isFirst => $"{target.Name} notifies {told ?? "nobody"} after the fault; its outages take "
                + $"{away ?? "unknown time"} (medians).",
            _ => $"{target.Name} takes {told ?? "an unknown time"} to the notification and "
                + $"{away ?? "an unknown time"} for the outage.",
        };
    }

    private static string? Times(ComparisonView view, ComparedTarget target, Measure measure)
    {
        var medians = view.Of(target).Select(cell => cell.Latency(measure)?.Median).OfType<TimeSpan>().ToList();
        return medians.Count == 0 ? null : Range(Axis.Figure(medians.Min()), Axis.Figure(medians.Max()));
    }

    private static string? Ratios(ComparisonView view, ComparedTarget target, Measure measure)
    {
        var ratios = view.Of(target).Select(cell => view.Ratio(cell, measure)).OfType<double>().ToList();
        return ratios.Count == 0
            ? null
            : $"{Range(Factor(ratios.Min()), Factor(ratios.Max()))} the time of {view.Results.Targets[0].Name}";
    }

    private static string Range(string least, string most) => least == most ? least : $"{least} to {most}";

    private static string Stamps(ComparisonView view)
    {
        var worst = view.Results.Targets.Select(target => target.Stamps).OfType<StampError>()
            .MaxBy(stamps => stamps.AtMost());
        return worst is null ? "" : $"Stamp error {Error(worst)}.";
    }
}
