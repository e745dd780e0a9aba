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
}
