using System.Globalization;

namespace Torture.Harness.Running;

/// <summary>out/&lt;time&gt;-&lt;target&gt;/ and the link out/latest to it.</summary>
internal static class RunFolder
{
    public const string Latest = "latest";

    public static string Make(RunOptions options, DateTimeOffset started)
    {
        var name = started.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)
            + "-" + Path.GetFileNameWithoutExtension(options.Target);
        var above = Path.GetFullPath(options.Out);
        Directory.CreateDirectory(above);
        var folder = Path.Combine(above, name);
        for (var next = 2; Directory.Exists(folder); next++)
        {
            folder = Path.Combine(above, $"{name}-{next}");
        }

        Directory.CreateDirectory(folder);
        Link(above, Path.GetFileName(folder));
        return folder;
    }

    /// <summary>A convenience: where the file system has no links there is none.</summary>
    private static void Link(string above, string name)
    {
        var link = Path.Combine(above, Latest);
        try
        {
            File.Delete(link);
            Directory.CreateSymbolicLink(link, name);
        }
        catch (Exception unsupported) when (unsupported is IOException or UnauthorizedAccessException)
        {
        }
    }
}
