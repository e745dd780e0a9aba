using System.Text.Json;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.Targets.Reference;

/// <summary>Reads the links between nodes: JSON, a message a line, on their private addresses.</summary>
internal sealed class LinkTraffic(ClusterConfiguration cluster) : IClusterTraffic
{
    /// <summary>Nobody leads where nobody says so for as long, while heartbeats pass.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(300);

    public string? Shows(Fault fault, ClusterObservation before, IReadOnlyList<PacketView> packets)
    {
        var lines = PeerTalk.Read(cluster, packets, Messages);
        return fault switch
        {
            MoveShare move => Handed(move, lines),
            StallRecoveryLock => NobodyLeads(lines),
            LoseRecoveryLock => LeadsNoMore(before.Leader, lines),
            _ when ControlRequests.ToCluster(fault) is { } request => PeerTalk.PassedOn(request, lines),
            _ => null,
        };
    }

    /// <summary>The leader tells the others who owns the share now.</summary>
    private static string? Handed(MoveShare move, List<Said<LinkMessage>> lines) =>
        lines.LastOrDefault(line => line.Message.Table is not null) is { } told
        && told.Message.Table!.OwnerOf(move.Share.Name) == move.To.Name
            ? $"frame {told.Frame}: {told.From} tells {told.To} that {move.To} owns {move.Share}"
            : null;

    private static string? NobodyLeads(List<Said<LinkMessage>> lines)
    {
        var beats = lines.Where(line => line.Message.Beat is not null).ToList();
        var last = beats.FindLastIndex(line => line.Message.Beat!.Leading);
        var since = beats.Skip(last + 1).FirstOrDefault();
        return since is not null && beats[^1].Stamp - since.Stamp >= Silence
            ? $"frames {since.Frame} to {beats[^1].Frame}: heartbeats, and nobody says that it leads"
            : null;
    }

    private static string? LeadsNoMore(Node? leader, List<Said<LinkMessage>> lines) =>
        lines.LastOrDefault(line => line.From == leader?.Name && line.Message.Beat is not null) is { } last
        && !last.Message.Beat!.Leading
            ? $"frame {last.Frame}: {leader} says that it does not lead"
            : null;

    /// <summary>A line is one write, and that is one packet: parts of lines are left out.</summary>
    private static List<LinkMessage> Messages(ReadOnlyMemory<byte> payload)
    {
        var messages = new List<LinkMessage>();
        foreach (var range in payload.Span.Split((byte)'\n'))
        {
            if (Parse(payload.Span[range]) is { } message)
            {
                messages.Add(message);
            }
        }

        return messages;
    }

    private static LinkMessage? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return line.IsEmpty ? null : JsonSerializer.Deserialize(line, ControlJson.Default.LinkMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
