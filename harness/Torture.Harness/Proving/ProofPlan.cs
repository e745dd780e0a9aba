using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.Harness.Proving;

/// <summary>The cases that a mutant is tried on.</summary>
/// <param name="Verifiers">Verify something that it violates: at least one must turn red.</param>
/// <param name="Bystanders">Some of the others: none may turn red.</param>
internal sealed record ProofPlan(
    MutantResult Mutant, IReadOnlyList<PlannedCase> Verifiers, IReadOnlyList<PlannedCase> Bystanders)
{
    /// <param name="cases">Those that pass on the correct server.</param>
    /// <param name="seed">Chooses the bystanders, for each mutant others.</param>
    public static ProofPlan Of(MutantResult mutant, IReadOnlyList<PlannedCase> cases, int bystanders, int seed)
    {
        var verifies = cases.ToLookup(planned => planned.Requirements.Intersect(mutant.Violates).Any());

        // Nothing that asks it can pass on a server that says nothing, whatever the case verifies.
        var count = mutant.IsInert || mutant.Obstructs ? 0 : bystanders;
        return new ProofPlan(
            mutant, [.. verifies[true]],
            [.. verifies[false].OrderBy(other => Lot($"{seed} {mutant.Name} {other.Id}")).Take(count)]);
    }

    /// <summary>Of its words alone: a new case does not choose others anew.</summary>
    private static uint Lot(string words) =>
        BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(words)));

    /// <summary>What the run of these cases against the mutant says of both.</summary>
    public MutantResult Judge(IReadOnlyList<CaseResult> results)
    {
        if (Mutant.IsInert)
        {
            return JudgeInert(results);
        }

        var red = results.Where(result => result.Verdict == Verdict.Failed).ToList();
        var verifiers = Verifiers.Select(planned => planned.Id).ToHashSet();
        var broken = red.SelectMany(BrokenIn).ToHashSet();
        return Mutant with
        {
            Shown = [.. Mutant.Violates.Where(broken.Contains)],
            KilledBy = [.. red.Select(result => result.Id).Where(verifiers.Contains)],
            MissedBy = [.. verifiers.Except(red.Select(result => result.Id)).Order(StringComparer.Ordinal)],
            WronglyKilledBy = [.. red.Where(IsElsewhere).Select(result => result.Id)],
        };
    }

    private MutantResult JudgeInert(IReadOnlyList<CaseResult> results)
    {
        var passed = results.ToLookup(result => result.Verdict == Verdict.Passed, result => result.Id);
        return Mutant with
        {
            Shown = passed[true].Any() ? [] : Mutant.Violates,
            KilledBy = [.. passed[false]],
            MissedBy = [.. passed[true]],
        };
    }

    /// <summary>
    /// It turned red, and by nothing that the mutant violates. That a sentence could not be checked is of that one.
    /// </summary>
    private bool IsElsewhere(CaseResult red) => !Mutant.Obstructs
        && !BrokenIn(red).Concat(red.Requirements.Where(id => red.Checked.GetValueOrDefault(id) == 0))
            .Intersect(Mutant.Violates).Any();

    /// <summary>A proof is strict: what is tolerated of known products is still not what the sentence says.</summary>
    private static IEnumerable<string> BrokenIn(CaseResult result) =>
        result.Checks.Where(check => check.Outcome is CheckOutcome.Broken or CheckOutcome.Tolerated)
            .Select(check => check.Requirement);
}
