using Torture.Protocol.Ndr;
using Torture.Protocol.Witness;

namespace Torture.Harness.Checking;

/// <param name="Decode">Gives the value; says how many bytes it took.</param>
public sealed record NdrCodec<T>(Func<T, NdrSyntax, byte[]> Encode, NdrDecode<T> Decode);

public delegate T NdrDecode<out T>(ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed);

/// <summary>The codecs of the witness messages.</summary>
public static class NdrCodec
{
    private static readonly object[] Known =
    [
        new NdrCodec<GetInterfaceListRequest>(WitnessCodec.Encode, WitnessCodec.DecodeGetInterfaceListRequest),
        new NdrCodec<GetInterfaceListResponse>(WitnessCodec.Encode, WitnessCodec.DecodeGetInterfaceListResponse),
        new NdrCodec<RegisterRequest>(WitnessCodec.Encode, WitnessCodec.DecodeRegisterRequest),
        new NdrCodec<RegisterExRequest>(WitnessCodec.Encode, WitnessCodec.DecodeRegisterExRequest),
        new NdrCodec<HandleRequest>(WitnessCodec.Encode, WitnessCodec.DecodeHandleRequest),
        new NdrCodec<HandleResponse>(WitnessCodec.Encode, WitnessCodec.DecodeHandleResponse),
        new NdrCodec<StatusResponse>(WitnessCodec.Encode, WitnessCodec.DecodeStatusResponse),
        new NdrCodec<AsyncNotifyResult>(WitnessCodec.Encode, WitnessCodec.DecodeAsyncNotifyResult),
    ];

    /// <exception cref="ArgumentException">The type is no message of the witness protocol.</exception>
    public static NdrCodec<T> Of<T>() =>
        Known.OfType<NdrCodec<T>>().SingleOrDefault()
        ?? throw new ArgumentException($"{typeof(T).Name} is no witness message");
}
