using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;

namespace Torture.Protocol.EndpointMapper;

public static partial class EndpointMapperCodec
{
    // Windows numbers the full pointers of a call through: the request has the first two.
    private const ulong ObjectId = 1;
    private const ulong TowerId = 2;
    private const ulong FirstResponseId = 3;

    public static byte[] Encode(EptMapRequest request, NdrSyntax syntax) => Encode(request, syntax, Encode);

    public static byte[] Encode(EptMapResponse response, NdrSyntax syntax) => Encode(response, syntax, Encode);

    public static byte[] Encode(EptLookupRequest request, NdrSyntax syntax) => Encode(request, syntax, Encode);

    public static byte[] Encode(EptLookupResponse response, NdrSyntax syntax) => Encode(response, syntax, Encode);

    public static byte[] Encode(EptLookupHandleFreeRequest request, NdrSyntax syntax) =>
        Encode(request, syntax, Encode);

    public static byte[] Encode(EptLookupHandleFreeResponse response, NdrSyntax syntax) =>
        Encode(response, syntax, Encode);

    private static byte[] Encode<T>(T message, NdrSyntax syntax, Action<T, NdrWriter> encode)
    {
        var writer = new NdrWriter(syntax);
        encode(message, writer);
        return writer.ToArray();
    }

    // [MS-RPCE] 2.2.1.2.5
    public static void Encode(EptMapRequest request, NdrWriter writer)
    {
        WriteObject(request.Object, writer);
        writer.WriteFullPointer(request.Tower is null ? 0 : TowerId);
        if (request.Tower is not null)
        {
            WriteTower(request.Tower, writer);
        }

        writer.WriteContextHandle(request.EntryHandle);
        writer.WriteUInt32(request.MaxTowers);
    }

    private static void WriteObject(Guid? identity, NdrWriter writer)
    {
        writer.WriteFullPointer(identity is null ? 0 : ObjectId);
        if (identity is { } uuid)
        {
            writer.WriteGuid(uuid);
        }
    }

    // [C706] appendix L, twr_t
    private static void WriteTower(Tower tower, NdrWriter writer)
    {
        var octets = tower.ToArray();
        writer.WriteConformance(octets.Length);
        writer.BeginStructure(writer.PointerSize);
        writer.WriteUInt32((uint)octets.Length);
        writer.WriteBytes(octets);
        writer.EndStructure(writer.PointerSize);
    }

    // [MS-RPCE] 2.2.1.2.5
    public static void Encode(EptMapResponse response, NdrWriter writer)
    {
        var towers = response.Towers.AsSpan();
        writer.WriteContextHandle(response.EntryHandle);
        writer.WriteUInt32((uint)towers.Length);
        writer.WriteConformantVariance(checked((int)response.MaxTowers), towers.Length);
        for (var i = 0; i < towers.Length; i++)
        {
            writer.WriteFullPointer(FirstResponseId + (uint)i);
        }

        foreach (var tower in towers)
        {
            WriteTower(tower, writer);
        }

        writer.WriteUInt32((uint)response.Status);
    }

    // [MS-RPCE] 2.2.1.2.4
    public static void Encode(EptLookupRequest request, NdrWriter writer)
    {
        writer.WriteUInt32((uint)request.InquiryType);
        WriteObject(request.Object, writer);
        writer.WriteFullPointer(request.Interface is null ? 0 : TowerId);
        if (request.Interface is { } wanted)
        {
            WriteInterface(wanted, writer);
        }

        writer.WriteUInt32((uint)request.VersionOption);
        writer.WriteContextHandle(request.EntryHandle);
        writer.WriteUInt32(request.MaxEntries);
    }

    // [C706] appendix N, rpc_if_id_t
    internal static void WriteInterface(SyntaxId syntax, NdrWriter writer)
    {
        writer.WriteGuid(syntax.Uuid);
        writer.WriteUInt16(syntax.Major);
        writer.WriteUInt16(syntax.Minor);
    }

    // [MS-RPCE] 2.2.1.2.4
    public static void Encode(EptLookupResponse response, NdrWriter writer)
    {
        var entries = response.Entries.AsSpan();
        writer.WriteContextHandle(response.EntryHandle);
        writer.WriteUInt32((uint)entries.Length);
        writer.WriteConformantVariance(checked((int)response.MaxEntries), entries.Length);
        foreach (var entry in entries)
        {
            writer.BeginStructure(writer.PointerSize);
            writer.WriteGuid(entry.Object);
            writer.WriteUniquePointer(entry.Tower is not null);
            writer.WriteVaryingNarrowString(entry.Annotation);
            writer.EndStructure(writer.PointerSize);
        }

        foreach (var entry in entries)
        {
            if (entry.Tower is not null)
            {
                WriteTower(entry.Tower, writer);
            }
        }

        writer.WriteUInt32((uint)response.Status);
    }

    // [C706] appendix O
    public static void Encode(EptLookupHandleFreeRequest request, NdrWriter writer) =>
        writer.WriteContextHandle(request.EntryHandle);

    // [C706] appendix O
    public static void Encode(EptLookupHandleFreeResponse response, NdrWriter writer)
    {
        writer.WriteContextHandle(response.EntryHandle);
        writer.WriteUInt32((uint)response.Status);
    }
}
