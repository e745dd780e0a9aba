using Torture.Harness.Faults;

namespace Torture.Targets.Reference;

/// <summary>What becomes of the frames that pass a cable in one direction.</summary>
/// <param name="random">Seeded: the same frames in the same order have the same fate.</param>
internal sealed class CableLane(LinkFault fault, bool isTouched, Random random)
{
    private const long Second = 1_000_000_000;
    private const int EtherType = 12;
    private const int EthernetHeader = 14;
    private const byte Tcp = 6;

    /// <summary>When all that came before has passed a slow cable.</summary>
    private long _free;

    /// <summary>How many frames of a connection were lost since one of it arrived.</summary>
    private readonly Dictionary<int, int> _lostInARow = [];

    /// <summary>When each copy arrives, nanoseconds; empty: the frame is lost.</summary>
    /// <param name="frame">With its Ethernet header.</param>
    public long[] Arrivals(ReadOnlySpan<byte> frame, long now) => !isTouched ? [now] : fault switch
    {
        SlowLink slow => Slow(slow, frame.Length, now),
        LossyLink lossy => IsLost(lossy, frame) ? [] : [now],
        DuplicatingLink twice => random.NextDouble() < twice.Part ? [now, now] : [now],
        ReorderingLink late => [random.NextDouble() < late.Part ? now + (long)late.Late.TotalNanoseconds : now],
        _ => [now],
    };

    private bool IsLost(LossyLink fault, ReadOnlySpan<byte> frame)
    {
        var connection = ConnectionOf(frame);
        var before = _lostInARow.GetValueOrDefault(connection);
        var isLost = random.NextDouble() < fault.Loss && before < fault.InARow;
        _lostInARow[connection] = isLost ? before + 1 : 0;
        return isLost;
    }

    /// <summary>A number for what the frame belongs to: what is no TCP belongs together by its EtherType.</summary>
    private static int ConnectionOf(ReadOnlySpan<byte> frame)
    {
        var hash = new HashCode();
        hash.AddBytes(frame switch
        {
            // Both addresses and both ports (RFC 791 section 3.1, RFC 8200 section 3, without options).
            [_, _, _, _, _, _, _, _, _, _, _, _, 0x08, 0x00, 0x45, ..] when frame.Length >= 38 && frame[23] == Tcp =>
                frame[26..38],
            [_, _, _, _, _, _, _, _, _, _, _, _, 0x86, 0xDD, ..] when frame.Length >= 58 && frame[20] == Tcp =>
                frame[22..58],
            _ => frame[..Math.Min(frame.Length, EthernetHeader)][Math.Min(frame.Length, EtherType)..],
        });
        return hash.ToHashCode();
    }

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
