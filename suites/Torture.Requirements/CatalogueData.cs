using System.Text.Json;
using System.Text.Json.Serialization;

namespace Torture.Requirements;

/// <summary>One entry of an embedded data file.</summary>
internal sealed record CatalogueData(
    string Id,
    string Name,
    string Sentence,
    string? Specification,
    string Section,
    string Level,
    string Role,
    string Text,
    string Testable,
    string Introduced,
    string Source,
    string Category,
    string Class,
    string? SpecRev,
    IReadOnlyList<string> CoveredBy,
    string? Note)
{
    private static readonly string[] OtherSpecifications = ["MS-SMB2", "MS-SRVS", "MS-RPCE"];

    public static IReadOnlyList<CatalogueData> Read(string name)
    {
        using var stream = typeof(CatalogueData).Assembly.GetManifestResourceStream(name)
            ?? throw new FileNotFoundException("not embedded in Torture.Requirements", name);

        return JsonSerializer.Deserialize(stream, CatalogueJson.Default.IReadOnlyListCatalogueData)
            ?? throw new InvalidDataException($"{name} is empty");
    }

    public Requirement ToRequirement(string catalogue, string? note)
    {
        var foreign = OtherSpecifications
            .FirstOrDefault(name => Section.StartsWith(name + " ", StringComparison.Ordinal));

        return new Requirement(
            Id,
            Name,
            Specification ?? foreign ?? catalogue,
            foreign is null ? Section : Section[(foreign.Length + 1)..],
            Enum.Parse<Level>(Level, ignoreCase: true),
            Enum.Parse<Role>(Role, ignoreCase: true),
            Sentence,
            Text,
            Enum.Parse<Testable>(Words(Testable), ignoreCase: true),
            Enum.Parse<SentenceClass>(Words(Class), ignoreCase: true),
            Introduced,
            Category,
            string.IsNullOrEmpty(SpecRev) ? null : SpecRev,
            note,
            Note,
            CoveredBy,
            Source);
    }

    private static string Words(string hyphenated) => hyphenated.Replace("-", "", StringComparison.Ordinal);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<CatalogueData>))]
internal sealed partial class CatalogueJson : JsonSerializerContext;
