using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Torture.Harness.Reports.Html;

/// <summary>Markup that is written as it stands.</summary>
internal readonly record struct Markup(string Text)
{
    /// <summary>A literal is markup, each value in it is text.</summary>
    public static Markup Of(HtmlText text) => new(text.ToString());

    public override string ToString() => Text;
}

/// <summary>Writes HTML from interpolated strings: literals are markup, values are escaped.</summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _html = new();

    public void Line(HtmlText text) => _html.Append(text.ToString()).Append('\n');

    public override string ToString() => _html.ToString();
}

[InterpolatedStringHandler]
internal readonly ref struct HtmlText(int literalLength, int formattedCount)
{
    private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

    public static string Escape(string text) =>
        Printable.Text(text)
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal);

    public void AppendLiteral(string markup) => _text.Append(markup);

    public void AppendFormatted(Markup markup) => _text.Append(markup.Text);

    public void AppendFormatted(string? text) => _text.Append(Escape(text ?? ""));

    public void AppendFormatted<T>(T value, string? format = null)
        where T : IFormattable =>
        _text.Append(Escape(value.ToString(format, CultureInfo.InvariantCulture)));

    public override string ToString() => _text.ToString();
}
