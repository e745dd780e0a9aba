using System.Globalization;

namespace Torture.Captures;

/// <summary>A frame and its time: nanoseconds since 1970-01-01 UTC.</summary>
public readonly record struct FrameStamp(long Frame, long TimeNanoseconds)
{
    /// <summary>Time between two frames, exact to 100 ns.</summary>
    public static TimeSpan operator -(FrameStamp left, FrameStamp right) =>
        new((left.TimeNanoseconds - right.TimeNanoseconds) / 100);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"frame {Frame} at {TimeNanoseconds / 1e9:F6}");
}
