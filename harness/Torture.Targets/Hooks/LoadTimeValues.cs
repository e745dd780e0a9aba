using System.Text.RegularExpressions;

namespace Torture.Targets.Hooks;

/// <summary>
/// Values that are known before hooks run and may stand anywhere in a target file: <c>{set.NAME}</c> from
/// <c>--set</c>, <c>{up.NAME}</c> from what the hook up printed, <c>{torture}</c> for this program.
/// </summary>
internal static partial class LoadTimeValues
{
    /// <param name="isLast">What has no value now will never have one.</param>
    public static FileNode Fill(
        FileNode node, IReadOnlyDictionary<string, string> values, FileProblems problems, bool isLast) => node switch
    {
        FileScalar scalar => scalar with { Text = Fill(scalar, values, problems, isLast) },
        FileList list => list with
        {
            Items = [.. list.Items.Select(item => Fill(item, values, problems, isLast))],
        },
        FileMap map => map with
        {
            Entries = map.Entries.ToDictionary(
                entry => entry.Key, entry => Fill(entry.Value, values, problems, isLast)),
        },
        _ => node,
    };

    /// <summary>Whether anything waits for what the hook up prints.</summary>
    public static bool WaitsForUp(FileNode node) => node switch
    {
        FileScalar scalar => Pattern().Matches(scalar.Text).Any(match => match.Value.StartsWith("{up.")),
        FileList list => list.Items.Any(WaitsForUp),
        FileMap map => map.Entries.Values.Any(WaitsForUp),
        _ => false,
    };

    private static string Fill(
        FileScalar scalar, IReadOnlyDictionary<string, string> values, FileProblems problems, bool isLast) =>
        Pattern().Replace(scalar.Text, match =>
        {
            var name = match.Value[1..^1];
            if (values.TryGetValue(name, out var value))
            {
                return value;
            }

            if (isLast || !name.StartsWith("up.", StringComparison.Ordinal))
            {
                problems.Add(scalar, name.StartsWith("up.", StringComparison.Ordinal)
                    ? $"the hook up did not print a value called '{name[3..]}'"
                    : $"unknown setting: expected {Section.Or([.. values.Keys.Select(key => $"{{{key}}}")])}");
            }

            return match.Value;
        });

    [GeneratedRegex(@"(?<!\{)\{(?:torture|(?:set|up)\.[A-Za-z0-9_-]+)\}")]
    private static partial Regex Pattern();
}
