namespace Torture.Targets.Hooks;

/// <summary>What is wrong with a target file: a line each, with file, line, key and what was expected.</summary>
internal sealed class TargetFileException(string file, IReadOnlyList<string> problems)
    : Exception(problems.Count == 1
        ? problems[0]
        : $"{problems[0]} (and {problems.Count - 1} more: torture target check {file})")
{
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>Gathers what is wrong, so that a file is mended in one go.</summary>
internal sealed class FileProblems(string file)
{
    private readonly List<(int Line, string Text)> _found = [];

    public string File { get; } = file;

    public void Add(FileNode at, string what) => Add(at.Line, at.Path, what);

    public void Add(int line, string path, string what) => _found.Add((line, Text(line, path, what)));

    /// <summary>For a file that cannot be read any further.</summary>
    public TargetFileException Stop(int line, string path, string what) => new(File, [Text(line, path, what)]);

    /// <exception cref="TargetFileException">Something was found.</exception>
    public void ThrowIfAny()
    {
        if (_found.Count > 0)
        {
            throw new TargetFileException(
                File, [.. _found.OrderBy(one => one.Line).Select(one => one.Text).Distinct()]);
        }
    }

    private string Text(int line, string path, string what) =>
        $"{File}:{line}: {(path.Length == 0 ? "" : path + ": ")}{what}";
}
