using Torture.Harness.Clusters;

namespace Torture.Cli.Bench;

/// <summary>
/// A target as one word: <c>containers</c>, <c>containers:engine=ctdb:profile=ctdb</c>, <c>lab/samba.yaml</c>.
/// </summary>
/// <param name="Word">As it was given.</param>
/// <param name="Target">Name of a target, or path of a target file.</param>
internal sealed record TargetWish(string Word, string Target, IReadOnlyDictionary<string, string> Settings)
{
    /// <param name="words">Apart by commas.</param>
    /// <exception cref="TargetUnusableException">It cannot be read, or names one twice.</exception>
    public static IReadOnlyList<TargetWish> Parse(string words)
    {
        var wishes = words.Split(',', StringSplitOptions.TrimEntries).Select(ParseOne).ToList();
        return wishes.CountBy(wish => wish.Word).FirstOrDefault(count => count.Value > 1).Key is { } twice
            ? throw new TargetUnusableException($"--targets names {twice} twice")
            : wishes;
    }

    /// <summary>What all targets are given, and over it what this one is.</summary>
    public Dictionary<string, string> SettingsOver(IReadOnlyDictionary<string, string> all)
    {
        var settings = new Dictionary<string, string>(all, StringComparer.Ordinal);
        foreach (var (name, value) in Settings)
        {
            settings[name] = value;
        }

        return settings;
    }

    private static TargetWish ParseOne(string word)
    {
        var parts = word.Split(':');
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in parts.Skip(1).Select(part => part.Split('=', 2)))
        {
            if (setting is not [{ Length: > 0 } name, var value])
            {
                throw Unreadable(word);
            }

            settings[name] = value;
        }

        return parts[0].Length > 0 ? new TargetWish(word, parts[0], settings) : throw Unreadable(word);
    }

    private static TargetUnusableException Unreadable(string word) =>
        new($"--targets: '{word}' is no target: write NAME or NAME:SETTING=VALUE:SETTING=VALUE, apart by commas");
}
