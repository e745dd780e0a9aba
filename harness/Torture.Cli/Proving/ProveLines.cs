using System.Globalization;
using Torture.Harness.Proving;
using Torture.Harness.Results;
using Torture.Requirements;

namespace Torture.Cli.Proving;

/// <summary>What <c>torture prove</c> prints: tab-separated, a line for each thing that is wrong.</summary>
internal sealed class ProveLines(TextWriter output, TextWriter progress)
{
    private readonly Lock _gate = new();

    /// <summary>While it goes on; the last lines are the whole story.</summary>
    public void Tell(MutantResult mutant)
    {
        lock (_gate)
        {
            progress.WriteLine(
                $"{(mutant.KilledBy.Count > 0 ? "noticed" : "SURVIVED")}\t{mutant.Name}\t"
                + $"{mutant.KilledBy.Count} red, {mutant.MissedBy.Count} green");
        }
    }

    public void Interrupted() => progress.WriteLine("torture: interrupted: nothing is proved");

    public int End(ProofSummary proof, bool whole, TimeSpan took, string report)
    {
        foreach (var result in proof.NotGreen)
        {
            Line("not green on the correct server", result.Id, result.Reason ?? result.Verdict.ToString());
        }

        foreach (var mutant in proof.Survivors)
        {
            Line("survived", mutant.Name, $"{mutant.Sentence} {Tried(mutant)}");
        }

        foreach (var (mutant, requirement) in proof.NotShown)
        {
            Line("not shown", mutant.Name, $"no check of {Catalogue.Get(requirement)} turned red");
        }

        foreach (var (mutant, id) in proof.Wrong)
        {
            Line("wrongly red", mutant.Name, id);
        }

        if (whole)
        {
            foreach (var id in proof.Unproved)
            {
                Line("never seen red", id, "no mutant turns this case red");
            }
        }

        Sum(proof, whole, took, report);
        return proof.Holds(whole) ? ExitCode.Conforms : ExitCode.ProductFailure;
    }

    private static string Tried(MutantResult mutant) => mutant.MissedBy.Count > 0
        ? $"Tried on {mutant.MissedBy.Count} cases."
        : "No case that could run here verifies what it violates.";

    private void Sum(ProofSummary proof, bool whole, TimeSpan took, string report)
    {
        var unproved = whole ? $", {proof.Unproved.Count} never" : "";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{proof.Mutants.Count} mutants: {proof.Survivors.Count()} survived, {proof.NotShown.Count()} claims not "
            + $"shown, {proof.Wrong.Count()} wrongly red; {proof.Proved} cases seen red{unproved}; "
            + $"{took.TotalSeconds:0.0} s; {report}"));
    }

    private void Line(string what, string name, string why) =>
        output.WriteLine($"{what}\t{name}\t{why.ReplaceLineEndings(" ")}");
}
