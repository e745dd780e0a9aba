using System.Globalization;
using System.Net;

namespace Torture.ReferenceServer.Witness;

/// <summary>An address as a client spells it: dotted quad, or any spelling of [RFC4291] 2.2.</summary>
public static class AddressLiteral
{
    /// <summary>
    /// Null for everything else: host names, brackets, ports, hexadecimal or shortened quads. A scope id is not part
    /// of the address and is left out.
    /// </summary>
    public static IPAddress? Parse(string text) => text.Contains(':') ? ParseIPv6(text) : ParseIPv4(text);

    private static IPAddress? ParseIPv6(string text)
    {
        if (text.Length > 80 || text.AsSpan().IndexOfAny('[', ']', '/') >= 0
            || !IPAddress.TryParse(text, out var address))
        {
            return null;
        }

        return address.ScopeId == 0 ? address : new IPAddress(address.GetAddressBytes());
    }

    private static IPAddress? ParseIPv4(string text)
    {
        Span<byte> address = stackalloc byte[4];
        var filled = 0;
        foreach (var range in text.AsSpan().Split('.'))
        {
            var part = text.AsSpan(range);
            // A leading zero is octal to some and decimal to others: nobody's literal.
            if (filled == 4 || (part.Length > 1 && part[0] == '0')
                || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out address[filled++]))
            {
                return null;
            }
        }

        return filled == 4 ? new IPAddress(address) : null;
    }
}
