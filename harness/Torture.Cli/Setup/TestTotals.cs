using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Torture.Cli.Setup;

/// <summary>Sums TRX files into the one line that a build server reads: <c>N passed, N failed, N skipped</c>.</summary>
/// <remarks>
/// A test that one file says was skipped and another that it passed was not skipped: one cluster cannot have both
/// kinds of lock, so its cases come from two runs. It is counted where it passed. Two runs of torture must have been on
/// the same target, but for what is known that a target cannot have.
/// </remarks>
internal sealed partial record TestTotals(int Passed, int Failed, int Skipped, IReadOnlyList<string> Problems)
{
    public bool AreGood => Failed == 0 && Skipped == 0 && Passed > 0 && Problems.Count == 0;

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    /// <param name="paths">TRX files, or folders that are searched for them.</param>
    /// <param name="lacks">
    /// Such as <c>loopback:LinkAddresses</c>: what the target cannot have, so that any other target's pass is as good.
    /// </param>
    public static TestTotals Of(IEnumerable<string> paths, IReadOnlyCollection<string>? lacks = null)
    {
        var problems = new List<string>();
        var results = paths.SelectMany(path => FilesOf(path, problems))
            .SelectMany(file => Read(file, problems)).ToList();
        var passed = results.Where(result => result.Outcome == "Passed").ToList();
        var anywhere = passed.Select(result => result.Test).OfType<string>().ToHashSet();
        var onTarget = passed.Select(result => (result.Test, result.Target)).ToHashSet();
        var skipped = results.Where(result => result.Outcome is "NotExecuted" or "NotRunnable" or "Pending").ToList();
        return new TestTotals(
            passed.Count,
            // Whatever is neither passed nor skipped (Inconclusive, Aborted, Timeout, none) has no good verdict.
            results.Count - passed.Count - skipped.Count,
            skipped.Count(result => result.Test is null || !(AnyTargetWillDo(result, lacks ?? [])
                ? anywhere.Contains(result.Test)
                : onTarget.Contains((result.Test, result.Target)))),
            problems);
    }

    private static bool AnyTargetWillDo(TestResult result, IReadOnlyCollection<string> lacks) =>
        result.Target is null || lacks.Contains($"{result.Target}:{result.Needs}");

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

    private static List<TestResult> Read(string file, List<string> problems)
    {
        try
        {
            var trx = XDocument.Load(file);
            var names = Elements(trx, "UnitTest").Where(test => test.Attribute("id") is not null)
                .ToLookup(test => test.Attribute("id")!.Value, NameOf);
            List<TestResult> results = [.. Elements(trx, "UnitTestResult").Select(result => Read(result, names))];
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

    private static TestResult Read(XElement result, ILookup<string, (string? Name, bool IsOurs)> names)
    {
        var (test, isOurs) = names[(string?)result.Attribute("testId") ?? ""].FirstOrDefault();
        var message = result.Descendants().FirstOrDefault(element => element.Name.LocalName == "Message")?.Value;
        return new TestResult(
            test?.ToUpperInvariant(), isOurs ? (string?)result.Attribute("computerName") : null,
            (string?)result.Attribute("outcome") ?? "none", Needed().Match(message ?? "").Groups[1].Value);
    }

    /// <summary>The test platform names classes in full, a run of torture by its cases' ids.</summary>
    private static (string? Name, bool IsOurs) NameOf(XElement test)
    {
        const string everything = "Torture.";
        const string suites = "Torture.Suites.";
        var method = test.Elements().FirstOrDefault(element => element.Name.LocalName == "TestMethod");
        if ((string?)method?.Attribute("className") is not { } owner)
        {
            return (null, false);
        }

        var name = owner.StartsWith(suites, StringComparison.Ordinal) ? owner[suites.Length..] : owner;
        var isOurs = !owner.StartsWith(everything, StringComparison.Ordinal);
        return ($"{name}.{(string?)method!.Attribute("name")}", isOurs);
    }

    private static IEnumerable<XElement> Elements(XDocument trx, string name) =>
        trx.Descendants().Where(element => element.Name.LocalName == name);

    [GeneratedRegex(@"^\s*needs\s+(\w+):", RegexOptions.Multiline)]
    private static partial Regex Needed();

    /// <param name="Test">In capitals: the two kinds of file differ in them.</param>
    /// <param name="Target">Null where the test platform wrote the file.</param>
    /// <param name="Needs">The capability that the target lacks; empty where none is named.</param>
    private sealed record TestResult(string? Test, string? Target, string Outcome, string Needs);
}
