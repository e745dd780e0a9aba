namespace Torture.Mutants;

/// <summary>All mutants, by name.</summary>
public static class Mutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        .. typeof(Mutants).Assembly.GetTypes().Select(Mutant.Of).OfType<Mutant>()
            .OrderBy(mutant => mutant.Name, StringComparer.Ordinal),
    ];

    /// <summary>In any letter case; null: there is none of this name.</summary>
    public static Mutant? Find(string name) =>
        All.FirstOrDefault(mutant => mutant.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What a node takes from the mutant instead of the good part.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static MutantPlan Apply(string name) => Find(name) is { } mutant
        ? new MutantPlan(mutant)
        : throw new ArgumentException($"unknown mutant '{name}': torture-node mutants lists them", nameof(name));
}
