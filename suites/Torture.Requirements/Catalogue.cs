using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Torture.Requirements;

/// <summary>All sentences of all catalogues, with what the embedded data knows of each.</summary>
public static class Catalogue
{
    private static readonly (Type Constants, string Data, string Specification)[] Parts =
    [
        (typeof(Swn), "ms-swn.json", "MS-SWN"),
        (typeof(Rpce), "rpce.json", "C706"),
        (typeof(Ctdb), "ctdb.json", "CTDB"),
        (typeof(House), "house.json", "HOUSE"),
    ];

    private static readonly Requirement[] Sentences =
        [.. Parts.SelectMany(part => Join(part.Constants, part.Data, part.Specification))];

    private static readonly FrozenDictionary<string, Requirement> ById =
        Sentences.ToFrozenDictionary(requirement => requirement.Id);

    /// <summary>Catalogue by catalogue, each in specification order.</summary>
    public static IReadOnlyList<Requirement> All => Sentences;

    /// <exception cref="KeyNotFoundException">No catalogue has this id.</exception>
    public static Requirement Get(string id) =>
        TryGet(id, out var requirement)
            ? requirement
            : throw new KeyNotFoundException($"no catalogue has a requirement '{id}'");

    public static bool TryGet(string id, [NotNullWhen(true)] out Requirement? requirement) =>
        ById.TryGetValue(id, out requirement);

    /// <summary>The entries behind the constants of one class, in the order of the data.</summary>
    public static IEnumerable<Requirement> Of(Type constants)
    {
        var ids = Constants(constants).Select(constant => constant.Id).ToHashSet();

        return Sentences.Where(requirement => ids.Contains(requirement.Id));
    }

    internal static IEnumerable<(string Id, string Name, RequirementAttribute Attribute)> Constants(Type catalogue) =>
        from field in catalogue.GetFields(BindingFlags.Public | BindingFlags.Static)
        let attribute = field.GetCustomAttribute<RequirementAttribute>()
        where attribute is not null && field.IsLiteral
        select ((string)field.GetRawConstantValue()!, field.Name, attribute);

    private static IEnumerable<Requirement> Join(Type constants, string data, string specification)
    {
        var attributes = Constants(constants).ToDictionary(constant => constant.Id, constant => constant.Attribute);

        foreach (var entry in CatalogueData.Read(data))
        {
            yield return attributes.TryGetValue(entry.Id, out var attribute)
                ? entry.ToRequirement(specification, attribute.Note)
                : throw new InvalidDataException($"{data}: {entry.Id} has no constant in {constants.Name}");
        }
    }
}
