using System.Globalization;
using System.Text;

namespace Torture.Harness.Reports;

/// <summary>Makes text from a server fit for a report: what has no glyph, or moves others', is spelled out.</summary>
internal static class Printable
{
    public static string Text(string text)
    {
        if (!text.EnumerateRunes().Any(IsTrouble))
        {
            return text;
        }

        var spelled = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsTrouble(rune))
            {
                spelled.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            }
            else
            {
                spelled.Append(rune);
            }
        }

        return spelled.ToString();
    }

    // An unpaired surrogate enumerates as U+FFFD; U+FFFE and U+FFFF are no characters of XML.
    private static bool IsTrouble(Rune rune) =>
        rune.Value is '\r' or 0xFFFD or 0xFFFE or 0xFFFF
        || (rune.Value is not ('\n' or '\t')
            && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
