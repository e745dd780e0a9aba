namespace Torture.Targets.Hooks;

/// <summary>Where a password comes from. It stands in no target file, argument, log or report.</summary>
/// <param name="Kind">env, file, stdin or generate.</param>
/// <param name="Name">Of the variable or the file.</param>
internal sealed record Secret(string Kind, string Name)
{
    public const string Expected =
        "env:VARIABLE, file:PATH, stdin, or generate:VARIABLE (a new one each run, for the hooks in that variable)";

    public static Secret? Parse(string text) => text.Split(':', 2) switch
    {
        ["stdin"] => new Secret("stdin", ""),
        ["env" or "generate", var name] when IsVariable(name) => new Secret(text.Split(':')[0], name),
        ["file", { Length: > 0 } path] => new Secret("file", path),
        _ => null,
    };

    public override string ToString() => Name.Length == 0 ? Kind : $"{Kind}:{Name}";

    private static bool IsVariable(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0])
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
}
