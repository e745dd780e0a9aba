using System.Text.Json;
using Torture.Protocol.Json;

namespace Torture.Harness.Results;

/// <summary>Reads and writes <c>comparison.json</c>.</summary>
public static class ComparisonFile
{
    public const string Name = "comparison.json";

    /// <exception cref="InvalidDataException">The file is not a comparison, or one of a newer format.</exception>
    public static ComparisonResults Read(string folder)
    {
        var path = Path.Combine(folder, Name);

        StoredJson.RefuseHuge(path);
        try
        {
            var text = File.ReadAllBytes(path);
            JsonItems.RefuseNulls(text, ResultsFile.Options);
            var results = JsonSerializer.Deserialize<ComparisonResults>(text, ResultsFile.Options)
                ?? throw new InvalidDataException($"{path} is empty");
            return results.Format == 1
                ? results
                : throw new InvalidDataException($"{path} has format {results.Format}, this program reads 1");
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{path} is not a comparison: {broken.Message}", broken);
        }
    }

    /// <summary>Replaces the file as a whole.</summary>
    public static void Write(string folder, ComparisonResults results)
    {
        var path = Path.Combine(folder, Name);
        var next = path + ".next";

        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(results, ResultsFile.Options));
        File.Move(next, path, overwrite: true);
    }
}
