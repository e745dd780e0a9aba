using Torture.Fixtures;
using Torture.Harness.Results;

namespace Torture.Targets.Hooks;

/// <summary>What a target file says is known of its product.</summary>
internal static class ExpectationFile
{
    private const string Shipped = "expectations/";
    private const string Ending = ".json";

    /// <exception cref="HookException">There is no such list, or it is none.</exception>
    public static Expectations Of(TargetFile file)
    {
        if (file.Expectations is not { } name)
        {
            return Expectations.None;
        }

        try
        {
            return Expectations.Parse(name, FixtureFiles.List(Shipped + name + Ending).Any()
                ? FixtureFiles.ReadText(Shipped + name + Ending)
                : File.ReadAllText(Path.Combine(file.Folder, name)));
        }
        catch (Exception unusable) when (unusable is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new HookException($"{file.Path}: expectations: {unusable.Message}", unusable);
        }
    }
}
