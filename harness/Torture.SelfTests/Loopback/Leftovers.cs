namespace Torture.SelfTests.Loopback;

/// <summary>What a cluster may have left on the machine.</summary>
internal static class Leftovers
{
    /// <summary>Processes whose command line names the folder, zombies excepted.</summary>
    public static IReadOnlyList<string> ProcessesWith(string folder) =>
        [.. Directory.EnumerateDirectories("/proc")
            .Where(process => int.TryParse(Path.GetFileName(process), out _))
            .Select(process => Read(Path.Combine(process, "cmdline")).Replace('\0', ' '))
            .Where(line => line.Contains(folder, StringComparison.Ordinal))];

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
