using System.Globalization;
using System.Text;
using Torture.Harness.Reports;
using Torture.Requirements;

namespace Torture.Harness.Results;

/// <summary>
/// What a failure says, in this order: requirement, its sentence, expected, actual, when and where, how to run it
/// again.
/// </summary>
public static class FailureText
{
    private const int CitationColumn = 78;

    /// <summary>The lines of a case that did not simply pass; null for one that did.</summary>
    public static string? Of(CaseResult result, string target)
    {
        if (result.Verdict == Verdict.Passed)
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (var check in result.Checks.Where(IsFinding))
        {
            AppendCheck(text, result, check, target);
        }

        if (result.Reason is { } reason)
        {
            text.Append(Mark(result.Verdict)).Append(' ').Append(result.Id).Append('\n');
            Append(text, Word(result.Verdict), reason);
            Append(text, "again", Again(result, target));
        }

        if (result is { Verdict: Verdict.Expected, Expectation: { } known })
        {
            Append(text, "known", known);
        }

        return text.ToString().TrimEnd('\n');
    }

    private static bool IsFinding(CheckResult check) =>
        check.Outcome != CheckOutcome.Held || check.Wire == WireConfirmation.Contradicted;

    private static void AppendCheck(StringBuilder text, CaseResult result, CheckResult check, string target)
    {
        var head = $"{Mark(check.Outcome)} {result.Id}";
        text.Append(head);
        if (Catalogue.TryGet(check.Requirement, out var requirement))
        {
            text.Append(' ', Math.Max(2, CitationColumn - head.Length));
            text.Append($"{requirement.Citation}  {requirement.LevelName}  {requirement.Id}\n");
            text.Append("    ").Append(requirement.Sentence).Append('\n');
        }
        else
        {
            text.Append("  ").Append(check.Requirement).Append('\n');
        }

        Append(text, "expected", Expected(check));
        Append(text, "actual", check.Actual);
        if (check.OnTheWire is { } packets)
        {
            Append(text, "on the wire", packets);
        }

        Append(text, "at", At(result, check));
        Append(text, "again", Again(result, target));
    }

    private static string Expected(CheckResult check) =>
        check.Expected.Length == 0 ? check.Subject
        : check.Tolerated is { } tolerated ? $"{check.Subject} is {check.Expected} (tolerated: {tolerated})"
        : $"{check.Subject} is {check.Expected}";

    private static string At(CaseResult result, CheckResult check)
    {
        var when = string.Create(CultureInfo.InvariantCulture, $"t+{check.At.TotalSeconds:0.000} s");
        return check.Frame is { } frame
            ? $"{when}, frame {frame} of {result.Evidence ?? $"cases/{result.Id}"}/capture.pcapng"
            : when;
    }

    private static string Again(CaseResult result, string target) => $"torture run {result.Id} --target {target}";

    private static void Append(StringBuilder text, string label, string line) =>
        text.Append(label.PadLeft(12)).Append("  ").Append(Printable.Text(line.ReplaceLineEndings(" "))).Append('\n');

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Inconclusive => "cannot tell",
        Verdict.NotSupported => "needs",
        _ => "because",
    };

    private static char Mark(Verdict verdict) => verdict switch
    {
        Verdict.NotSupported => '-',
        Verdict.NotStrict => '~',
        Verdict.Expected => '!',
        Verdict.Inconclusive => '?',
        _ => 'x',
    };

    private static char Mark(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Tolerated => '~',
        CheckOutcome.CannotTell => '?',
        _ => 'x',
    };
}
