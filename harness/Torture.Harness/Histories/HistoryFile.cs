using System.Text;
using System.Text.Json;
using Torture.Harness.Results;
using Torture.Protocol.Json;

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
        StoredJson.RefuseHuge(path);
        var lines = File.ReadAllLines(path);
        var events = new List<HistoryEvent>();
        for (var i = 0; i < lines.Length; i++)
        {
            try
            {
                JsonItems.RefuseNulls(Encoding.UTF8.GetBytes(lines[i]), HistoryJson.Options);
                events.Add(JsonSerializer.Deserialize<HistoryEvent>(lines[i], HistoryJson.Options)
                    ?? throw new JsonException("null is no event"));
            }
            catch (Exception broken) when (IsNoEvent(broken))
            {
                if (i == lines.Length - 1)
                {
                    break;
                }

                throw new InvalidDataException($"{path}:{i + 1}: {broken.Message.ReplaceLineEndings(" ")}", broken);
            }
        }

        return events;
    }

    /// <summary>Converters throw what they meet: not all of it becomes a <see cref="JsonException"/>.</summary>
    private static bool IsNoEvent(Exception broken) =>
        broken is JsonException or FormatException or ArgumentException or InvalidOperationException
            or NotSupportedException or OverflowException;
}
