namespace Torture.Captures;

/// <summary>
/// How far the stamps of a capture may be off, by the markers in it. The time that sending took is within both figures:
/// the error is smaller than they are.
/// </summary>
/// <param name="Markers">Markers that were seen.</param>
/// <param name="Links">Links that they were seen on.</param>
/// <param name="BetweenLinks">
/// Distance of the stamps of one marker, which went out on all links at once; null where there is one link.
/// </param>
/// <param name="AgainstClock">
/// From the monotonic time that a marker carries to its stamp, less the least of them: the two clocks differ by a
/// constant, and a constant shifts no latency.
/// </param>
public sealed record StampError(
    int Markers, int Links, LatencyDistribution? BetweenLinks, LatencyDistribution AgainstClock)
{
    /// <summary>The tighter bound: between links; with one link against the clock.</summary>
    public LatencyDistribution Bound() => BetweenLinks ?? AgainstClock;

    /// <summary>Of the worst marker.</summary>
    public TimeSpan AtMost() => Bound().Maximum;

    /// <summary>Of the packets of one run; null where no marker is among them.</summary>
    public static StampError? Of(IEnumerable<CapturedPacket> packets)
    {
        var seen = new Dictionary<(long Number, int Link), (long Stamp, long Monotonic)>();
        foreach (var packet in packets)
        {
            // A case and another one beside it keep the same marker.
            if (PacketView.TryRead(packet, out var view) && !view.IsTcp
                && Marker.TryDecode(view.Payload.Span) is { } marker)
            {
                seen.TryAdd(
                    (marker.Number, packet.Interface), (packet.TimeNanoseconds, marker.MonotonicNanoseconds));
            }
        }

        return seen.Count == 0 ? null : Of(seen);
    }

    private static StampError Of(Dictionary<(long Number, int Link), (long Stamp, long Monotonic)> seen)
    {
        var markers = seen.GroupBy(one => one.Key.Number, one => one.Value).ToList();
        var least = seen.Values.Min(one => one.Stamp - one.Monotonic);
        return new StampError(
            markers.Count,
            seen.Keys.Select(key => key.Link).Distinct().Count(),
            LatencyDistribution.Of(markers.Where(marker => marker.Count() > 1)
                .Select(marker => (TimeSpan?)Time(marker.Max(one => one.Stamp) - marker.Min(one => one.Stamp)))),
            LatencyDistribution.Of(seen.Values
                .Select(one => (TimeSpan?)Time(one.Stamp - one.Monotonic - least)))!);
    }

    private static TimeSpan Time(long nanoseconds) => new(nanoseconds / 100);
}
