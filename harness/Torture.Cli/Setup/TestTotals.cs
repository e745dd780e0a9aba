using System.Xml;
using System.Xml.Linq;

namespace Torture.Cli.Setup;

/// <summary>Sums TRX files into the one line that a build server reads: <c>N passed, N failed, N skipped</c>.</summary>
internal sealed record TestTotals(int Passed, int Failed, int Skipped, IReadOnlyList<string> Problems)
{
    public bool AreGood => Failed == 0 && Skipped == 0 && Passed > 0 && Problems.Count == 0;

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    /// <param name="paths">TRX files, or folders that are searched for them.</param>
    public static TestTotals Of(IEnumerable<string> paths)
    {
        var totals = new TestTotals(0, 0, 0, []);
        foreach (var path in paths)
        {
            var files = Directory.Exists(path)
                ? Directory.GetFiles(path, "*.trx", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray()
                : File.Exists(path) ? [path] : [];
            totals = files.Length == 0
                ? totals.With($"no result file in {path}")
                : files.Aggregate(totals, (sum, file) => sum.Add(file));
        }

        return totals;
    }

    private TestTotals With(string problem) => this with { Problems = [.. Problems, problem] };

    private TestTotals Add(string file)
    {
        XDocument trx;
        try
        {
            trx = XDocument.Load(file);
        }
        catch (Exception e) when (e is XmlException or IOException)
        {
            return With($"{file} cannot be read: {e.Message}");
        }

        var outcomes = trx.Descendants().Where(e => e.Name.LocalName == "UnitTestResult")
            .Select(e => (string?)e.Attribute("outcome") ?? "none").ToList();
        var passed = outcomes.Count(o => o == "Passed");
        var skipped = outcomes.Count(o => o is "NotExecuted" or "NotRunnable" or "Pending");
        var sum = this with
        {
            Passed = Passed + passed,
            Skipped = Skipped + skipped,
            // Whatever is neither passed nor skipped (Inconclusive, Aborted, Timeout, none) has no good verdict.
            Failed = Failed + outcomes.Count - passed - skipped,
        };
        return outcomes.Count == 0 ? sum.With($"{file} holds no test") : sum;
    }
}
