using Torture.Harness.Results;

namespace Torture.Harness.Reports.Html;

/// <summary>The whole page: one file, no network, no script.</summary>
internal static class HtmlReport
{
    // Whatever slips through as markup can still fetch and run nothing.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'";

    public static readonly string Style = ReadStyle();

    public static string Write(RunView view)
    {
        var html = new HtmlWriter();

        Begin(html, $"{Headline.Word(view)}: {view.Run.Target}, {Times.Date(view.Run.Started)}");
        ResultSection.Write(html, view);
        FindingsSection.Write(html, view);
        FailoverSection.Write(html, view);
        LatencySection.Write(html, view);
        RequirementSection.Write(html, view);
        MutantSection.Write(html, view);
        NotSupportedSection.Write(html, view);
        CaseSection.Write(html, view);
        EnvironmentSection.Write(html, view);
        End(html);

        return html.ToString();
    }

    /// <summary>Up to the first section.</summary>
    public static void Begin(HtmlWriter html, string title)
    {
        html.Line($"<!DOCTYPE html>");
        html.Line($"<html lang=\"en\"><head><meta charset=\"utf-8\">");
        html.Line($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.Line($"<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">");
        html.Line($"<title>{title}</title>");
        html.Line($"<style>{new Markup(Style)}</style></head><body><main>");
    }

    public static void End(HtmlWriter html) => html.Line($"</main></body></html>");

    /// <summary>The class that gives a verdict its colour.</summary>
    public static string Class(Verdict verdict) => verdict.ToString().ToLowerInvariant();

    public static Markup Pill(Verdict verdict, int? count = null) =>
        Markup.Of($"<span class=\"pill {Class(verdict)}\">{(count is null ? "" : $"{count} ")}{Word(verdict)}</span>");

    /// <summary>A verdict as people write it.</summary>
    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.NotStrict => "not strict",
        Verdict.NotSupported => "not supported",
        _ => verdict.ToString().ToLowerInvariant(),
    };

    private static string ReadStyle()
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")
            ?? throw new FileNotFoundException("not embedded in Torture.Harness", "report.css");
        using var reader = new StreamReader(stream);

        return reader.ReadToEnd();
    }
}
