using System.Globalization;
using Torture.Harness.Results;

namespace Torture.Harness.Reports;

/// <summary>One sentence of result, the same in the report and on the console.</summary>
internal static class Headline
{
    public static Verdict Of(RunView view) =>
        view.Count(Verdict.Failed) > 0 ? Verdict.Failed
        : view.Count(Verdict.Inconclusive) > 0 || !view.Run.Finished || view.Cases.Count == 0 ? Verdict.Inconclusive
        : view.Count(Verdict.Expected) > 0 ? (view.Run.Strict && view.Count(Verdict.NotStrict) > 0
            ? Verdict.Failed
            : Verdict.Expected)
        : view.Count(Verdict.NotStrict) > 0 ? (view.Run.Strict ? Verdict.Failed : Verdict.NotStrict)
        : view.Count(Verdict.Passed) > 0 ? Verdict.Passed
        : Verdict.NotSupported;

    /// <summary>The word in front of the sentence.</summary>
    public static string Word(RunView view) => Of(view) switch
    {
        Verdict.Failed => "Does not conform",
        Verdict.Inconclusive => "Inconclusive",
        Verdict.Expected => "Deviates as known",
        Verdict.NotStrict => "Conforms, not strictly",
        Verdict.NotSupported => "Nothing was tested",
        _ => "Conforms",
    };

    public static string Sentence(RunView view)
    {
        var total = view.Cases.Count;
        var (failed, inconclusive) = (view.Count(Verdict.Failed), view.Count(Verdict.Inconclusive));
        var broken = view.Requirements.Where(seen => seen.State == RequirementState.Failed).ToList();
        var held = view.Requirements.Count(seen => seen.State is RequirementState.Held or RequirementState.Tolerated);
        var cut = view.Run.Finished ? "" : $"The run was cut short{Why(view.Run.Stopped)}. ";

        return cut + Of(view) switch
        {
            Verdict.Failed when failed > 0 =>
                $"{Cases(failed, total)} failed{Breaking(broken)}{And(inconclusive, " could not be judged")}.",
            Verdict.Failed =>
                $"{Cases(view.Count(Verdict.NotStrict), total)} got a tolerated answer, and the run is strict.",
            Verdict.Inconclusive when total == 0 => "No case matched.",
            Verdict.Inconclusive when inconclusive > 0 =>
                $"{Cases(inconclusive, total)} could not be judged; none failed.",
            Verdict.Inconclusive => "No case failed.",
            Verdict.Expected =>
                $"{Cases(view.Count(Verdict.Expected), total)} failed as is known of this product; no other did.",
            Verdict.NotStrict =>
                $"No case failed; {Cases(view.Count(Verdict.NotStrict), total)} got an answer that is tolerated.",
            Verdict.NotSupported => $"The target supports none of the {Number(total)} cases.",
            _ => $"All {Number(view.Count(Verdict.Passed))} cases that the target supports passed, "
                + $"and the {Number(held)} requirements that they checked held.",
        };
    }

    private static string Breaking(IReadOnlyList<RequirementView> broken) => broken.Count switch
    {
        0 => "",
        <= 3 => " and broke "
            + string.Join(", ", broken.Select(seen => $"{seen.Requirement.Id} ({seen.Requirement.Name})")),
        _ => $" and broke {Number(broken.Count)} requirements",
    };

    private static string Cases(int some, int total) =>
        $"{Number(some)} of {Number(total)} {(total == 1 ? "case" : "cases")}";

    private static string And(int count, string what) => count == 0 ? "" : $"; {Number(count)} more{what}";

    private static string Why(string? reason) => reason is null ? "" : $": {reason.TrimEnd('.')}";

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
