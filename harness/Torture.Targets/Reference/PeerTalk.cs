using System.Net;
using Torture.Captures;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Failover;

namespace Torture.Targets.Reference;

/// <summary>What nodes tell each other on their private addresses, in the order of the packets.</summary>
internal static class PeerTalk
{
    /// <param name="parse">The messages that are whole within a packet's payload.</param>
    public static List<Said<T>> Read<T>(
        ClusterConfiguration cluster, IReadOnlyList<PacketView> packets,
        Func<ReadOnlyMemory<byte>, IEnumerable<T>> parse)
    {
        var said = new List<Said<T>>();
        foreach (var packet in packets.Where(packet => packet is { IsTcp: true, PayloadLength: > 0 }))
        {
            if (NameOf(cluster, packet.Source) is { } from && NameOf(cluster, packet.Destination) is { } to)
            {
                said.AddRange(parse(packet.Payload).Select(message => new Said<T>(packet.Stamp, from, to, message)));
            }
        }

        return said;
    }

    /// <summary>The node that was told passes it on to a peer, and the peer answers that it has done it.</summary>
    public static string? PassedOn<T>(ControlRequest request, List<Said<T>> said)
        where T : IRoutedMessage
    {
        var passed = request with { Local = true };
        foreach (var asked in said.Where(one => one.Message.Request?.Request == passed))
        {
            var answer = said.FirstOrDefault(one =>
                one.Message.Response is { } response && response.Id == asked.Message.Request!.Id
                && response.Response.Ok && one.From == asked.To && one.To == asked.From);
            if (answer is not null)
            {
                return $"frames {asked.Frame}, {answer.Frame}:"
                    + $" {asked.From} passes {request.Verb} on, {asked.To} does it";
            }
        }

        return null;
    }

    private static string? NameOf(ClusterConfiguration cluster, IPEndPoint end) =>
        cluster.Nodes.FirstOrDefault(node => node.Private.Equals(end.Address))?.Name;
}

/// <summary>A message of one node to another, as a packet has it.</summary>
internal sealed record Said<T>(FrameStamp Stamp, string From, string To, T Message)
{
    public long Frame => Stamp.Frame;
}
