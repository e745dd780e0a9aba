using Torture.Harness.Results;
using Torture.Mutants;
using Torture.Mutants.Failover;
using Torture.Requirements;
using Registry = Torture.Mutants.Mutants;

namespace Torture.Cli.Proving;

/// <summary>The mutants as the harness, which does not see them, is told of them.</summary>
internal static class MutantList
{
    public static IReadOnlyList<MutantResult> All => [.. Registry.All.Select(Told)];

    /// <param name="patterns">Part of a name, or a requirement's id or name, in any letter case; none: all.</param>
    public static IReadOnlyList<MutantResult> Select(string[] patterns) =>
    [
        .. Registry.All.Where(mutant => patterns.Length == 0 || patterns.Any(pattern => Is(mutant, pattern)))
            .Select(Told),
    ];

    private static bool Is(Mutant mutant, string pattern) =>
        mutant.Name.Contains(pattern, StringComparison.OrdinalIgnoreCase)
        || mutant.Violates.Select(Catalogue.Get).Any(requirement =>
            requirement.Id.Equals(pattern, StringComparison.OrdinalIgnoreCase)
            || requirement.Name.Equals(pattern, StringComparison.OrdinalIgnoreCase));

    private static MutantResult Told(Mutant mutant) => new()
    {
        Name = mutant.Name, Sentence = mutant.Sentence, Violates = mutant.Violates,
        IsInert = mutant.Part == typeof(InertServer), Obstructs = mutant.Obstructs,
    };
}
