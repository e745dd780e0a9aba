using System.Text;
using Torture.Harness.Results;
using Torture.Requirements;

namespace Torture.Harness.Reports;

/// <summary>A finding in lines of text: requirement, sentence, expected, actual, at, again.</summary>
internal static class FindingText
{
    private const int Width = 110;

    /// <summary>All findings of a case, first line first.</summary>
    public static string Write(RunView view, CaseResult result) => Write(result, view.Again(result.Id));

    public static string Write(CaseResult result, string again)
    {
        var text = new StringBuilder();
        var findings = result.Checks.Where(IsFinding).ToList();

        if (findings.Count == 0)
        {
            text.Append(Sign(result.Verdict)).Append(' ').Append(result.Id).Append('\n');
        }

        foreach (var check in findings)
        {
            WriteCheck(text, result, check);
        }

        if (result.Reason is { } reason)
        {
            Row(text, Word(result.Verdict), reason);
        }

        Row(text, "again", again);

        return text.ToString();
    }

    /// <summary>The sign that stands in front of a case on the console.</summary>
    public static char Sign(Verdict verdict) => verdict switch
    {
        Verdict.Passed => '+',
        Verdict.NotStrict => '~',
        Verdict.NotSupported => '-',
        Verdict.Inconclusive => '?',
        _ => 'x',
    };

    private static bool IsFinding(CheckResult check) =>
        check.Outcome != CheckOutcome.Held || check.Wire == WireConfirmation.Contradicted;

    private static void WriteCheck(StringBuilder text, CaseResult result, CheckResult check)
    {
        var citation = Catalogue.TryGet(check.Requirement, out var requirement)
            ? $"{requirement.Citation}  {requirement.LevelName}  {requirement.Id}"
            : check.Requirement;
        var head = $"{Sign(result.Verdict)} {result.Id}";
        var gap = new string(' ', Math.Max(2, Width - head.Length - citation.Length));

        text.Append(head).Append(gap).Append(citation).Append('\n');
        if (requirement is not null)
        {
            text.Append("    ").Append(requirement.Sentence).Append('\n');
        }

        Row(text, "expected", $"{check.Subject} is {check.Expected}{Tolerated(check)}");
        Row(text, "actual", check.Actual);
        if (check.OnTheWire is { } packets)
        {
            Row(text, "on the wire", packets);
        }

        Row(text, "at", $"{Times.Since(check.At)}, {Frame(result, check)}");
    }

    private static string Tolerated(CheckResult check) =>
        check.Tolerated is null ? "" : $" (tolerated: {check.Tolerated})";

    private static string Frame(CaseResult result, CheckResult check) => (check.Frame, result.Evidence) switch
    {
        ({ } frame, { } folder) => $"frame {frame} of {folder}/capture.pcapng",
        ({ } frame, null) => $"frame {frame}",
        _ => "recorded only",
    };

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.NotSupported => "missing",
        Verdict.Inconclusive => "inconclusive",
        _ => "because",
    };

    private static void Row(StringBuilder text, string name, string value) =>
        text.Append(name.PadLeft(12)).Append("  ")
            .Append(Printable.Text(value).Replace("\n", "\n              ", StringComparison.Ordinal))
            .Append('\n');
}
