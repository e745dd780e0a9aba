using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Torture.Protocol.Json;

namespace Torture.Harness.Results;

/// <summary>Reads and writes <c>results.json</c>.</summary>
public static partial class ResultsFile
{
    public const string Name = "results.json";

    internal static readonly JsonSerializerOptions Options = new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NewLine = "\n",
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    }.MakeStrict();

    /// <exception cref="InvalidDataException">The file is not a results file, or one of a newer format.</exception>
    public static RunResults Read(string folder)
    {
        var path = Path.Combine(folder, Name);

        StoredJson.RefuseHuge(path);
        try
        {
            var text = File.ReadAllBytes(path);
            JsonItems.RefuseNulls(text, Options);
            var results = JsonSerializer.Deserialize<RunResults>(text, Options)
                ?? throw new InvalidDataException($"{path} is empty");
            Check(results, path);
            return results;
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{path} is not a results file: {broken.Message}", broken);
        }
    }

    private static void Check(RunResults results, string path)
    {
        if (results.Format > 1)
        {
            throw new InvalidDataException($"{path} has format {results.Format}, newer than this program's 1");
        }

        foreach (var result in results.Cases)
        {
            // Both become paths below the folder.
            if (!CaseId().IsMatch(result.Id))
            {
                throw new InvalidDataException($"{path}: \"{result.Id}\" is no id of a case");
            }

            if (result.Evidence is { } evidence && !Evidence().IsMatch(evidence))
            {
                throw new InvalidDataException(
                    $"{path}: evidence \"{evidence}\" of {result.Id} is no folder of the run");
            }
        }
    }

    [GeneratedRegex(@"^\w[\w.,()-]*\z")]
    private static partial Regex CaseId();

    [GeneratedRegex(@"^\w[\w.,()-]*(/\w[\w.,()-]*)*\z")]
    private static partial Regex Evidence();

    /// <summary>Replaces the file as a whole: who reads it sees the old run or the new one, never a half.</summary>
    public static void Write(string folder, RunResults results)
    {
        var path = Path.Combine(folder, Name);
        var next = path + ".next";

        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(results, Options));
        File.Move(next, path, overwrite: true);
    }
}
