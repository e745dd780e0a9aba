using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;

namespace Torture.Protocol.Management;

/// <summary>
/// The stubs of the management interface ([C706] appendix Q, [MS-RPCE] 2.2.1.3). Requests of inq_if_ids,
/// is_server_listening and stop_server_listening have no bytes. Bytes after a request's last parameter are tolerated,
/// after a response's not, except by the overloads that tell how many bytes were consumed.
/// </summary>
public static partial class ManagementCodec
{
    private const int InterfaceSize = 20;
    private const uint MaximumStatistics = 50;
    private const uint MaximumNameSize = 4096;

    public static InqIfIdsResponse DecodeInqIfIdsResponse(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        NdrStub.Whole(DecodeInqIfIdsResponse(stub, syntax, out var consumed), stub, consumed);

    // [MS-RPCE] 2.2.1.3.1
    public static InqIfIdsResponse DecodeInqIfIdsResponse(
        ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var ids = reader.ReadUniquePointer() ? ReadVector(ref reader) : (ImmutableArray<SyntaxId>?)null;
        var status = reader.ReadUInt32();
        consumed = reader.Position;
        return new InqIfIdsResponse(ids, status);
    }

    // [C706] appendix N, rpc_if_id_vector_t
    private static ImmutableArray<SyntaxId> ReadVector(ref NdrReader reader)
    {
        var maximum = reader.ReadConformance(reader.PointerSize);
        reader.BeginStructure(reader.PointerSize);
        var count = reader.ReadUInt32();
        if (count != maximum)
        {
            reader.Refuse($"{count} interfaces in an array of {maximum}", NdrRule.Conformance, 4);
        }

        var present = new bool[maximum];
        for (var i = 0; i < present.Length; i++)
        {
            present[i] = reader.ReadUniquePointer();
        }

        reader.EndStructure(reader.PointerSize);
        var ids = ImmutableArray.CreateBuilder<SyntaxId>();
        foreach (var id in present)
        {
            if (id)
            {
                ids.Add(EndpointMapperCodec.ReadInterface(ref reader));
            }
        }

        return ids.ToImmutable();
    }

    public static InqStatsRequest DecodeInqStatsRequest(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        DecodeInqStatsRequest(stub, syntax, out _);

    // [MS-RPCE] 2.2.1.3.2
    public static InqStatsRequest DecodeInqStatsRequest(ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var request = new InqStatsRequest(reader.ReadUInt32InRange(0, MaximumStatistics));
        consumed = reader.Position;
        return request;
    }

    public static InqStatsResponse DecodeInqStatsResponse(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        NdrStub.Whole(DecodeInqStatsResponse(stub, syntax, out var consumed), stub, consumed);

    // [MS-RPCE] 2.2.1.3.2
    public static InqStatsResponse DecodeInqStatsResponse(
        ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var statistics = new uint[reader.ReadConformance(4, sizeIs: reader.ReadUInt32InRange(0, MaximumStatistics))];
        for (var i = 0; i < statistics.Length; i++)
        {
            statistics[i] = reader.ReadUInt32();
        }

        var status = reader.ReadUInt32();
        consumed = reader.Position;
        return new InqStatsResponse(ImmutableCollectionsMarshal.AsImmutableArray(statistics), status);
    }

    public static IsServerListeningResponse DecodeIsServerListeningResponse(
        ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        NdrStub.Whole(DecodeIsServerListeningResponse(stub, syntax, out var consumed), stub, consumed);

    // [MS-RPCE] 2.2.1.3.3
    public static IsServerListeningResponse DecodeIsServerListeningResponse(
        ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var response = new IsServerListeningResponse(reader.ReadUInt32(), reader.ReadUInt32());
        consumed = reader.Position;
        return response;
    }

    public static StopServerListeningResponse DecodeStopServerListeningResponse(
        ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        NdrStub.Whole(DecodeStopServerListeningResponse(stub, syntax, out var consumed), stub, consumed);

    // [C706] appendix Q
    public static StopServerListeningResponse DecodeStopServerListeningResponse(
        ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var response = new StopServerListeningResponse(reader.ReadUInt32());
        consumed = reader.Position;
        return response;
    }

    public static InqPrincNameRequest DecodeInqPrincNameRequest(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        DecodeInqPrincNameRequest(stub, syntax, out _);

    // [MS-RPCE] 2.2.1.3.4
    public static InqPrincNameRequest DecodeInqPrincNameRequest(
        ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var request = new InqPrincNameRequest(reader.ReadUInt32(), reader.ReadUInt32InRange(0, MaximumNameSize));
        consumed = reader.Position;
        return request;
    }

    public static InqPrincNameResponse DecodeInqPrincNameResponse(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        NdrStub.Whole(DecodeInqPrincNameResponse(stub, syntax, out var consumed), stub, consumed);

    // [MS-RPCE] 2.2.1.3.4
    public static InqPrincNameResponse DecodeInqPrincNameResponse(
        ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var name = reader.ReadNarrowString(out var maximum);
        var response = new InqPrincNameResponse(name, (uint)maximum, reader.ReadUInt32());
        consumed = reader.Position;
        return response;
    }
}
