using Torture.Fixtures;
using Torture.Harness;
using Torture.Protocol.Ndr;
using Torture.Protocol.Witness;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>The codec of each kind of witness stub.</summary>
public static class WitnessStub
{
    public static readonly StubCodec<GetInterfaceListRequest> InterfaceListRequest =
        new(WitnessCodec.DecodeGetInterfaceListRequest, WitnessCodec.Encode);

    public static readonly StubCodec<GetInterfaceListResponse> InterfaceListResponse =
        new(WitnessCodec.DecodeGetInterfaceListResponse, WitnessCodec.Encode);

    public static readonly StubCodec<RegisterRequest> Register =
        new(WitnessCodec.DecodeRegisterRequest, WitnessCodec.Encode);

    public static readonly StubCodec<RegisterExRequest> RegisterEx =
        new(WitnessCodec.DecodeRegisterExRequest, WitnessCodec.Encode);

    public static readonly StubCodec<HandleRequest> Handle =
        new(WitnessCodec.DecodeHandleRequest, WitnessCodec.Encode);

    public static readonly StubCodec<HandleResponse> HandleAndStatus =
        new(WitnessCodec.DecodeHandleResponse, WitnessCodec.Encode);

    public static readonly StubCodec<StatusResponse> Status =
        new(WitnessCodec.DecodeStatusResponse, WitnessCodec.Encode);

    public static readonly StubCodec<AsyncNotifyResult> Notification =
        new(WitnessCodec.DecodeAsyncNotifyResult, WitnessCodec.Encode);

    /// <summary>The codec that reads and writes what this vector holds.</summary>
    public static StubCodec<object> Of(Vector vector) => VectorValue.Of(vector) switch
    {
        GetInterfaceListRequest => Untyped(InterfaceListRequest),
        GetInterfaceListResponse => Untyped(InterfaceListResponse),
        RegisterRequest => Untyped(Register),
        RegisterExRequest => Untyped(RegisterEx),
        HandleRequest => Untyped(Handle),
        HandleResponse => Untyped(HandleAndStatus),
        StatusResponse => Untyped(Status),
        _ => Untyped(Notification),
    };

    public static WrittenStub Written(Vector vector) =>
        new(new NdrSyntax(vector.Syntax.Is64, vector.Syntax.IsBigEndian), vector.Bytes);

    private static StubCodec<object> Untyped<T>(StubCodec<T> codec) where T : class =>
        new((stub, syntax, out consumed) => codec.Decode(stub, syntax, out consumed),
            (value, syntax) => codec.Encode((T)value, syntax));
}
