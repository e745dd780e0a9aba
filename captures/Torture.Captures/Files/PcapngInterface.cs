namespace Torture.Captures.Files;

/// <summary>An interface of a section: draft-ietf-opsawg-pcapng section 4.2.</summary>
/// <param name="Resolution">if_tsresol: 10^-n, or 2^-n with the top bit set.</param>
/// <param name="OffsetSeconds">if_tsoffset.</param>
internal sealed record PcapngInterface(LinkType Link, uint SnapLength, byte Resolution = 6, long OffsetSeconds = 0)
{
    /// <summary>Since 1970; null where it is not within 1970..2262.</summary>
    public long? Nanoseconds(ulong units)
    {
        var exponent = Resolution & 0x7F;
        Int128 scaled;
        if ((Resolution & 0x80) != 0)
        {
            scaled = exponent > 63 ? 0 : (Int128)units * 1_000_000_000 >> exponent;
        }
        else if (exponent <= 9)
        {
            scaled = (Int128)units * Power(9 - exponent);
        }
        else
        {
            scaled = exponent > 28 ? 0 : (Int128)units / Power(exponent - 9);
        }

        var time = scaled + ((Int128)OffsetSeconds * 1_000_000_000);
        return time >= 0 && time <= long.MaxValue ? (long)time : null;
    }

    private static Int128 Power(int exponent)
    {
        Int128 power = 1;
        for (; exponent > 0; exponent--)
        {
            power *= 10;
        }

        return power;
    }
}
