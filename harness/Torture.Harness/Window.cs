using System.Globalization;

namespace Torture.Harness;

/// <summary>A span of time on the wire, both ends included.</summary>
public sealed record Window
{
    private Window(TimeSpan earliest, TimeSpan latest) => (Earliest, Latest) = (earliest, latest);

    public TimeSpan Earliest { get; }

    /// <summary>MaxValue: no upper end.</summary>
    public TimeSpan Latest { get; }

    public static Window From(TimeSpan earliest, TimeSpan to) => new(earliest, to);

    public static Window AtLeast(TimeSpan earliest) => new(earliest, TimeSpan.MaxValue);

    public static Window UpTo(TimeSpan latest) => new(TimeSpan.Zero, latest);

    public bool Contains(TimeSpan time) => time >= Earliest && time <= Latest;

    public override string ToString() =>
        Latest == TimeSpan.MaxValue ? $"{Seconds(Earliest)} or later"
        : Earliest == TimeSpan.Zero ? $"within {Seconds(Latest)}"
        : $"{Seconds(Earliest)} to {Seconds(Latest)}";

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) + " s";
}
