using Torture.Harness.Results;

namespace Torture.Harness.Reports.Html;

/// <summary>Which deliberate defect was noticed by which case.</summary>
internal static class MutantSection
{
    public static void Write(HtmlWriter html, RunView view)
    {
        var mutants = view.Run.Mutants;
        if (mutants.Count == 0)
        {
            return;
        }

        html.Line($"<section id=\"mutants\"><h2>Mutants</h2>");
        html.Line($"<p>{mutants.Count(Noticed)} of {mutants.Count} deliberate defects were noticed, each sentence");
        html.Line($"that they violate by a check of it, and no case turned red for anything else.</p>");
        html.Line($"<p class=\"map\">");
        foreach (var mutant in mutants)
        {
            var title = $"{mutant.Name}: {Word(mutant)}";
            html.Line($"<a class=\"{Class(mutant)}\" href=\"#{Anchor(mutant)}\" title=\"{title}\"></a>");
        }

        html.Line($"</p><table><thead><tr><th>mutant</th><th>violates</th>");
        html.Line($"<th>noticed by</th><th>not by</th><th>wrongly by</th></tr></thead><tbody>");
        foreach (var mutant in mutants)
        {
            WriteMutant(html, mutant);
        }

        html.Line($"</tbody></table></section>");
    }

    private static void WriteMutant(HtmlWriter html, MutantResult mutant)
    {
        html.Line($"<tr id=\"{Anchor(mutant)}\"><td><i class=\"swatch {Class(mutant)}\"></i> <b>{mutant.Name}</b>");
        html.Line($"<br><small>{mutant.Sentence}</small></td><td>");
        foreach (var id in mutant.Violates)
        {
            var text = mutant.Shown.Contains(id) ? Markup.Of($"{id}") : Markup.Of($"<s>{id}</s>");
            html.Line($"<a href=\"#{id}\">{text}</a>");
        }

        html.Line($"</td><td>{Folded(mutant.KilledBy)}</td><td>{Folded(mutant.MissedBy)}{mutant.Equivalent}</td>");
        html.Line($"<td>{string.Join(", ", mutant.WronglyKilledBy)}</td></tr>");
    }

    private static Markup Folded(IReadOnlyList<string> cases) => cases.Count <= 2
        ? Markup.Of($"{string.Join(", ", cases)}")
        : Markup.Of($"<details><summary>{cases.Count} cases</summary>{string.Join(", ", cases)}</details>");

    internal static string Anchor(MutantResult mutant) => "mutant-" + Uri.EscapeDataString(mutant.Name);

    private static bool Noticed(MutantResult mutant) =>
        mutant is { KilledBy.Count: > 0, WronglyKilledBy.Count: 0 } && mutant.Shown.Count == mutant.Violates.Count;

    private static string Word(MutantResult mutant) => mutant switch
    {
        { Equivalent: not null } => "equivalent",
        { KilledBy.Count: 0 } => "survived",
        { WronglyKilledBy.Count: > 0 } => "noticed by cases that verify something else",
        _ when Noticed(mutant) => "noticed",
        _ => "noticed, but not everything that it violates",
    };

    private static string Class(MutantResult mutant) => mutant switch
    {
        { Equivalent: not null } => "is-excepted",
        { KilledBy.Count: 0 } => "is-failed",
        _ when Noticed(mutant) => "is-held",
        _ => "is-tolerated",
    };
}
