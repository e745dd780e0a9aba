namespace Torture.Targets.Hooks;

/// <summary>A value of a target file with its place, so that whoever finds fault with it can name the line.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Path">Such as <c>hooks.kill.do</c>; empty for the whole file.</param>
internal abstract record FileNode(int Line, string Path)
{
    /// <summary>What it is, for people.</summary>
    public abstract string Kind { get; }
}

/// <summary>A single value: text, whatever it looks like.</summary>
internal sealed record FileScalar(int Line, string Path, string Text) : FileNode(Line, Path)
{
    public override string Kind => Text.Length == 0 ? "nothing" : $"'{Text}'";
}

internal sealed record FileList(int Line, string Path, IReadOnlyList<FileNode> Items) : FileNode(Line, Path)
{
    public override string Kind => "a list";
}

internal sealed record FileMap(int Line, string Path, IReadOnlyDictionary<string, FileNode> Entries)
    : FileNode(Line, Path)
{
    public override string Kind => "a map";
}
