using System.Text.Json;
using Torture.Harness.Clusters;

namespace Torture.Targets.Hooks;

/// <summary>A target file on its way to be used: what it brings up may tell what it says further on.</summary>
internal sealed class TargetFileLoader
{
    private readonly TargetFileSource _source;
    private readonly FileNode _tree;
    private readonly SortedDictionary<string, string> _values;

    private TargetFileLoader(
        TargetFileSource source, FileNode tree, TargetFileStart start, SortedDictionary<string, string> values) =>
        (_source, _tree, Start, _values) = (source, tree, start, values);

    public TargetFileStart Start { get; }

    public string Folder => _source.Folder;

    /// <summary>True where the cluster must be up before the file says all.</summary>
    public bool WaitsForUp => LoadTimeValues.WaitsForUp(_tree);

    /// <param name="settings">What <c>--set</c> says.</param>
    /// <exception cref="TargetFileException">What is wrong with the file.</exception>
    /// <exception cref="TargetUnusableException">There is no such file, or it has no such setting.</exception>
    public static TargetFileLoader Open(string name, IReadOnlyDictionary<string, string> settings)
    {
        var source = TargetFileSource.Find(name);
        var tree = YamlText.Parse(source.Path, source.Text);
        var defaults = TargetFileReader.ReadSettings(source.Path, tree);
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["torture"] = Program() };
        foreach (var (key, value) in defaults)
        {
            values[$"set.{key}"] = settings.GetValueOrDefault(key, value);
        }

        if (settings.Keys.FirstOrDefault(key => !defaults.ContainsKey(key) && key != "capture") is { } unknown)
        {
            throw new TargetUnusableException(
                $"--set {unknown}: {source.Path} has {Section.Or([.. defaults.Keys.Append("capture")])}");
        }

        var problems = new FileProblems(source.Path);
        tree = LoadTimeValues.Fill(tree, values, problems, isLast: false);
        problems.ThrowIfAny();
        var start = TargetFileReader.ReadStart(source.Path, source.Folder, tree);
        return new TargetFileLoader(source, tree, start, values);
    }

    /// <param name="printed">By the hook up; null where there is none.</param>
    /// <exception cref="TargetFileException">What is wrong with the file.</exception>
    public TargetFile Read(string? printed = null)
    {
        var problems = new FileProblems(_source.Path);
        var values = new SortedDictionary<string, string>(_values, StringComparer.Ordinal);
        foreach (var (name, value) in Printed(printed))
        {
            values[$"up.{name}"] = value;
        }

        var tree = LoadTimeValues.Fill(_tree, values, problems, isLast: true);
        problems.ThrowIfAny();
        return TargetFileReader.Read(_source.Path, _source.Folder, tree);
    }

    /// <summary>An object of texts and numbers; a hook that prints anything else has nothing to tell.</summary>
    private IEnumerable<(string Name, string Value)> Printed(string? printed)
    {
        if (printed is null || !printed.TrimStart().StartsWith('{'))
        {
            yield break;
        }

        using var json = ParsePrinted(printed);
        foreach (var property in json.RootElement.EnumerateObject())
        {
            yield return property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number
                ? (property.Name, property.Value.ToString())
                : throw new TargetFileException(
                    _source.Path, [$"{Start.Up!.Where}: printed '{property.Name}' as {property.Value.ValueKind}:"
                        + " expected text or a number"]);
        }
    }

    private JsonDocument ParsePrinted(string printed)
    {
        try
        {
            return JsonDocument.Parse(printed);
        }
        catch (JsonException broken)
        {
            throw new TargetFileException(
                _source.Path, [$"{Start.Up!.Where}: printed no JSON object: {broken.Message}"]);
        }
    }

    /// <summary>This program, or, under a test platform, whatever PATH has.</summary>
    private static string Program()
    {
        var own = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "torture.exe" : "torture");
        return File.Exists(own) ? own : "torture";
    }
}
