using System.Globalization;

namespace Torture.Harness.Reports;

/// <summary>Times as reports write them.</summary>
internal static class Times
{
    public static string Date(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Such as <c>0.42 s</c>, <c>17.3 s</c>, <c>3 min 12 s</c>.</summary>
    public static string Length(TimeSpan time) => time switch
    {
        _ when time < TimeSpan.FromSeconds(10) => Format($"{time.TotalSeconds:0.00} s"),
        _ when time < TimeSpan.FromMinutes(2) => Format($"{time.TotalSeconds:0.0} s"),
        _ => Format($"{(int)time.TotalMinutes} min {time.Seconds} s"),
    };

    /// <summary>Such as <c>t+6.013 s</c>: since the start of the case.</summary>
    public static string Since(TimeSpan time) => Format($"t+{time.TotalSeconds:0.000} s");

    /// <summary>Such as <c>+1.482</c>: since the fault, in seconds.</summary>
    public static string After(TimeSpan time) => Format($"{time.TotalSeconds:+0.000;-0.000;0.000}");

    public static string Seconds(TimeSpan time) => Format($"{time.TotalSeconds:0.000000}");

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
