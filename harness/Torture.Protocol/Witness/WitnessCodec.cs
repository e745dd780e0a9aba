using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;
using Torture.Protocol.Ndr;

namespace Torture.Protocol.Witness;

/// <summary>
/// The stubs of the six witness operations ([MS-SWN] 6), in NDR20 and NDR64. A decoder refuses what NDR or the IDL
/// does not allow with <see cref="NdrException"/>; values that only the prose restricts come through as they are.
/// Bytes after a request's last parameter are tolerated (a verification trailer lies there), after a response's not,
/// except by the overloads that tell how many bytes were consumed.
/// </summary>
public static partial class WitnessCodec
{
    private const int GroupNameUnits = 260;
    private const int InterfaceSize = 552;
    private const string InterfaceName = "[MS-SWN] 2.2.2.5";

    // [MS-SWN] 3.1.4.1
    public static GetInterfaceListRequest DecodeGetInterfaceListRequest(
        ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        consumed = new NdrReader(stub, syntax).Position;
        return new GetInterfaceListRequest();
    }

    public static GetInterfaceListResponse DecodeGetInterfaceListResponse(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        NdrStub.Whole(DecodeGetInterfaceListResponse(stub, syntax, out var consumed), stub, consumed);

    // [MS-SWN] 3.1.4.1
    public static GetInterfaceListResponse DecodeGetInterfaceListResponse(
        ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var interfaces = reader.ReadUniquePointer()
            ? ReadInterfaceList(ref reader)
            : (ImmutableArray<WitnessInterface>?)null;
        var status = ReadStatus(ref reader);
        consumed = reader.Position;
        return new GetInterfaceListResponse(interfaces, status);
    }

    // [MS-SWN] 2.2.2.6
    private static ImmutableArray<WitnessInterface> ReadInterfaceList(ref NdrReader reader)
    {
        reader.BeginStructure(reader.PointerSize);
        var count = reader.ReadUInt32();
        var present = reader.ReadUniquePointer(count);
        reader.EndStructure(reader.PointerSize);
        if (!present)
        {
            return [];
        }

        var interfaces = new WitnessInterface[reader.ReadConformance(InterfaceSize, count)];
        for (var i = 0; i < interfaces.Length; i++)
        {
            interfaces[i] = ReadInterface(ref reader);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(interfaces);
    }

    // [MS-SWN] 2.2.2.5
    private static WitnessInterface ReadInterface(ref NdrReader reader)
    {
        reader.BeginStructure(4);
        var groupName = reader.ReadFixedWideString(GroupNameUnits, InterfaceName);
        var version = reader.ReadUInt32();
        var state = (InterfaceState)reader.ReadUInt16();
        reader.Align(4);
        var ipv4 = ReadAddress(reader.ReadBytes(4), IPAddress.Any);
        var ipv6 = ReadAddress(reader.ReadBytes(16), IPAddress.IPv6Any);
        var flags = (InterfaceFlags)reader.ReadUInt32();
        return new WitnessInterface(groupName, version, state, ipv4, ipv6, flags);
    }

    internal static IPAddress ReadAddress(ReadOnlySpan<byte> bytes, IPAddress any) =>
        bytes.ContainsAnyExcept((byte)0) ? new IPAddress(bytes) : any;

    // [MS-SWN] 3.1.4.2
    public static RegisterRequest DecodeRegisterRequest(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        DecodeRegisterRequest(stub, syntax, out _);

    // [MS-SWN] 3.1.4.2
    public static RegisterRequest DecodeRegisterRequest(ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var request = new RegisterRequest(
            Version: reader.ReadUInt32(),
            NetName: ReadName(ref reader),
            IpAddress: ReadName(ref reader),
            ClientComputerName: ReadName(ref reader));
        consumed = reader.Position;
        return request;
    }

    // [MS-SWN] 3.1.4.5
    public static RegisterExRequest DecodeRegisterExRequest(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        DecodeRegisterExRequest(stub, syntax, out _);

    // [MS-SWN] 3.1.4.5
    public static RegisterExRequest DecodeRegisterExRequest(
        ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var request = new RegisterExRequest(
            Version: reader.ReadUInt32(),
            NetName: ReadName(ref reader),
            ShareName: ReadName(ref reader),
            IpAddress: ReadName(ref reader),
            ClientComputerName: ReadName(ref reader),
            Flags: (RegisterFlags)reader.ReadUInt32(),
            KeepAliveTimeout: reader.ReadUInt32());
        consumed = reader.Position;
        return request;
    }

    // [MS-SWN] 6, [string] [unique] LPWSTR
    private static string? ReadName(ref NdrReader reader) =>
        reader.ReadUniquePointer() ? reader.ReadWideString() : null;

    // [MS-SWN] 3.1.4.3, 3.1.4.4, 3.1.4.6
    public static HandleRequest DecodeHandleRequest(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        DecodeHandleRequest(stub, syntax, out _);

    // [MS-SWN] 3.1.4.3, 3.1.4.4, 3.1.4.6
    public static HandleRequest DecodeHandleRequest(ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var request = new HandleRequest(reader.ReadContextHandle());
        consumed = reader.Position;
        return request;
    }

    public static HandleResponse DecodeHandleResponse(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        NdrStub.Whole(DecodeHandleResponse(stub, syntax, out var consumed), stub, consumed);

    // [MS-SWN] 3.1.4.2, 3.1.4.5, 3.1.4.6
    public static HandleResponse DecodeHandleResponse(ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var response = new HandleResponse(reader.ReadContextHandle(), ReadStatus(ref reader));
        consumed = reader.Position;
        return response;
    }

    public static StatusResponse DecodeStatusResponse(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        NdrStub.Whole(DecodeStatusResponse(stub, syntax, out var consumed), stub, consumed);

    // [MS-SWN] 3.1.4.3
    public static StatusResponse DecodeStatusResponse(ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var response = new StatusResponse(ReadStatus(ref reader));
        consumed = reader.Position;
        return response;
    }

    public static AsyncNotifyResult DecodeAsyncNotifyResult(ReadOnlySpan<byte> stub, NdrSyntax syntax) =>
        NdrStub.Whole(DecodeAsyncNotifyResult(stub, syntax, out var consumed), stub, consumed);

    // [MS-SWN] 3.1.4.4
    public static AsyncNotifyResult DecodeAsyncNotifyResult(
        ReadOnlySpan<byte> stub, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(stub, syntax);
        var response = reader.ReadUniquePointer() ? ReadResponse(ref reader) : null;
        var status = ReadStatus(ref reader);
        consumed = reader.Position;
        return new AsyncNotifyResult(response, status);
    }

    /// <summary>RESP_ASYNC_NOTIFY alone, without the call around it.</summary>
    public static AsyncNotifyResponse DecodeAsyncNotifyResponse(
        ReadOnlySpan<byte> bytes, NdrSyntax syntax, out int consumed)
    {
        var reader = new NdrReader(bytes, syntax);
        var response = ReadResponse(ref reader);
        consumed = reader.Position;
        return response;
    }

    // [MS-SWN] 2.2.2.4
    private static AsyncNotifyResponse ReadResponse(ref NdrReader reader)
    {
        reader.BeginStructure(reader.PointerSize);
        var kind = (NotificationKind)reader.ReadUInt32();
        var length = reader.ReadUInt32();
        var messages = reader.ReadUInt32();
        var present = reader.ReadUniquePointer(length);
        reader.EndStructure(reader.PointerSize);
        var buffer = present
            ? reader.ReadBytes(reader.ReadConformance(1, length)).ToImmutableArray()
            : default;
        return new AsyncNotifyResponse(kind, length, messages, buffer);
    }

    private static Win32Error ReadStatus(ref NdrReader reader) => (Win32Error)reader.ReadUInt32();
}
