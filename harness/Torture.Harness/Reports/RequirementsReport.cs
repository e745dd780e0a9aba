using System.Text.Json;
using System.Text.Json.Serialization;
using Torture.Harness.Reports.Html;

namespace Torture.Harness.Reports;

/// <summary>requirements.json: every requirement with its state, for machines.</summary>
internal static class RequirementsReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NewLine = "\n",
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string Write(RunView view) =>
        JsonSerializer.Serialize(view.Requirements.Select(EntryOf), Options) + "\n";

    private static object EntryOf(RequirementView seen) => new
    {
        seen.Requirement.Id,
        seen.Requirement.Name,
        seen.Requirement.Specification,
        seen.Requirement.Section,
        Level = seen.Requirement.LevelName,
        seen.Requirement.Role,
        seen.Requirement.Sentence,
        seen.Requirement.Since,
        seen.State,
        seen.Checks,
        CheckedBy = seen.Checking,
        DeclaredBy = seen.Declaring,
        Mutants = seen.Mutants.Select(mutant => mutant.Name),
        ShownBy = seen.Mutants.Where(mutant => mutant.Shown.Contains(seen.Requirement.Id)).Select(
            mutant => mutant.Name),
        OtherSuites = RequirementSection.Suites(seen.Requirement),
        seen.Requirement.Exception,
    };
}
