using Torture.Requirements;

namespace Torture.Harness.Reports.Html;

/// <summary>Every requirement in specification order: first as a map of squares, then as tables.</summary>
internal static class RequirementSection
{
    private static readonly RequirementState[] Order =
    [
        RequirementState.Failed, RequirementState.Tolerated, RequirementState.Held, RequirementState.Proved,
        RequirementState.Declared, RequirementState.Untested, RequirementState.Excepted,
    ];

    public static void Write(HtmlWriter html, RunView view)
    {
        html.Line($"<section id=\"requirements\"><h2>Requirements</h2>");
        html.Line($"<p class=\"key\">");
        foreach (var state in Order)
        {
            var count = view.Requirements.Count(seen => seen.State == state);
            html.Line($"<i class=\"swatch {Class(state)}\"></i> {Word(state)} {count}");
        }

        html.Line($"</p>");

        foreach (var catalogue in view.Requirements.GroupBy(seen => CatalogueOf(seen.Requirement)))
        {
            html.Line($"<h3 class=\"sub\">{catalogue.Key}</h3><p class=\"map\">");
            foreach (var seen in catalogue)
            {
                var title = $"{seen.Requirement}: {Word(seen.State)}";
                html.Line($"<a class=\"{Class(seen.State)}\" href=\"#{seen.Requirement.Id}\" title=\"{title}\"></a>");
            }

            html.Line($"</p>");
            foreach (var category in catalogue.GroupBy(seen => seen.Requirement.Category))
            {
                WriteCategory(html, category.Key, [.. category]);
            }
        }

        html.Line($"</section>");
    }

    private static void WriteCategory(HtmlWriter html, string name, IReadOnlyList<RequirementView> requirements)
    {
        var open = requirements.Any(seen => seen.State == RequirementState.Failed) ? new Markup(" open") : default;

        html.Line($"<details{open}><summary>{name} <small>");
        foreach (var state in Order.Where(state => requirements.Any(seen => seen.State == state)))
        {
            html.Line($"<i class=\"swatch {Class(state)}\"></i> {requirements.Count(seen => seen.State == state)}");
        }

        html.Line($"</small></summary><table class=\"requirements\"><thead><tr><th>id</th><th>section</th>");
        html.Line($"<th>level</th><th>requirement</th><th>state</th><th>cases</th><th>mutants</th>");
        html.Line($"<th>other suites</th></tr></thead><tbody>");
        foreach (var seen in requirements)
        {
            WriteRequirement(html, seen);
        }

        html.Line($"</tbody></table></details>");
    }

    private static void WriteRequirement(HtmlWriter html, RequirementView seen)
    {
        var requirement = seen.Requirement;

        html.Line($"<tr id=\"{requirement.Id}\"><td>{requirement.Id}</td><td>{requirement.Section}</td>");
        html.Line($"<td>{requirement.LevelName}</td>");
        html.Line($"<td title=\"{requirement.Text}\">{requirement.Sentence}{Reason(seen)}</td>");
        html.Line($"<td><i class=\"swatch {Class(seen.State)}\"></i> {Word(seen.State)}</td><td>{CasesOf(seen)}</td>");
        html.Line($"<td>{MutantsOf(seen)}</td><td>{string.Join(", ", Suites(requirement))}</td></tr>");
    }

    private static Markup Reason(RequirementView seen) =>
        seen is { State: RequirementState.Excepted, Requirement.Exception: { } reason }
            ? Markup.Of($"<br><small>{reason}</small>")
            : default;

    private static Markup CasesOf(RequirementView seen)
    {
        var cases = seen.Checking.Count > 0 ? seen.Checking : seen.Declaring;

        return cases.Count switch
        {
            0 => default,
            1 => Markup.Of($"<a href=\"#{Links.Case(cases[0])}\">{cases[0]}</a>"),
            _ => Markup.Of(
                $"<details><summary>{cases.Count} cases, {seen.Checks} checks</summary>{List(cases)}</details>"),
        };
    }

    /// <summary>One that no check of the sentence noticed is struck out.</summary>
    private static Markup MutantsOf(RequirementView seen) => new(string.Join("<br>", seen.Mutants.Select(mutant =>
        mutant.Shown.Contains(seen.Requirement.Id)
            ? Markup.Of($"<a href=\"#{MutantSection.Anchor(mutant)}\">{mutant.Name}</a>").Text
            : Markup.Of($"<a href=\"#{MutantSection.Anchor(mutant)}\"><s>{mutant.Name}</s></a>").Text)));

    private static Markup List(IReadOnlyList<string> cases) =>
        new(string.Join("<br>", cases.Select(id => Markup.Of($"<a href=\"#{Links.Case(id)}\">{id}</a>").Text)));

    /// <summary>The suites, each once: <c>MS</c>, <c>smbtorture</c>, <c>samba blackbox</c>.</summary>
    internal static IEnumerable<string> Suites(Requirement requirement) =>
        requirement.CoveredBy
            .Select(name => name.Split(':', ' ')[0] switch
            {
                "MS" => "Microsoft",
                "samba" => "Samba blackbox",
                var suite => suite,
            })
            .Distinct();

    internal static string Word(RequirementState state) => state switch
    {
        RequirementState.Held => "checked and held",
        RequirementState.Proved => "held, and proved able to fail",
        RequirementState.Declared => "declared, not checked",
        _ => state.ToString().ToLowerInvariant(),
    };

    private static string Class(RequirementState state) => "is-" + state.ToString().ToLowerInvariant();

    private static string CatalogueOf(Requirement requirement) => requirement.Id.Split('-')[0] switch
    {
        "SWN" => "[MS-SWN] Service Witness Protocol",
        "RPC" => "[C706], [MS-RPCE] connection-oriented DCE/RPC",
        "CTDB" => "CTDB-like failover",
        _ => "House rules",
    };
}
