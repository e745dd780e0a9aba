using System.Buffers.Binary;
using System.Text.Json;
using Torture.Captures;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.ReferenceServer.Control;
using Torture.ReferenceServer.Ctdbd;

namespace Torture.Targets.Reference;

/// <summary>Reads what witness servers of nodes with a ctdbd tell each other: messages between the daemons.</summary>
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

    /// <summary>ctdbd writes whole packets: what begins in an earlier segment is left out.</summary>
    private static IEnumerable<PeerMessage> Messages(ReadOnlyMemory<byte> segment)
    {
        while (segment.Length >= HeaderLength && Field(segment, 4) == Magic)
        {
            var length = (int)Math.Clamp(Field(segment, 0), HeaderLength, (uint)segment.Length);
            if (Field(segment, 16) == Message && SrvidOf(segment) == CtdbFailover.WitnessSrvid
                && Parse(segment[HeaderLength..length], Field(segment, 40)) is { } message)
            {
                yield return message;
            }

            segment = segment[length..];
        }
    }

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

    private static ulong SrvidOf(ReadOnlyMemory<byte> packet) =>
        BinaryPrimitives.ReadUInt64LittleEndian(packet.Span[32..]);
}
