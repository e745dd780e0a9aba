using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Ndr;

namespace Torture.Protocol.Management;

public static partial class ManagementCodec
{
    public static byte[] Encode(InqIfIdsResponse response, NdrSyntax syntax) => Encode(response, syntax, Encode);

    public static byte[] Encode(InqStatsRequest request, NdrSyntax syntax) => Encode(request, syntax, Encode);

    public static byte[] Encode(InqStatsResponse response, NdrSyntax syntax) => Encode(response, syntax, Encode);

    public static byte[] Encode(IsServerListeningResponse response, NdrSyntax syntax) =>
        Encode(response, syntax, Encode);

    public static byte[] Encode(StopServerListeningResponse response, NdrSyntax syntax) =>
        Encode(response, syntax, Encode);

    public static byte[] Encode(InqPrincNameRequest request, NdrSyntax syntax) => Encode(request, syntax, Encode);

    public static byte[] Encode(InqPrincNameResponse response, NdrSyntax syntax) => Encode(response, syntax, Encode);

    private static byte[] Encode<T>(T message, NdrSyntax syntax, Action<T, NdrWriter> encode)
    {
        var writer = new NdrWriter(syntax);
        encode(message, writer);
        return writer.ToArray();
    }

    // [MS-RPCE] 2.2.1.3.1
    public static void Encode(InqIfIdsResponse response, NdrWriter writer)
    {
        writer.WriteUniquePointer(response.Interfaces is not null);
        if (response.Interfaces is { } interfaces)
        {
            var ids = interfaces.AsSpan();
            writer.WriteConformance(ids.Length);
            writer.BeginStructure(writer.PointerSize);
            writer.WriteUInt32((uint)ids.Length);
            for (var i = 0; i < ids.Length; i++)
            {
                writer.WriteUniquePointer(present: true);
            }

            writer.EndStructure(writer.PointerSize);
            foreach (var id in ids)
            {
                EndpointMapperCodec.WriteInterface(id, writer);
            }
        }

        writer.WriteUInt32(response.Status);
    }

    // [MS-RPCE] 2.2.1.3.2
    public static void Encode(InqStatsRequest request, NdrWriter writer) => writer.WriteUInt32(request.Count);

    // [MS-RPCE] 2.2.1.3.2
    public static void Encode(InqStatsResponse response, NdrWriter writer)
    {
        var statistics = response.Statistics.AsSpan();
        writer.WriteUInt32((uint)statistics.Length);
        writer.WriteConformance(statistics.Length);
        foreach (var statistic in statistics)
        {
            writer.WriteUInt32(statistic);
        }

        writer.WriteUInt32(response.Status);
    }

    // [MS-RPCE] 2.2.1.3.3
    public static void Encode(IsServerListeningResponse response, NdrWriter writer)
    {
        writer.WriteUInt32(response.Status);
        writer.WriteUInt32(response.Listening);
    }

    // [C706] appendix Q
    public static void Encode(StopServerListeningResponse response, NdrWriter writer) =>
        writer.WriteUInt32(response.Status);

    // [MS-RPCE] 2.2.1.3.4
    public static void Encode(InqPrincNameRequest request, NdrWriter writer)
    {
        writer.WriteUInt32(request.AuthenticationService);
        writer.WriteUInt32(request.NameSize);
    }

    // [MS-RPCE] 2.2.1.3.4
    public static void Encode(InqPrincNameResponse response, NdrWriter writer)
    {
        writer.WriteNarrowString(response.Name, checked((int)response.NameSize));
        writer.WriteUInt32(response.Status);
    }
}
