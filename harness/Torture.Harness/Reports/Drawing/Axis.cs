using System.Globalization;

namespace Torture.Harness.Reports.Drawing;

/// <summary>Maps times to a horizontal stretch of a drawing.</summary>
/// <param name="isLogarithmic">Twice the time is always the same way further; from is more than zero.</param>
internal sealed class Axis(TimeSpan from, TimeSpan to, double left, double right, bool isLogarithmic = false)
{
    private readonly double _seconds = Math.Max((to - from).TotalSeconds, 0.001);

    public double Left => left;

    public double Right => right;

    /// <summary>Outside times lie on the edge.</summary>
    public double At(TimeSpan time)
    {
        var share = isLogarithmic
            ? Math.Log(Math.Max(time / from, double.Epsilon)) / Math.Log(to / from)
            : (time - from).TotalSeconds / _seconds;
        return Math.Clamp(left + (share * (right - left)), left, right);
    }

    /// <summary>Round times, about eight of them.</summary>
    public IEnumerable<TimeSpan> Ticks() => isLogarithmic ? Factors() : Steps();

    private IEnumerable<TimeSpan> Steps()
    {
        var rough = _seconds / 8;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = new[] { 1.0, 2.0, 5.0, 10.0 }.First(factor => factor * power >= rough * 0.999) * power;

        for (var tick = Math.Ceiling(from.TotalSeconds / step); tick * step <= to.TotalSeconds + 1e-9; tick++)
        {
            yield return TimeSpan.FromSeconds(tick * step);
        }
    }

    private IEnumerable<TimeSpan> Factors()
    {
        for (var power = Math.Floor(Math.Log10(from.TotalSeconds)); power <= Math.Log10(to.TotalSeconds); power++)
        {
            foreach (var factor in new[] { 1.0, 2.0, 5.0 })
            {
                var tick = TimeSpan.FromSeconds(factor * Math.Pow(10, power));
                if (tick >= from && tick <= to)
                {
                    yield return tick;
                }
            }
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
    /// <summary>As exact as tells: <c>3.2 ms</c>, <c>37 ms</c>, <c>1.297 s</c>.</summary>
    public static string Figure(TimeSpan time) => time.TotalSeconds switch
    {
        < 0.00995 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms"),
        < 0.9995 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.000} s"),
    };
}
