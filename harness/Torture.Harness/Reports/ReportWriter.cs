using System.Text;
using Torture.Harness.Reports.Drawing;
using Torture.Harness.Reports.Html;
using Torture.Harness.Results;

namespace Torture.Harness.Reports;

/// <summary>
/// Makes every report of a run from what the run left: results.json and the histories of its cases. The same folder
/// gives the same bytes.
/// </summary>
public static class ReportWriter
{
    public const string Html = "report.html";

    public const string Trx = "results.trx";

    public const string Junit = "results.junit.xml";

    public const string Requirements = "requirements.json";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <returns>The path of report.html.</returns>
    /// <exception cref="InvalidDataException">The folder holds no results that can be read.</exception>
    public static string WriteAll(string folder) => WriteAll(folder, ResultsFile.Read(folder));

    public static string WriteAll(string folder, RunResults results)
    {
        var view = new RunView(results, new HistoryFacts(folder).Of);

        Write(Requirements, RequirementsReport.Write(view));
        Write(Trx, TrxReport.Write(view));
        Write(Junit, JunitReport.Write(view));
        Write(Html, HtmlReport.Write(view));
        WriteTimelines(folder, view);

        return Path.Combine(folder, Html);

        void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text, Utf8);
    }

    /// <summary>Beside the evidence of each case with an outage: that of the longest one.</summary>
    private static void WriteTimelines(string folder, RunView view)
    {
        foreach (var failovers in view.Failovers.GroupBy(seen => seen.Case.Id))
        {
            var place = Path.Combine(folder, "cases", failovers.Key);

            if (Directory.Exists(place))
            {
                var longest = failovers.MaxBy(seen => seen.Failover.Outage ?? TimeSpan.Zero)!;
                var timeline = TimelineBuilder.Build(
                    failovers.Key, longest.Failover, view.Run.Nodes, view.Facts(longest));
                var drawing = TimelineSvg.Draw(timeline, HtmlReport.Style).Text;

                File.WriteAllText(Path.Combine(place, "timeline.svg"), drawing, Utf8);
            }
        }
    }
}
