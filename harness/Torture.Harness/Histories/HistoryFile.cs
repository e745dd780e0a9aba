using System.Text.Json;

namespace Torture.Harness.Histories;

/// <summary>history.jsonl: one event a line.</summary>
public static class HistoryFile
{
    public static void Write(string path, IEnumerable<HistoryEvent> events)
    {
        using var file = File.Create(path);
        foreach (var happened in events)
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(happened, HistoryJson.Options));
            file.WriteByte((byte)'\n');
        }
    }

    /// <summary>A last line that breaks off is left out: its writer died.</summary>
    /// <exception cref="InvalidDataException">Another line is no event.</exception>
    public static IReadOnlyList<HistoryEvent> Read(string path)
    {
        var lines = File.ReadAllLines(path);
        var events = new List<HistoryEvent>();
        for (var i = 0; i < lines.Length; i++)
        {
            try
            {
                events.Add(JsonSerializer.Deserialize<HistoryEvent>(lines[i], HistoryJson.Options)!);
            }
            catch (JsonException) when (i == lines.Length - 1 && events.Count == i)
            {
                break;
            }
            catch (JsonException broken)
            {
                throw new InvalidDataException($"{path}:{i + 1}: {broken.Message}", broken);
            }
        }

        return events;
    }
}
