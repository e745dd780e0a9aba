using System.Net;
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
        var lines = Read(packets);
        return fault switch
        {
            MoveShare move => Handed(move, lines),
            StallRecoveryLock => NobodyLeads(lines),
            LoseRecoveryLock => LeadsNoMore(before.Leader, lines),
            _ when ControlRequests.ToCluster(fault) is { } request => Passed(request, lines),
            _ => null,
        };
    }

    /// <summary>The node that was told passes it on to a peer, and the peer answers that it has done it.</summary>
    private static string? Passed(ControlRequest request, List<LinkLine> lines)
    {
        var passed = request with { Local = true };
        foreach (var asked in lines.Where(line => line.Message.Request?.Request == passed))
        {
            var answer = lines.FirstOrDefault(line =>
                line.Message.Response is { } response && response.Id == asked.Message.Request!.Id
                && response.Response.Ok && line.From == asked.To && line.To == asked.From);
            if (answer is not null)
            {
                return $"frames {asked.Frame}, {answer.Frame}:"
                    + $" {asked.From} passes {request.Verb} on, {asked.To} does it";
            }
        }

        return null;
    }

    /// <summary>The leader tells the others who owns the share now.</summary>
    private static string? Handed(MoveShare move, List<LinkLine> lines) =>
        lines.LastOrDefault(line => line.Message.Table is not null) is { } told
        && told.Message.Table!.OwnerOf(move.Share.Name) == move.To.Name
            ? $"frame {told.Frame}: {told.From} tells {told.To} that {move.To} owns {move.Share}"
            : null;

    private static string? NobodyLeads(List<LinkLine> lines)
    {
        var beats = lines.Where(line => line.Message.Beat is not null).ToList();
        var last = beats.FindLastIndex(line => line.Message.Beat!.Leading);
        var since = beats.Skip(last + 1).FirstOrDefault();
        return since is not null && beats[^1].Stamp - since.Stamp >= Silence
            ? $"frames {since.Frame} to {beats[^1].Frame}: heartbeats, and nobody says that it leads"
            : null;
    }

    private static string? LeadsNoMore(Node? leader, List<LinkLine> lines) =>
        lines.LastOrDefault(line => line.From == leader?.Name && line.Message.Beat is not null) is { } last
        && !last.Message.Beat!.Leading
            ? $"frame {last.Frame}: {leader} says that it does not lead"
            : null;

    /// <summary>A line is one write, and that is one packet on loopback: parts of lines are left out.</summary>
    private List<LinkLine> Read(IReadOnlyList<PacketView> packets)
    {
        var lines = new List<LinkLine>();
        foreach (var packet in packets.Where(packet => packet is { IsTcp: true, PayloadLength: > 0 }))
        {
            if (NameOf(packet.Source) is { } from && NameOf(packet.Destination) is { } to)
            {
                foreach (var range in packet.Payload.Span.Split((byte)'\n'))
                {
                    if (Parse(packet.Payload.Span[range]) is { } message)
                    {
                        lines.Add(new LinkLine(packet.Stamp, from, to, message));
                    }
                }
            }
        }

        return lines;
    }

    private string? NameOf(IPEndPoint end) =>
        cluster.Nodes.FirstOrDefault(node => node.Private.Equals(end.Address))?.Name;

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

    private sealed record LinkLine(FrameStamp Stamp, string From, string To, LinkMessage Message)
    {
        public long Frame => Stamp.Frame;
    }
}
