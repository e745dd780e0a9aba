using System.Xml;
using System.Xml.Linq;

namespace Torture.Cli.Setup;

/// <summary>Sums TRX files into the one line that a build server reads: <c>N passed, N failed, N skipped</c>.</summary>
/// <remarks>
/// A test that one file says was skipped and another that it passed was not skipped: one cluster cannot have both
/// kinds of lock, so its cases come from two runs. It is counted where it passed.
/// </remarks>
internal sealed record TestTotals(int Passed, int Failed, int Skipped, IReadOnlyList<string> Problems)
{
    public bool AreGood => Failed == 0 && Skipped == 0 && Passed > 0 && Problems.Count == 0;

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    /// <param name="paths">TRX files, or folders that are searched for them.</param>
    public static TestTotals Of(IEnumerable<string> paths)
    {
        var problems = new List<string>();
        var results = paths.SelectMany(path => FilesOf(path, problems))
            .SelectMany(file => Read(file, problems)).ToList();
        var passed = results.Where(result => result.Outcome == "Passed").ToList();
        var passedTests = passed.Select(result => result.Test).OfType<string>()
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var skipped = results.Where(result => result.Outcome is "NotExecuted" or "NotRunnable" or "Pending").ToList();
        return new TestTotals(
            passed.Count,
            // Whatever is neither passed nor skipped (Inconclusive, Aborted, Timeout, none) has no good verdict.
            results.Count - passed.Count - skipped.Count,
            skipped.Count(result => result.Test is null || !passedTests.Contains(result.Test)),
            problems);
    }

    private static string[] FilesOf(string path, List<string> problems)
    {
        string[] files = Directory.Exists(path)
            ? [.. Directory.GetFiles(path, "*.trx", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
            : File.Exists(path) ? [path] : [];
        if (files.Length == 0)
        {
            problems.Add($"no result file in {path}");
        }

        return files;
    }

    private static List<(string? Test, string Outcome)> Read(string file, List<string> problems)
    {
        try
        {
            var trx = XDocument.Load(file);
            var names = Elements(trx, "UnitTest").Where(test => test.Attribute("id") is not null)
                .ToLookup(test => test.Attribute("id")!.Value, NameOf);
            List<(string?, string)> results = [.. Elements(trx, "UnitTestResult").Select(result => (
                names[(string?)result.Attribute("testId") ?? ""].FirstOrDefault(),
                (string?)result.Attribute("outcome") ?? "none"))];
            if (results.Count == 0)
            {
                problems.Add($"{file} holds no test");
            }

            return results;
        }
        catch (Exception e) when (e is XmlException or IOException)
        {
            problems.Add($"{file} cannot be read: {e.Message}");
            return [];
        }
    }

    /// <summary>The test platform names classes in full, a run of torture by its cases' ids.</summary>
    private static string? NameOf(XElement test)
    {
        const string suites = "Torture.Suites.";
        var method = test.Elements().FirstOrDefault(element => element.Name.LocalName == "TestMethod");
        var owner = (string?)method?.Attribute("className");
        return owner is null ? null
            : $"{(owner.StartsWith(suites, StringComparison.Ordinal) ? owner[suites.Length..] : owner)}"
                + $".{(string?)method!.Attribute("name")}";
    }

    private static IEnumerable<XElement> Elements(XDocument trx, string name) =>
        trx.Descendants().Where(element => element.Name.LocalName == name);
}
