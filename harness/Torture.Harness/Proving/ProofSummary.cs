using Torture.Harness.Results;

namespace Torture.Harness.Proving;

/// <summary>What is wrong with a proof, worked out once for console, report and exit code.</summary>
public sealed class ProofSummary
{
    /// <param name="proof">Of a run of the correct server, with its mutants.</param>
    public ProofSummary(RunResults proof)
    {
        Mutants = proof.Mutants;
        NotGreen = [.. proof.Cases.Where(result => result.Verdict is Verdict.Failed or Verdict.Inconclusive)];
        var red = proof.Mutants.Where(mutant => !mutant.IsInert).SelectMany(mutant => mutant.KilledBy).ToHashSet();
        var usable = proof.Cases.Where(result => result.Verdict == Verdict.Passed).Select(result => result.Id).ToList();
        Proved = usable.Count(red.Contains);
        Unproved = [.. usable.Where(id => !red.Contains(id))];
    }

    public IReadOnlyList<MutantResult> Mutants { get; }

    /// <summary>Nothing noticed them.</summary>
    public IEnumerable<MutantResult> Survivors => Mutants.Where(mutant =>
        mutant is { KilledBy.Count: 0, Equivalent: null } or { IsInert: true, MissedBy.Count: > 0 });

    /// <summary>So many cases have been seen red.</summary>
    public int Proved { get; }

    /// <summary>Cases that no mutant turned red.</summary>
    public IReadOnlyList<string> Unproved { get; }

    /// <summary>What a mutant is said to violate and no check of it noticed.</summary>
    public IEnumerable<(MutantResult Mutant, string Requirement)> NotShown =>
        from mutant in Mutants
        where mutant is { KilledBy.Count: > 0, Equivalent: null, IsInert: false }
        from requirement in mutant.Violates.Except(mutant.Shown)
        select (mutant, requirement);

    /// <summary>Cases that a mutant turned red by something that it is not said to violate.</summary>
    public IEnumerable<(MutantResult Mutant, string Case)> Wrong =>
        from mutant in Mutants
        from id in mutant.WronglyKilledBy
        select (mutant, id);

    /// <summary>Cases that do not pass on the correct server.</summary>
    public IReadOnlyList<CaseResult> NotGreen { get; }

    /// <param name="whole">All mutants were tried: each case should have been seen red.</param>
    public bool Holds(bool whole) =>
        !Survivors.Any() && !Wrong.Any() && NotGreen.Count == 0 && !NotShown.Any() && !(whole && Unproved.Count > 0);
}
