using System.Globalization;

namespace Torture.Cli.Bench;

/// <summary>Memory of a node process at one moment, in bytes.</summary>
/// <param name="Resident">VmRSS, as the process had grown.</param>
/// <param name="Collected">VmRSS right after a full collection that gives back what it can.</param>
/// <param name="Managed">What the garbage collector kept.</param>
internal sealed record NodeMemory(long Resident, long Collected, long Managed)
{
    /// <summary>VmRSS of the text of <c>/proc/N/status</c>, in bytes.</summary>
    public static long ResidentOf(string status)
    {
        var line = status.Split('\n').FirstOrDefault(text => text.StartsWith("VmRSS:", StringComparison.Ordinal))
            ?? throw new IOException("the process has no VmRSS any more");
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(words[1], CultureInfo.InvariantCulture) * 1024;
    }
}

/// <summary>Whether a server that does the same over and over keeps something of it.</summary>
internal sealed record Growth(double BytesPerPair)
{
    /// <summary>A registration left behind has some hundred bytes; noise of a heap is far less for each.</summary>
    public static Goal Tolerated { get; } = Goal.AtMost(4);

    public bool IsLeak => !Tolerated.IsMetBy(BytesPerPair);

    /// <param name="points">Managed bytes after so many pairs, in order; the first are warming up.</param>
    public static Growth Of(IReadOnlyList<(long Pairs, long Bytes)> points)
    {
        var warm = points[points.Count > 2 ? 1 : 0];
        var last = points[^1];
        return new Growth(last.Pairs == warm.Pairs ? 0 : (double)(last.Bytes - warm.Bytes) / (last.Pairs - warm.Pairs));
    }
}
