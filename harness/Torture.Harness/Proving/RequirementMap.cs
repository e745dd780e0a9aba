using Torture.Harness.Reports.Html;
using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.Requirements;

namespace Torture.Harness.Proving;

/// <summary>How far a sentence is covered, from best to worst.</summary>
public enum ProofState
{
    /// <summary>A mutant violates it, and a check of it turned red.</summary>
    Proved,

    /// <summary>A case of a stored run checked it.</summary>
    Checked,

    /// <summary>A case declares it.</summary>
    Declared,

    /// <summary>No case declares it, and the catalogue says why.</summary>
    Excepted,

    /// <summary>No case declares it.</summary>
    Untested,
}

/// <summary>One sentence with all that is known of its coverage.</summary>
/// <param name="Cases">Ids of the cases that declare it.</param>
/// <param name="CheckedBy">Cases that really checked it in one of the stored runs.</param>
/// <param name="Mutants">Names of those that violate it.</param>
/// <param name="ShownBy">Of these, the ones that a check of it noticed in a stored proof.</param>
/// <param name="HeldOn">Targets of stored runs in which it was checked and no check of it was broken.</param>
/// <param name="OtherSuites">Other public suites that touch it.</param>
public sealed record RequirementProof(
    Requirement Requirement,
    ProofState State,
    IReadOnlyList<string> Cases,
    IReadOnlyList<string> CheckedBy,
    IReadOnlyList<string> Mutants,
    IReadOnlyList<string> ShownBy,
    IReadOnlyList<string> HeldOn,
    IReadOnlyList<string> OtherSuites)
{
    /// <summary>
    /// A sentence about servers of which the wire shows something: neither internal state nor one of another
    /// specification that the catalogue quotes.
    /// </summary>
    public bool IsSeenOnTheWire => Requirement is
    {
        Role: not Role.Client, Testable: not Testable.No, Class: not SentenceClass.Companion,
    };

    /// <summary>It could be seen, and neither a mutant proves that its cases would see it nor is it excepted.</summary>
    public bool IsUncovered => IsSeenOnTheWire && State != ProofState.Proved && Requirement.Exception is null;
}

/// <summary>Every sentence of every catalogue against cases, mutants and what runs have shown.</summary>
public static class RequirementMap
{
    /// <param name="mutants">Name and what it violates; what noticed them comes from the runs.</param>
    /// <param name="runs">Stored runs and proofs, of any target.</param>
    /// <returns>In specification order.</returns>
    public static IReadOnlyList<RequirementProof> Of(
        IReadOnlyList<PlannedCase> cases, IReadOnlyList<MutantResult> mutants, IReadOnlyList<RunResults> runs)
    {
        var declaring = Lookup(cases, planned => planned.Requirements, planned => planned.Id);
        var violating = Lookup(mutants, mutant => mutant.Violates, mutant => mutant.Name);
        var showing = Lookup(runs.SelectMany(run => run.Mutants), mutant => mutant.Shown, mutant => mutant.Name);
        var healthy = runs.Where(run => run.Mutant is null).ToList();
        var checking = Lookup(
            healthy.SelectMany(run => run.Cases), result => result.Checked.Keys, result => result.Id);
        var held = Lookup(healthy, HeldIn, run => run.Target);

        return [.. Catalogue.All.Select(requirement => new RequirementProof(
            requirement,
            StateOf(
                requirement, showing.Contains(requirement.Id), checking.Contains(requirement.Id),
                declaring.Contains(requirement.Id)),
            Sorted(declaring[requirement.Id]),
            Sorted(checking[requirement.Id]),
            Sorted(violating[requirement.Id]),
            Sorted(showing[requirement.Id]),
            Sorted(held[requirement.Id]),
            [.. RequirementSection.Suites(requirement)]))];
    }

    private static ILookup<string, string> Lookup<T>(
        IEnumerable<T> items, Func<T, IEnumerable<string>> requirements, Func<T, string> name) =>
        items.SelectMany(item => requirements(item).Select(id => (Id: id, Name: name(item))))
            .ToLookup(pair => pair.Id, pair => pair.Name);

    private static IReadOnlyList<string> Sorted(IEnumerable<string> names) =>
        [.. names.Distinct().Order(StringComparer.Ordinal)];

    private static IEnumerable<string> HeldIn(RunResults run)
    {
        var broken = run.Cases.SelectMany(result => result.Checks)
            .Where(check => check.Outcome == CheckOutcome.Broken)
            .Select(check => check.Requirement);
        return run.Cases.SelectMany(result => result.Checked.Keys).Except(broken);
    }

    private static ProofState StateOf(Requirement requirement, bool shown, bool isChecked, bool declared) =>
        shown ? ProofState.Proved
        : isChecked ? ProofState.Checked
        : declared ? ProofState.Declared
        : requirement.Exception is not null ? ProofState.Excepted
        : ProofState.Untested;
}
