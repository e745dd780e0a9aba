using System.Globalization;

namespace Torture.Harness.Reports.Drawing;

/// <summary>Maps times to a horizontal stretch of a drawing.</summary>
internal sealed class Axis(TimeSpan from, TimeSpan to, double left, double right)
{
    private readonly double _seconds = Math.Max((to - from).TotalSeconds, 0.001);

    public double Left => left;

    public double Right => right;

    /// <summary>Outside times lie on the edge.</summary>
    public double At(TimeSpan time) =>
        Math.Clamp(left + ((time - from).TotalSeconds / _seconds * (right - left)), left, right);

    /// <summary>Round times, about eight of them.</summary>
    public IEnumerable<TimeSpan> Ticks()
    {
        var rough = _seconds / 8;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = new[] { 1.0, 2.0, 5.0, 10.0 }.First(factor => factor * power >= rough * 0.999) * power;

        for (var tick = Math.Ceiling(from.TotalSeconds / step); tick * step <= to.TotalSeconds + 1e-9; tick++)
        {
            yield return TimeSpan.FromSeconds(tick * step);
        }
    }

    /// <summary>Such as <c>1.5 s</c> or <c>20 ms</c>.</summary>
    public static string Label(TimeSpan time)
    {
        var seconds = time.TotalSeconds;

        return Math.Abs(seconds) is > 0 and < 0.0995
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.###} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###} s");
    }
}
