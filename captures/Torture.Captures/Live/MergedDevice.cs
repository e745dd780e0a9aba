namespace Torture.Captures;

/// <summary>
/// Interfaces of one machine as one: packets in the order of their stamps, which one clock made. A packet waits until
/// every other interface has shown that it has nothing earlier.
/// </summary>
/// <param name="clock">The clock of the stamps.</param>
public sealed class MergedDevice(IReadOnlyList<ICaptureDevice> devices, TimeProvider clock) : ICaptureDevice
{
    /// <summary>What the kernel may keep back before it hands a packet over, with a margin.</summary>
    public static readonly TimeSpan HandOver = TimeSpan.FromMilliseconds(8);

    private readonly CapturedPacket?[] _heads = new CapturedPacket?[devices.Count];

    /// <summary>When each had nothing, in the clock of the stamps.</summary>
    private readonly long[] _empty = new long[devices.Count];
    private long _number;

    public string Name { get; } = string.Join('+', devices.Select(device => device.Name));

    public LinkType Link { get; } = devices.Select(device => device.Link).Distinct().ToList() is [var link]
        ? link
        : throw new CaptureException($"{string.Join(", ", devices.Select(device => device.Name))} differ in link type");

    public int SnapLength { get; } = devices.Min(device => device.SnapLength);

    public string Filter { get; } = string.Join("; ", devices.Select(device => device.Filter).Distinct());

    /// <inheritdoc/>
    /// <remarks><see cref="CapturedPacket.Interface"/> is the place of its interface among the devices.</remarks>
    public CapturedPacket? Read(TimeSpan wait)
    {
        var end = Now + Nanoseconds(wait);
        while (true)
        {
            Look(TimeSpan.Zero, null);
            var first = Earliest();
            if (first is not null && IsSettled(first.TimeNanoseconds))
            {
                return Take(first);
            }

            var rest = first is not null ? HandOver : TimeSpan.FromTicks(Math.Max(0, end - Now) / 100);
            if (rest <= TimeSpan.Zero)
            {
                return null;
            }

            // Of several that are silent one is waited for: not long, since another may speak.
            Look(rest < HandOver ? rest : HandOver, Array.IndexOf(_heads, null));
        }
    }

    public CaptureStatistics Statistics()
    {
        var all = devices.Select(device => device.Statistics()).ToList();
        return new CaptureStatistics(all.Sum(each => each.Received), all.Sum(each => each.Dropped));
    }

    public void Dispose()
    {
        foreach (var device in devices)
        {
            device.Dispose();
        }
    }

    private long Now => Nanoseconds(clock.GetUtcNow() - DateTimeOffset.UnixEpoch);

    private static long Nanoseconds(TimeSpan time) => time.Ticks * 100;

    /// <param name="only">Which one; null for all that have no packet waiting.</param>
    private void Look(TimeSpan wait, int? only)
    {
        for (var i = 0; i < devices.Count; i++)
        {
            if (_heads[i] is null && (only is null || only == i))
            {
                var now = Now;
                _heads[i] = devices[i].Read(wait);
                _empty[i] = now;
            }
        }
    }

    private CapturedPacket? Earliest() => _heads.Where(head => head is not null).MinBy(head => head!.TimeNanoseconds);

    private bool IsSettled(long time)
    {
        for (var i = 0; i < devices.Count; i++)
        {
            if (_heads[i] is null && _empty[i] < time + Nanoseconds(HandOver))
            {
                return false;
            }
        }

        return true;
    }

    private CapturedPacket Take(CapturedPacket first)
    {
        var from = Array.IndexOf(_heads, first);
        _heads[from] = null;
        return first with { Number = ++_number, Interface = from };
    }
}
