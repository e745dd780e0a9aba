using System.Diagnostics;

namespace Torture.SelfTests.Loopback;

/// <summary>What a cluster may have left on the machine.</summary>
internal static class Leftovers
{
    /// <summary>Processes whose command line names the folder, zombies excepted.</summary>
    public static IReadOnlyList<string> ProcessesWith(string folder) =>
        [.. Find(folder).Select(process => process.Line)];

    /// <summary>Ids of the processes with the folder and the verb in their command line.</summary>
    public static IReadOnlyList<int> IdsOf(string verb, string folder) =>
        [.. Find(folder).Where(process => process.Line.Contains($" {verb} ", StringComparison.Ordinal))
            .Select(process => process.Id)];

    /// <summary>All that is still there of a cluster, a line each.</summary>
    public static IReadOnlyList<string> Of(string folder, string controlFolder, string routes)
    {
        var left = ProcessesWith(folder).ToList();
        string[] files = [controlFolder, Path.Combine(folder, "cluster.json")];
        left.AddRange(files.Where(Path.Exists));
        left.AddRange(routes.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(RoutesTo));
        return left;
    }

    private static IEnumerable<string> RoutesTo(string prefix)
    {
        using var ip = Process.Start(new ProcessStartInfo(
            "ip", ["-6", "route", "show", "table", "local", prefix]) { RedirectStandardOutput = true })!;
        return ip.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static IEnumerable<(int Id, string Line)> Find(string folder) =>
        Directory.EnumerateDirectories("/proc")
            .Where(process => int.TryParse(Path.GetFileName(process), out _))
            .Select(process => (
                int.Parse(Path.GetFileName(process), System.Globalization.CultureInfo.InvariantCulture),
                Read(Path.Combine(process, "cmdline")).Replace('\0', ' ')))
            .Where(process => process.Item2.Contains(folder, StringComparison.Ordinal));

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
