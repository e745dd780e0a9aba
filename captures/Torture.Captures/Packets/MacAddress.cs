namespace Torture.Captures;

/// <summary>A link-layer address of six bytes.</summary>
public readonly record struct MacAddress(ulong Value)
{
    public static readonly MacAddress Broadcast = new(0xFFFF_FFFF_FFFF);

    /// <summary>All zero: what the loopback interface writes.</summary>
    public bool IsZero => Value == 0;

    internal static MacAddress Read(ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        foreach (var part in bytes[..6])
        {
            value = (value << 8) | part;
        }

        return new MacAddress(value);
    }

    public override string ToString()
    {
        var hex = Value.ToString("x12", System.Globalization.CultureInfo.InvariantCulture);
        return string.Join(':', Enumerable.Range(0, 6).Select(i => hex.Substring(i * 2, 2)));
    }
}
