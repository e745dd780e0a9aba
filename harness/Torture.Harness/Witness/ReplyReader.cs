using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Witness;

namespace Torture.Harness.Witness;

/// <summary>Makes the reply of an operation out of what came, for clients and for packets of a capture alike.</summary>
internal static class ReplyReader
{
    public static InterfaceListReply InterfaceList(RawReply raw, NdrSyntax syntax) =>
        Read(
            raw, stub => WitnessCodec.DecodeGetInterfaceListResponse(stub.Span, syntax),
            (status, response) => new InterfaceListReply(
                raw.Call, status ?? response!.Status,
                response?.Interfaces is { } list ? list.AsEnumerable().ToList() : [],
                ListIsNull: response?.Interfaces is null));

    public static RegisterReply Register(RawReply raw, NdrSyntax syntax) =>
        Read(
            raw, stub => WitnessCodec.DecodeHandleResponse(stub.Span, syntax),
            (status, response) =>
                new RegisterReply(raw.Call, status ?? response!.Status, response?.Context ?? default));

    public static UnRegisterReply UnRegister(RawReply raw, NdrSyntax syntax) =>
        Read(
            raw, stub => WitnessCodec.DecodeStatusResponse(stub.Span, syntax),
            (status, response) => new UnRegisterReply(raw.Call, status ?? response!.Status));

    public static UnRegisterExReply UnRegisterEx(RawReply raw, NdrSyntax syntax) =>
        Read(
            raw, stub => WitnessCodec.DecodeHandleResponse(stub.Span, syntax),
            (status, response) =>
                new UnRegisterExReply(raw.Call, status ?? response!.Status, response?.Context ?? default));

    public static NotifyReply Notify(RawReply raw, NdrSyntax syntax) =>
        Read(
            raw, stub => WitnessCodec.DecodeAsyncNotifyResult(stub.Span, syntax),
            (status, response) => new NotifyReply(raw.Call, status ?? response!.Status, response?.Response));

    /// <summary>The reply of whatever operation the reference names; a raw one for other interfaces.</summary>
    public static Reply Any(RawReply raw, NdrSyntax syntax) =>
        raw.Call.Interface != Protocol.Rpc.SyntaxId.Witness
            ? raw
            : (WitnessOperation)raw.Call.Opnum switch
            {
                WitnessOperation.WitnessrGetInterfaceList => InterfaceList(raw, syntax),
                WitnessOperation.WitnessrRegister or WitnessOperation.WitnessrRegisterEx => Register(raw, syntax),
                WitnessOperation.WitnessrUnRegister => UnRegister(raw, syntax),
                WitnessOperation.WitnessrUnRegisterEx => UnRegisterEx(raw, syntax),
                WitnessOperation.WitnessrAsyncNotify => Notify(raw, syntax),
                _ => raw,
            };

    private static TReply Read<TResponse, TReply>(
        RawReply raw, Func<ReadOnlyMemory<byte>, TResponse> decode, Func<Outcome?, TResponse?, TReply> make)
        where TResponse : class
    {
        if (!raw.Status.IsSuccess)
        {
            return make(raw.Status, null);
        }

        try
        {
            return make(null, decode(raw.Stub));
        }
        catch (ProtocolException)
        {
            return make(Outcome.Unreadable, null);
        }
    }
}
