using System.CommandLine;
using Torture.Captures;
using Torture.Protocol;

namespace Torture.Cli.Run;

/// <summary>A folder that a run left.</summary>
internal static class StoredRun
{
    /// <summary>Errors quote the file, which may come from anywhere: what is longer than this helps nobody.</summary>
    private const int LongestReason = 500;

    public static Argument<string> Folder() => new("folder")
    {
        Description = "Folder of a run: holds results.json.",
        DefaultValueFactory = _ => Path.Combine("out", "latest"),
    };

    /// <summary>Does it, and tells in one line where the folder is not one of a run.</summary>
    public static int Use(string folder, Func<string, int> use) => Use(folder, use, Console.Error);

    public static int Use(string folder, Func<string, int> use, TextWriter errors)
    {
        try
        {
            return use(folder);
        }
        catch (Exception unusable) when (unusable is IOException or InvalidDataException or UnauthorizedAccessException
            or CaptureException or ProtocolException)
        {
            errors.WriteLine($"torture: {folder} is no folder of a run: {Shortened(unusable.Message)}");
            return ExitCode.Unusable;
        }
    }

    private static string Shortened(string reason)
    {
        var line = reason.ReplaceLineEndings(" ");
        return line.Length <= LongestReason ? line : $"{line[..LongestReason]} ...";
    }
}
