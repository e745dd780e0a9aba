using Torture.Harness.Results;

namespace Torture.Harness.Reports.Html;

/// <summary>Where and how it ran, and how to run it again.</summary>
internal static class EnvironmentSection
{
    public static void Write(HtmlWriter html, RunView view)
    {
        var run = view.Run;

        html.Line($"<section id=\"environment\"><h2>Environment</h2><div class=\"columns\"><dl>");
        Row(html, "run", run.RunId);
        Row(html, "target", run.Target);
        Row(html, "cluster", run.Cluster ?? "");
        Row(html, "mutant", run.Mutant ?? "");
        Row(html, "nodes", string.Join(", ", run.Nodes));
        Row(html, "public addresses", string.Join(", ", run.PublicAddresses));
        Row(html, "seed", $"{run.Seed}");
        Row(html, "capabilities", string.Join(", ", run.Capabilities));
        html.Line($"</dl><dl>");
        foreach (var (name, version) in run.Versions.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Row(html, name, version);
        }

        html.Line($"</dl><dl>");
        foreach (var (name, limit) in run.Limits.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Row(html, $"{name} limit", Drawing.Axis.Label(limit));
        }

        html.Line($"</dl></div>");
        WriteNotes(html, run);
        html.Line($"<dl class=\"again\"><dt>again</dt><dd><code>torture run {run.Arguments}</code></dd>");
        html.Line($"<dt>judge again</dt><dd><code>torture recheck</code> of this folder, without a cluster</dd></dl>");
        html.Line($"</section>");
    }

    private static void WriteNotes(HtmlWriter html, RunResults run)
    {
        if (run.Notes.Count == 0)
        {
            return;
        }

        html.Line($"<h3 class=\"sub\">Notes</h3><ul>");
        foreach (var note in run.Notes)
        {
            html.Line($"<li>{note}</li>");
        }

        html.Line($"</ul>");
    }

    private static void Row(HtmlWriter html, string name, string value)
    {
        if (value.Length > 0)
        {
            html.Line($"<dt>{name}</dt><dd>{value}</dd>");
        }
    }
}
