using System.Globalization;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Histories;
using Torture.Harness.Results;
using Torture.Protocol.Security;

namespace Torture.Harness.Running;

/// <summary>
/// cases/&lt;id&gt;/: history, capture, keys, log of a case, and the nodes' logs where it did not pass.
/// </summary>
internal static class Evidence
{
    public const string HistoryFile = "history.jsonl";
    public const string CaptureFile = "capture.pcapng";
    public const string KeysFile = "keys.json";

    /// <returns>The folder, relative to that of the run.</returns>
    public static async Task<string> WriteAsync(
        string folder, CaseRun run, CaseResult result, int round, bool keys)
    {
        var relative = round == 1 ? $"cases/{run.Id}" : string.Create(
            CultureInfo.InvariantCulture, $"cases/{run.Id}/{round}");
        var place = Path.Combine(folder, relative);
        Directory.CreateDirectory(place);
        Histories.HistoryFile.Write(Path.Combine(place, HistoryFile), run.History.Events);
        File.WriteAllLines(Path.Combine(place, "log.txt"), run.Log);
        if (run.Capture is { } capture)
        {
            WriteCapture(Path.Combine(place, CaptureFile), capture);
        }

        if (keys && run.Keys.Count > 0)
        {
            WriteKeys(Path.Combine(place, KeysFile), run.Keys);
        }

        if (result.Verdict is Verdict.Failed or Verdict.Inconclusive && run.HasCluster)
        {
            await WriteNodesAsync(Path.Combine(place, "nodes"), run.Cluster);
        }

        return relative;
    }

    private static void WriteCapture(string path, CaseCapture capture)
    {
        using var writer = new PcapngWriter(File.Create(path));
        foreach (var link in capture.Links)
        {
            writer.AddInterface(link.Type, link.Name);
        }

        foreach (var packet in capture.Packets)
        {
            writer.Write(packet);
        }
    }

    private static void WriteKeys(string path, IReadOnlyList<KeyLogEntry> keys)
    {
        File.Delete(path);
        using var file = new KeyLogFile(path);
        foreach (var key in keys)
        {
            file.Record(key);
        }
    }

    private static async Task WriteNodesAsync(string place, ICluster cluster)
    {
        Directory.CreateDirectory(place);
        foreach (var node in cluster.Nodes)
        {
            if (await cluster.ReadLogAsync(node, CancellationToken.None) is { } log)
            {
                File.WriteAllText(Path.Combine(place, node.Name + ".log"), log);
            }
        }
    }
}
