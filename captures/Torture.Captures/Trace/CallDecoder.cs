using Torture.Protocol;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Management;
using Torture.Protocol.Ndr;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Captures.Trace;

/// <summary>Stub to message for the interfaces that the suite knows; other stubs stay bytes.</summary>
internal static class CallDecoder
{
    private delegate object Decode(ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed);

    private static readonly Dictionary<(Guid Interface, ushort Opnum), (Decode? Request, Decode? Response)> Known =
        new()
        {
            [Witness(WitnessOperation.WitnessrGetInterfaceList)] =
                (WitnessCodec.DecodeGetInterfaceListRequest, WitnessCodec.DecodeGetInterfaceListResponse),
            [Witness(WitnessOperation.WitnessrRegister)] =
                (WitnessCodec.DecodeRegisterRequest, WitnessCodec.DecodeHandleResponse),
            [Witness(WitnessOperation.WitnessrUnRegister)] =
                (WitnessCodec.DecodeHandleRequest, WitnessCodec.DecodeStatusResponse),
            [Witness(WitnessOperation.WitnessrAsyncNotify)] =
                (WitnessCodec.DecodeHandleRequest, WitnessCodec.DecodeAsyncNotifyResult),
            [Witness(WitnessOperation.WitnessrRegisterEx)] =
                (WitnessCodec.DecodeRegisterExRequest, WitnessCodec.DecodeHandleResponse),
            [Witness(WitnessOperation.WitnessrUnRegisterEx)] =
                (WitnessCodec.DecodeHandleRequest, WitnessCodec.DecodeHandleResponse),
            [Mapper(EndpointMapperOperation.ept_map)] =
                (EndpointMapperCodec.DecodeMapRequest, EndpointMapperCodec.DecodeMapResponse),
            [Mapper(EndpointMapperOperation.ept_lookup)] =
                (EndpointMapperCodec.DecodeLookupRequest, EndpointMapperCodec.DecodeLookupResponse),
            [Mapper(EndpointMapperOperation.ept_lookup_handle_free)] =
                (EndpointMapperCodec.DecodeLookupHandleFreeRequest,
                EndpointMapperCodec.DecodeLookupHandleFreeResponse),
            [Management(ManagementOperation.inq_if_ids)] = (null, ManagementCodec.DecodeInqIfIdsResponse),
            [Management(ManagementOperation.inq_stats)] =
                (ManagementCodec.DecodeInqStatsRequest, ManagementCodec.DecodeInqStatsResponse),
            [Management(ManagementOperation.is_server_listening)] =
                (null, ManagementCodec.DecodeIsServerListeningResponse),
            [Management(ManagementOperation.stop_server_listening)] =
                (null, ManagementCodec.DecodeStopServerListeningResponse),
            [Management(ManagementOperation.inq_princ_name)] =
                (ManagementCodec.DecodeInqPrincNameRequest, ManagementCodec.DecodeInqPrincNameResponse),
        };

    /// <summary>The operation's name; null for one that is not known.</summary>
    public static string? Name(SyntaxId? id, ushort opnum) =>
        id?.Uuid == SyntaxId.Witness.Uuid ? Enum.GetName((WitnessOperation)opnum)?["Witnessr".Length..]
        : id?.Uuid == SyntaxId.EndpointMapper.Uuid ? Enum.GetName((EndpointMapperOperation)opnum)
        : id?.Uuid == SyntaxId.Management.Uuid ? Enum.GetName((ManagementOperation)opnum)
        : null;

    public static (object? Message, string? Problem) Request(
        SyntaxId? id, ushort opnum, ReadOnlySpan<byte> stub, NdrSyntax syntax)
    {
        var decode = id is { } known ? Known.GetValueOrDefault((known.Uuid, opnum)).Request : null;
        var trailer = decode is null ? -1 : VerificationTrailer.Find(stub);
        return Try(decode, trailer < 0 ? stub : stub[..trailer], syntax, padding: trailer < 0 ? 0 : 3, "request");
    }

    public static (object? Message, string? Problem) Response(
        SyntaxId? id, ushort opnum, ReadOnlySpan<byte> stub, NdrSyntax syntax)
    {
        var decode = id is { } known ? Known.GetValueOrDefault((known.Uuid, opnum)).Response : null;
        return Try(decode, stub, syntax, padding: 0, "response");
    }

    private static (object? Message, string? Problem) Try(
        Decode? decode, ReadOnlySpan<byte> stub, NdrSyntax syntax, int padding, string what)
    {
        if (decode is null)
        {
            return default;
        }

        try
        {
            var message = decode(stub, syntax, out var consumed);
            var rest = stub.Length - consumed;
            return (message, rest > padding ? $"{what}: {rest} bytes after the last parameter" : null);
        }
        catch (ProtocolException e)
        {
            return (null, $"{what}: {e.Message}");
        }
    }

    private static (Guid, ushort) Witness(WitnessOperation operation) => (SyntaxId.Witness.Uuid, (ushort)operation);

    private static (Guid, ushort) Mapper(EndpointMapperOperation operation) =>
        (SyntaxId.EndpointMapper.Uuid, (ushort)operation);

    private static (Guid, ushort) Management(ManagementOperation operation) =>
        (SyntaxId.Management.Uuid, (ushort)operation);
}
