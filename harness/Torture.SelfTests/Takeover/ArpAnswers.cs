using System.Net;
using System.Net.Sockets;
using Torture.Captures;

namespace Torture.SelfTests.Takeover;

/// <summary>Asks the whole link who has an address.</summary>
internal static class ArpAnswers
{
    /// <returns>
    /// The link addresses that answered before the answer to a later question was seen: all, since a switch keeps the
    /// order, and every kernel answers at once.
    /// </returns>
    public static async Task<IReadOnlyList<MacAddress>> AskAsync(NamespaceCluster cluster, IPAddress address)
    {
        var since = cluster.Capture.Read(trace => trace.Last!.Value.Frame);
        Ask(cluster, address);
        await cluster.SeenAsync(
            trace => trace.Announcements.Any(a => IsAnswer(a, since) && a.Address.Equals(address)), "an answer");
        foreach (var node in cluster.Configuration.Nodes)
        {
            Ask(cluster, node.Address);
            await cluster.SeenAsync(
                trace => trace.Announcements.Any(a => IsAnswer(a, since) && a.Address.Equals(node.Address)),
                $"the answer of {node.Name}");
        }

        return
        [
            .. cluster.Capture.Snapshot().Announcements
                .Where(a => IsAnswer(a, since) && a.Address.Equals(address)).Select(a => a.Owner).Distinct(),
        ];
    }

    private static bool IsAnswer(ObservedAnnouncement announcement, long since) =>
        announcement.At.Frame > since && announcement.Kind == AnnouncementKind.ArpReply;

    private static void Ask(NamespaceCluster cluster, IPAddress address)
    {
        cluster.Network.Ip(NamespaceNetwork.Client, "neighbour flush dev eth1");
        NetworkNamespace.Inside(cluster.Network.PathOf(NamespaceNetwork.Client), () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            return socket.SendTo([0], new IPEndPoint(address, 9));
        });
    }
}
