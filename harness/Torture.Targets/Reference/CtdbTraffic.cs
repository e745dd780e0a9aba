using System.Buffers.Binary;
using System.Text.Json;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Protocol.Ctdb;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Ctdbd;

namespace Torture.Targets.Reference;

/// <summary>
/// Reads what nodes with a ctdbd tell each other: messages between the daemons, those of witness servers among them.
/// </summary>
internal sealed class CtdbTraffic(ClusterConfiguration cluster) : IClusterTraffic
{
    private const int HeaderLength = 44;
    private const uint Magic = 0x4354_4442;
    private const uint Message = 5;

    public string? Shows(Fault fault, ClusterObservation before, IReadOnlyList<PacketView> packets)
    {
        var told = PeerTalk.Read(cluster, packets, Messages);
        return fault switch
        {
            MoveShare move => Handed(move, told),
            StallRecoveryLock => NobodyLeads(packets),
            _ when ControlRequests.ToCluster(fault) is { } request => PeerTalk.PassedOn(request, told),
            _ => null,
        };
    }

    /// <summary>Whoever was told tells the others where the share is pinned now.</summary>
    private static string? Handed(MoveShare move, List<Said<PeerMessage>> told) => told
        .LastOrDefault(line => line.Message.Pins?.Owners.Any(
            pin => pin.Share == move.Share.Name && pin.Owner == move.To.Name) == true) is { } said
        ? $"frame {said.Frame}: {said.From} tells {said.To} that {move.To} owns {move.Share}"
        : null;

    /// <summary>A leader says every second that it leads; while there is an election, that nobody does.</summary>
    private string? NobodyLeads(IReadOnlyList<PacketView> packets)
    {
        var said = PeerTalk.Read(cluster, packets, segment => Packets(segment).Select(NamesLeader));
        var since = said.Skip(said.FindLastIndex(one => one.Message) + 1).FirstOrDefault();
        var patience = TimeSpan.FromSeconds(cluster.Engine.Daemon?.LeaderTimeout ?? 0);
        return since is not null && said[^1].Stamp - since.Stamp >= patience
            ? $"frames {since.Frame} to {said[^1].Frame}: daemons talk, and nobody says that it leads"
            : null;
    }

    private static IEnumerable<PeerMessage> Messages(ReadOnlyMemory<byte> segment) => Packets(segment)
        .Where(packet => IsMessage(packet, CtdbFailover.WitnessSrvid))
        .Select(packet => Parse(packet[HeaderLength..], Field(packet, 40))).OfType<PeerMessage>();

    /// <summary>ctdbd writes whole packets: what begins in an earlier segment is left out.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Packets(ReadOnlyMemory<byte> segment)
    {
        while (segment.Length >= HeaderLength && Field(segment, 4) == Magic)
        {
            var length = (int)Math.Clamp(Field(segment, 0), HeaderLength, (uint)segment.Length);
            yield return segment[..length];
            segment = segment[length..];
        }
    }

    private static bool IsMessage(ReadOnlyMemory<byte> packet, ulong srvid) =>
        Field(packet, 16) == Message && BinaryPrimitives.ReadUInt64LittleEndian(packet.Span[32..]) == srvid;

    private static bool NamesLeader(ReadOnlyMemory<byte> packet) => packet.Length >= HeaderLength + sizeof(uint)
        && IsMessage(packet, CtdbSrvid.LEADER) && Field(packet, HeaderLength) != CtdbNodeNumber.Unknown;

    private static PeerMessage? Parse(ReadOnlyMemory<byte> data, uint length)
    {
        try
        {
            return length > data.Length
                ? null
                : JsonSerializer.Deserialize(data.Span[..(int)length], ControlJson.Default.PeerMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // CTDB has the byte order of its host, and so has whoever captures there.
    private static uint Field(ReadOnlyMemory<byte> packet, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(packet.Span[offset..]);
}
