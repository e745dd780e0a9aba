using System.Globalization;

namespace Torture.Cli.Bench;

/// <summary>How many sockets a process may have.</summary>
internal static class OpenFiles
{
    /// <summary>Beyond one socket a client: the cluster's own sockets, files, libraries.</summary>
    private const int Others = 1000;

    /// <exception cref="NotSupportedException">The hard limit is too low.</exception>
    public static void Require(int sockets)
    {
        var limit = HardLimitOf(File.ReadAllText("/proc/self/limits"));
        if (limit < sockets + Others)
        {
            throw new NotSupportedException(
                $"{sockets} connections need a nofile hard limit of {sockets + Others}, here it is {limit}: "
                + "raise it (ulimit -Hn, LimitNOFILE=) or use fewer --clients");
        }
    }

    /// <summary>Of the text of <c>/proc/self/limits</c>.</summary>
    public static long HardLimitOf(string limits)
    {
        const string name = "Max open files";
        var line = limits.Split('\n').First(text => text.StartsWith(name, StringComparison.Ordinal));
        var hard = line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return hard == "unlimited" ? long.MaxValue : long.Parse(hard, CultureInfo.InvariantCulture);
    }
}
