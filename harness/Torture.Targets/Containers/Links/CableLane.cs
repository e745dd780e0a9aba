using Torture.Harness.Faults;

namespace Torture.Targets.Containers.Links;

/// <summary>What becomes of the frames that pass a cable in one direction.</summary>
/// <param name="random">Seeded: the same frames in the same order have the same fate.</param>
internal sealed class CableLane(LinkFault fault, bool isTouched, Random random)
{
    private const long Second = 1_000_000_000;

    /// <summary>When all that came before has passed a slow cable.</summary>
    private long _free;

    /// <summary>When each copy arrives, nanoseconds; empty: the frame is lost.</summary>
    public long[] Arrivals(int length, long now) => !isTouched ? [now] : fault switch
    {
        SlowLink slow => Slow(slow, length, now),
        LossyLink lossy => random.NextDouble() < lossy.Loss ? [] : [now],
        DuplicatingLink twice => random.NextDouble() < twice.Part ? [now, now] : [now],
        ReorderingLink late => [random.NextDouble() < late.Part ? now + (long)late.Late.TotalNanoseconds : now],
        _ => [now],
    };

    private long[] Slow(SlowLink fault, int length, long now)
    {
        if (_free - now > Second)
        {
            return [];
        }

        _free = Math.Max(_free, now) + (long)fault.TimeOf(length).TotalNanoseconds;
        return [_free + (long)fault.Delay.TotalNanoseconds];
    }
}
