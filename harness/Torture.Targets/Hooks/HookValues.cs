using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Torture.Targets.Hooks;

/// <summary>How a value is written into a text, so that it stays one value there.</summary>
internal enum HookQuoting
{
    /// <summary>As it is: an argument of its own.</summary>
    None,

    /// <summary>Percent-encoded.</summary>
    Url,

    /// <summary>Escaped for the inside of a string of JSON.</summary>
    Json,

    /// <summary>A literal in single quotes.</summary>
    PowerShell,
}

/// <summary>What the placeholders of a hook stand for: <c>{node}</c>, <c>{to.address}</c>.</summary>
internal sealed partial class HookValues(IReadOnlyDictionary<string, string> values)
{
    public IReadOnlyDictionary<string, string> All { get; } = values;

    /// <summary>Names of the placeholders in a text.</summary>
    public static IEnumerable<string> NamesIn(string text) =>
        Placeholder().Matches(text).Where(match => !IsEscaped(match)).Select(match => match.Groups[1].Value);

    /// <param name="text">Twice the braces stand for the braces themselves: <c>{{node}}</c>.</param>
    /// <exception cref="HookException">A placeholder has no value.</exception>
    public string Fill(string text, HookQuoting quoting) => Placeholder().Replace(text, match =>
        IsEscaped(match) ? match.Value[1..^1]
        : All.TryGetValue(match.Groups[1].Value, out var value) ? Quote(value, quoting)
        : throw new HookException($"nothing is known that {match.Value} could stand for"));

    public string Fill(string text) => Fill(text, HookQuoting.None);

    private static string Quote(string value, HookQuoting quoting) => quoting switch
    {
        HookQuoting.Url => Uri.EscapeDataString(value),
        HookQuoting.Json => JsonEncodedText.Encode(value).Value,
        HookQuoting.PowerShell => $"'{Literal(value)}'",
        _ => value,
    };

    /// <summary>PowerShell takes typographic single quotes for quotes, too.</summary>
    private static string Literal(string value)
    {
        var text = new StringBuilder();
        foreach (var letter in value)
        {
            text.Append(letter);
            if (letter is '\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b')
            {
                text.Append(letter);
            }
        }

        return text.ToString();
    }

    private static bool IsEscaped(Match match) => match.Value.StartsWith("{{", StringComparison.Ordinal);

    [GeneratedRegex(@"\{(?:\{[a-z][A-Za-z0-9_.-]*\}|([a-z][A-Za-z0-9_.-]*))\}")]
    private static partial Regex Placeholder();
}
