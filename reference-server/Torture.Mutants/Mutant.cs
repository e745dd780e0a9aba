using System.Reflection;
using Torture.Requirements;

namespace Torture.Mutants;

/// <summary>A deliberate defect: a subclass of one part of the reference server that breaks one rule of it.</summary>
/// <param name="Name">As it is given to <c>torture-node node --mutant</c>.</param>
/// <param name="Sentence">What is wrong.</param>
/// <param name="Violates">Ids of the requirements whose cases must notice.</param>
/// <param name="Part">The class that takes the part's place.</param>
public sealed record Mutant(string Name, string Sentence, IReadOnlyList<string> Violates, Type Part)
{
    /// <summary>It is in the way of all calls of a kind.</summary>
    public bool Obstructs => Part.IsDefined(typeof(ObstructsAttribute), inherit: false);

    /// <summary>The mutant, made of what the part is made of; null where it is a mutant of another part.</summary>
    public T? Create<T>(params object[] parts)
        where T : class => Part.IsSubclassOf(typeof(T)) ? (T)Activator.CreateInstance(Part, parts)! : null;

    internal static Mutant? Of(Type type) =>
        type.GetCustomAttribute<DefectAttribute>() is not { } defect || type.IsAbstract
            ? null
            : new Mutant(
                type.Name,
                defect.Sentence,
                [.. type.GetCustomAttributes<ViolatesAttribute>().SelectMany(v => v.Requirements)],
                type);
}
