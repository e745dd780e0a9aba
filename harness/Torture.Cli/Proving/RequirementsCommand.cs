using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Torture.Cli.Run;
using Torture.Harness.Proving;
using Torture.Harness.Results;
using Torture.Harness.Running;

namespace Torture.Cli.Proving;

/// <summary><c>torture requirements</c>: every sentence, and how far it is covered.</summary>
internal static partial class RequirementsCommand
{
    private static readonly Argument<string[]> Folders = new("folders")
    {
        Description = "Folders of stored runs and proofs that say what was checked, where it held and what was "
            + "proved; or a folder above them, of which the newest of each target counts. Without: out, if there is "
            + "one.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> Uncovered = new("--uncovered")
    {
        Description = "Only what servers show on the wire and no mutant proves; 1 if there is any.",
    };

    private static readonly Option<bool> AsJson = new("--json") { Description = "Everything, as an array." };

    private static readonly Option<bool> Snapshot = new("--snapshot")
    {
        Description = "Cases, mutants and exceptions of each sentence, as fixtures/requirements.snapshot.txt has it.",
    };

    public static Command Create()
    {
        var command = new Command(
            "requirements",
            "List the sentences of the specifications, tab-separated: id, state, level, role, section, cases, "
            + "checked by, mutants, shown by, held on, other suites, sentence.")
        {
            Folders, Uncovered, AsJson, Snapshot,
        };
        command.SetAction(parsed => StoredRun.Use(
            string.Join(", ", parsed.GetValue(Folders)!), _ => Tell(parsed)));
        return command;
    }

    private static int Tell(ParseResult parsed)
    {
        var map = RequirementMap.Of(
            new SuiteRunner().Cases, MutantList.All, [.. StoredRuns.Under(parsed.GetValue(Folders)!)]);
        if (parsed.GetValue(Snapshot))
        {
            Console.Out.Write(RequirementSnapshot.Of(map));
            return ExitCode.Conforms;
        }

        var uncovered = parsed.GetValue(Uncovered);
        var told = map.Where(proof => !uncovered || proof.IsUncovered).ToList();
        if (parsed.GetValue(AsJson))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(told, ProofJson.Default.ListRequirementProof));
        }
        else
        {
            told.ForEach(Write);
            Sum(map);
        }

        return uncovered && told.Count > 0 ? ExitCode.ProductFailure : ExitCode.Conforms;
    }

    private static void Write(RequirementProof proof)
    {
        var requirement = proof.Requirement;
        Console.Out.WriteLine(string.Join(
            '\t',
            requirement.Id, Word(proof.State), requirement.LevelName, requirement.Role.ToString().ToLowerInvariant(),
            requirement.Section, $"{proof.Cases.Count} cases", $"{proof.CheckedBy.Count} checked it",
            $"{proof.Mutants.Count} mutants", $"{proof.ShownBy.Count} shown", string.Join(',', proof.HeldOn),
            string.Join(',', proof.OtherSuites), requirement.Exception is { } reason
                ? $"{requirement.Sentence} ({reason})"
                : requirement.Sentence));
    }

    private static void Sum(IReadOnlyList<RequirementProof> map)
    {
        var states = string.Join(", ", Enum.GetValues<ProofState>()
            .Select(state => $"{map.Count(proof => proof.State == state)} {Word(state)}"));
        Console.Error.WriteLine(
            $"{map.Count} sentences: {states}; of {map.Count(proof => proof.IsSeenOnTheWire)} that servers show on "
            + $"the wire {map.Count(proof => proof.IsUncovered)} are not covered");
    }

    private static string Word(ProofState state) => state.ToString().ToLowerInvariant();

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
    [JsonSerializable(typeof(List<RequirementProof>))]
    private sealed partial class ProofJson : JsonSerializerContext;
}
