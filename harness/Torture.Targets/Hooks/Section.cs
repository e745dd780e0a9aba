using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Torture.Targets.Hooks;

/// <summary>
/// A map of a target file while it is read: what is asked for by name is known, everything else is a problem.
/// </summary>
internal sealed partial class Section
{
    private readonly FileMap _map;
    private readonly FileProblems _problems;
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);

    private Section(FileMap map, FileProblems problems) => (_map, _problems) = (map, problems);

    public FileNode Node => _map;

    public FileProblems Problems => _problems;

    /// <summary>Where it is no map, that is a problem, and it reads as an empty one.</summary>
    public static Section Of(FileNode node, FileProblems problems)
    {
        if (node is FileMap map)
        {
            return new Section(map, problems);
        }

        problems.Add(node, $"expected a map, found {node.Kind}");
        return new Section(
            new FileMap(node.Line, node.Path, new Dictionary<string, FileNode>()), problems) { IsBroken = true };
    }

    private bool IsBroken { get; init; }

    public IEnumerable<string> Keys => _map.Entries.Keys;

    public FileNode? Find(string key)
    {
        _known.Add(key);
        return _map.Entries.GetValueOrDefault(key);
    }

    public FileNode? Require(string key, string expected)
    {
        var found = Find(key);
        if (found is null && !IsBroken)
        {
            _problems.Add(_map.Line, Under(key), $"missing: expected {expected}");
        }

        return found;
    }

    public string? Text(string key, string expected) => TextOf(Find(key), expected);

    public string RequireText(string key, string expected) => TextOf(Require(key, expected), expected) ?? "";

    public IPAddress? Address(string key, AddressFamily? family = null) => AddressOf(Find(key), family);

    public IPAddress RequireAddress(string key, AddressFamily? family = null) =>
        AddressOf(Require(key, Expected(family)), family) ?? IPAddress.None;

    public int? Port(string key) => Number(key, 1, 65535, "a port, 1 to 65535");

    public int? Number(string key, int least, int most, string expected)
    {
        if (TextOf(Find(key), expected) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }

        return Wrong<int?>(key, expected);
    }

    public bool? Truth(string key) => Text(key, "true or false") switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => Wrong<bool?>(key, "true or false"),
    };

    /// <summary>Such as <c>250ms</c>, <c>5s</c>, <c>2min</c>, <c>1h</c>.</summary>
    public TimeSpan? Time(string key)
    {
        const string expected = "a time such as 250ms, 5s, 2min or 1h";
        if (TextOf(Find(key), expected) is not { } text)
        {
            return null;
        }

        var match = TimePattern().Match(text);
        if (!match.Success
            || !double.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var number) || number <= 0)
        {
            return Wrong<TimeSpan?>(key, expected);
        }

        return match.Groups[2].Value switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "min" => TimeSpan.FromMinutes(number),
            _ => TimeSpan.FromHours(number),
        };
    }

    /// <summary>One of some words.</summary>
    public string? Word(string key, params string[] words)
    {
        var expected = Or(words);
        return Text(key, expected) is not { } text ? null
            : words.Contains(text) ? text
            : Wrong<string?>(key, expected);
    }

    public IReadOnlyList<FileNode> List(string key, string expected) => ItemsOf(Find(key), expected);

    public IReadOnlyList<FileNode> RequireList(string key, string expected) =>
        ItemsOf(Require(key, expected), expected);

    public IReadOnlyList<string> Texts(string key, string expected) =>
        [.. List(key, expected).Select(item => TextOf(item, "text")).OfType<string>()];

    /// <summary>A map of texts.</summary>
    public IReadOnlyDictionary<string, string> Pairs(string key)
    {
        var pairs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Find(key) is { } node)
        {
            var section = Of(node, _problems);
            foreach (var name in section.Keys)
            {
                pairs[name] = section.Text(name, "text") ?? "";
            }
        }

        return pairs;
    }

    public Section? Inner(string key) => Find(key) is { } node ? Of(node, _problems) : null;

    /// <summary>Everything was asked for: what was not is unknown.</summary>
    public void End()
    {
        foreach (var (key, node) in _map.Entries.Where(entry => !_known.Contains(entry.Key)))
        {
            _problems.Add(node, $"unknown key: expected {Or([.. _known])}");
        }
    }

    public string? TextOf(FileNode? node, string expected)
    {
        switch (node)
        {
            case null:
                return null;
            case FileScalar { Text.Length: > 0 } scalar:
                return scalar.Text;
            default:
                _problems.Add(node, $"expected {expected}, found {node.Kind}");
                return null;
        }
    }

    public IPAddress? AddressOf(FileNode? node, AddressFamily? family = null)
    {
        if (TextOf(node, Expected(family)) is not { } text)
        {
            return null;
        }

        // "10.1" is an address for the parser and a slip of the pen for people.
        if (IPAddress.TryParse(text, out var address) && (family is null || address.AddressFamily == family)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(letter => letter == '.') == 3))
        {
            return address;
        }

        _problems.Add(node!, $"expected {Expected(family)}, found '{text}'");
        return null;
    }

    public static string Or(IReadOnlyList<string> words) => words.Count switch
    {
        0 => "nothing",
        1 => words[0],
        _ => $"{string.Join(", ", words.Take(words.Count - 1))} or {words[^1]}",
    };

    private IReadOnlyList<FileNode> ItemsOf(FileNode? node, string expected)
    {
        switch (node)
        {
            case null:
                return [];
            case FileList list:
                return list.Items;
            default:
                _problems.Add(node, $"expected a list: {expected}; found {node.Kind}");
                return [];
        }
    }

    private T? Wrong<T>(string key, string expected)
    {
        var node = _map.Entries[key];
        _problems.Add(node, $"expected {expected}, found {node.Kind}");
        return default;
    }

    private string Under(string key) => _map.Path.Length == 0 ? key : $"{_map.Path}.{key}";

    private static string Expected(AddressFamily? family) => family switch
    {
        AddressFamily.InterNetwork => "an address of IPv4",
        AddressFamily.InterNetworkV6 => "an address of IPv6",
        _ => "an IP address",
    };

    [GeneratedRegex(@"^([0-9]+(?:\.[0-9]+)?) ?(ms|s|min|h)$")]
    private static partial Regex TimePattern();
}
