using System.Collections.Immutable;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;

namespace Torture.Protocol.EndpointMapper;

/// <summary>
/// The stubs of ept_map, ept_lookup and ept_lookup_handle_free ([C706] appendix O, [MS-RPCE] 2.2.1.2). Bytes after a
/// request's last parameter are tolerated, after a response's not, except by the overloads that tell how many bytes
/// were consumed. A tower that is none is refused like any other part of a stub.
/// </summary>
public static partial class EndpointMapperCodec
{
    private const uint MaximumWanted = 500;
    private const int AnnotationSize = 64;
    private const string TowerRule = "[MS-RPCE] 2.2.1.2.2";

    public static EptMapRequest DecodeMapRequest(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        DecodeMapRequest(stub, syntax, out _);

    // [MS-RPCE] 2.2.1.2.5
    public static EptMapRequest DecodeMapRequest(ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        Guid? identity = HasReferent(ref reader) ? reader.ReadGuid() : null;
        var tower = HasReferent(ref reader) ? ReadTower(ref reader) : null;
        var request = new EptMapRequest(
            identity, tower, reader.ReadContextHandle(), reader.ReadUInt32InRange(0, MaximumWanted));
        consumed = reader.Position;
        return request;
    }

    /// <summary>A full pointer to something that nothing else in the request can be.</summary>
    // [C706] 14.3.11.1
    private static bool HasReferent(ref NdrReader reader)
    {
        var pointer = reader.ReadFullPointer();
        if (pointer.IsAlias)
        {
            reader.Refuse($"referent {pointer.Id} is of another type", NdrRule.FullPointer, reader.PointerSize);
        }

        return pointer.HasReferent;
    }

    // [C706] appendix L, twr_t
    private static Tower ReadTower(ref NdrReader reader)
    {
        var maximum = reader.ReadConformance(1);
        reader.BeginStructure(reader.PointerSize);
        var length = reader.ReadUInt32InRange(0, Tower.MaximumLength);
        if (length != maximum)
        {
            reader.Refuse($"tower_length {length} in an array of {maximum}", TowerRule, 4);
        }

        var start = reader.Position;
        var octets = reader.ReadBytes((int)length);
        reader.EndStructure(reader.PointerSize);
        try
        {
            return Tower.Parse(octets);
        }
        catch (ProtocolException refusal)
        {
            throw new NdrException(refusal.Message, TowerRule, start + (refusal.Offset ?? 0));
        }
    }

    public static EptMapResponse DecodeMapResponse(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        NdrStub.Whole(DecodeMapResponse(stub, syntax, out var consumed), stub, consumed);

    // [MS-RPCE] 2.2.1.2.5
    public static EptMapResponse DecodeMapResponse(ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var handle = reader.ReadContextHandle();
        var ids = new NdrPointer[ReadCounts(ref reader, reader.PointerSize, out var maximum)];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = reader.ReadFullPointer();
        }

        var towers = ReadTowers(ref reader, ids);
        if (towers.AsSpan().Contains(null))
        {
            reader.Refuse("a NULL tower", NdrRule.NullPointer);
        }

        var status = (EptStatus)reader.ReadUInt32();
        consumed = reader.Position;
        return new EptMapResponse(handle, maximum, [.. towers.OfType<Tower>()], status);
    }

    /// <summary>A count, and the conformant varying array header whose length it is.</summary>
    private static int ReadCounts(ref NdrReader reader, int elementSize, out uint maximum)
    {
        var count = reader.ReadUInt32InRange(0, MaximumWanted);
        var actual = reader.ReadConformantVariance(elementSize, out var conformance);
        if (actual != count || conformance > MaximumWanted)
        {
            reader.Refuse($"counts {conformance} and {actual} of an array of {count}", NdrRule.Variance);
        }

        maximum = (uint)conformance;
        return actual;
    }

    // [C706] 14.3.11.1, 14.3.12.3
    private static Tower?[] ReadTowers(ref NdrReader reader, ReadOnlySpan<NdrPointer> ids)
    {
        var towers = new Tower?[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            towers[i] = ids[i] switch
            {
                { IsNull: true } => null,
                { IsAlias: true, Id: var id } => towers[IndexOf(ids, id)],
                _ => ReadTower(ref reader),
            };
        }

        return towers;
    }

    private static int IndexOf(ReadOnlySpan<NdrPointer> ids, ulong id) => ids.IndexOf(new NdrPointer(id, false));

    public static EptLookupRequest DecodeLookupRequest(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        DecodeLookupRequest(stub, syntax, out _);

    // [MS-RPCE] 2.2.1.2.4
    public static EptLookupRequest DecodeLookupRequest(ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var request = new EptLookupRequest(
            (InquiryType)reader.ReadUInt32(),
            HasReferent(ref reader) ? reader.ReadGuid() : null,
            HasReferent(ref reader) ? ReadInterface(ref reader) : null,
            (VersionOption)reader.ReadUInt32(),
            reader.ReadContextHandle(),
            reader.ReadUInt32InRange(0, MaximumWanted));
        consumed = reader.Position;
        return request;
    }

    // [C706] appendix N, rpc_if_id_t
    internal static SyntaxId ReadInterface(ref NdrReader reader) =>
        new(reader.ReadGuid(), reader.ReadUInt16(), reader.ReadUInt16());

    public static EptLookupResponse DecodeLookupResponse(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        NdrStub.Whole(DecodeLookupResponse(stub, syntax, out var consumed), stub, consumed);

    // [MS-RPCE] 2.2.1.2.4
    public static EptLookupResponse DecodeLookupResponse(ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var handle = reader.ReadContextHandle();
        var count = ReadCounts(ref reader, elementSize: 16 + 3 * reader.PointerSize, out var maximum);
        var entries = new EptEntry[count];
        var ids = new NdrPointer[count];
        for (var i = 0; i < count; i++)
        {
            reader.BeginStructure(reader.PointerSize);
            var identity = reader.ReadGuid();
            ids[i] = reader.ReadFullPointer();
            entries[i] = new EptEntry(identity, Tower: null, reader.ReadVaryingNarrowString(AnnotationSize));
            reader.EndStructure(reader.PointerSize);
        }

        var towers = ReadTowers(ref reader, ids);
        var status = (EptStatus)reader.ReadUInt32();
        consumed = reader.Position;
        ImmutableArray<EptEntry> whole = [.. entries.Select((entry, i) => entry with { Tower = towers[i] })];
        return new EptLookupResponse(handle, maximum, whole, status);
    }

    public static EptLookupHandleFreeRequest DecodeLookupHandleFreeRequest(
        ReadOnlySpan<byte> stub, NdrSyntax syntax) => DecodeLookupHandleFreeRequest(stub, syntax, out _);

    // [C706] appendix O
    public static EptLookupHandleFreeRequest DecodeLookupHandleFreeRequest(
        ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var request = new EptLookupHandleFreeRequest(reader.ReadContextHandle());
        consumed = reader.Position;
        return request;
    }

    public static EptLookupHandleFreeResponse DecodeLookupHandleFreeResponse(
        ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        NdrStub.Whole(DecodeLookupHandleFreeResponse(stub, syntax, out var consumed), stub, consumed);

    // [C706] appendix O
    public static EptLookupHandleFreeResponse DecodeLookupHandleFreeResponse(
        ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var response = new EptLookupHandleFreeResponse(reader.ReadContextHandle(), (EptStatus)reader.ReadUInt32());
        consumed = reader.Position;
        return response;
    }
}
