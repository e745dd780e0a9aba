using Torture.Harness.Results;

namespace Torture.Cli.Progress;

/// <summary>What an output can show.</summary>
/// <param name="IsTerminal">A line can be written over.</param>
/// <param name="HasColour">Colours are wanted and shown.</param>
/// <param name="Width">Columns.</param>
internal sealed record ConsoleStyle(bool IsTerminal, bool HasColour, int Width)
{
    public static readonly ConsoleStyle Plain = new(false, false, int.MaxValue);

    /// <summary>Standard output as it is now; plain when it is a file or a pipe. NO_COLOR is honoured.</summary>
    public static ConsoleStyle Detect()
    {
        if (Console.IsOutputRedirected || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb")
        {
            return Plain;
        }

        var colour = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

        return new ConsoleStyle(true, colour, Math.Max(40, Console.WindowWidth));
    }

    /// <summary>The first line of a text in the colour of a verdict.</summary>
    public string Colour(Verdict verdict, string text)
    {
        if (!HasColour)
        {
            return text;
        }

        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var (first, rest) = end < 0 ? (text, "") : (text[..end], text[end..]);

        return $"\e[{Code(verdict)}m{first}\e[0m{rest}";
    }

    private static string Code(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "32",
        Verdict.NotStrict or Verdict.Expected => "33",
        Verdict.Inconclusive => "35",
        Verdict.NotSupported => "90",
        _ => "31",
    };
}
