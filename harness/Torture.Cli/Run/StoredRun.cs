using System.CommandLine;

namespace Torture.Cli.Run;

/// <summary>A folder that a run left.</summary>
internal static class StoredRun
{
    public static Argument<string> Folder() => new("folder")
    {
        Description = "Folder of a run: holds results.json.",
        DefaultValueFactory = _ => Path.Combine("out", "latest"),
    };

    /// <summary>Does it, and tells in one line where the folder is not one of a run.</summary>
    public static int Use(string folder, Func<string, int> use)
    {
        try
        {
            return use(folder);
        }
        catch (Exception unusable) when (unusable is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"torture: {folder} is no folder of a run: {unusable.Message}");
            return ExitCode.Unusable;
        }
    }
}
