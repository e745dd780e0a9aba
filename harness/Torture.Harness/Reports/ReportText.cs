using Torture.Harness.Results;

namespace Torture.Harness.Reports;

/// <summary>What the reports say, for the console.</summary>
public static class ReportText
{
    /// <summary>The verdict of a run as a whole, and the sentence that says why.</summary>
    public static (Verdict Verdict, string Word, string Sentence) Headline(RunResults results)
    {
        var view = new RunView(results);

        return (Reports.Headline.Of(view), Reports.Headline.Word(view), Reports.Headline.Sentence(view));
    }

    /// <summary>Such as <c>2 failed, 1 inconclusive, 67 passed</c>: what is not zero, worst first.</summary>
    public static string Counts(RunResults results)
    {
        var counts = results.Cases.CountBy(result => result.Verdict).OrderByDescending(pair => pair.Key);

        return string.Join(", ", counts.Select(pair => $"{pair.Value} {Html.HtmlReport.Word(pair.Key)}"));
    }

    /// <summary>Such as <c>17.3 s</c> or <c>3 min 12 s</c>.</summary>
    public static string Length(TimeSpan time) => Times.Length(time);

    /// <summary>Text from a server, fit for a terminal: no control character is left in it.</summary>
    public static string Printed(string text) => Printable.Text(text);
}
