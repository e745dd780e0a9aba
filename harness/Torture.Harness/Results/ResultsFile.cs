using System.Text.Json;
using System.Text.Json.Serialization;

namespace Torture.Harness.Results;

/// <summary>Reads and writes <c>results.json</c>.</summary>
public static class ResultsFile
{
    public const string Name = "results.json";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NewLine = "\n",
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <exception cref="InvalidDataException">The file is not a results file, or one of a newer format.</exception>
    public static RunResults Read(string folder)
    {
        var path = Path.Combine(folder, Name);

        try
        {
            var results = JsonSerializer.Deserialize<RunResults>(File.ReadAllBytes(path), Options)
                ?? throw new InvalidDataException($"{path} is empty");

            return results.Format <= 1
                ? results
                : throw new InvalidDataException($"{path} has format {results.Format}, newer than this program's 1");
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{path} is not a results file: {broken.Message}", broken);
        }
    }

    /// <summary>Replaces the file as a whole: who reads it sees the old run or the new one, never a half.</summary>
    public static void Write(string folder, RunResults results)
    {
        var path = Path.Combine(folder, Name);
        var next = path + ".next";

        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(results, Options));
        File.Move(next, path, overwrite: true);
    }
}
