using System.Text;
using Torture.Harness.Reports.Html;
using Torture.Harness.Results;

namespace Torture.Harness.Reports;

/// <summary>Keeps a comparison and draws its page from what was kept.</summary>
public static class ComparisonWriter
{
    public const string Html = "comparison.html";

    /// <returns>The path of comparison.html.</returns>
    public static string Write(string folder, ComparisonResults results)
    {
        ComparisonFile.Write(folder, results);
        return Draw(folder);
    }

    /// <returns>The path of comparison.html.</returns>
    /// <exception cref="InvalidDataException">The folder holds no comparison that can be read.</exception>
    public static string Draw(string folder)
    {
        var page = Path.Combine(folder, Html);
        File.WriteAllText(
            page, ComparisonPage.Write(new ComparisonView(ComparisonFile.Read(folder))),
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return page;
    }

    /// <summary>What came out, in one line.</summary>
    public static string Conclusion(ComparisonResults results) => ComparisonSentence.Of(new ComparisonView(results));
}
