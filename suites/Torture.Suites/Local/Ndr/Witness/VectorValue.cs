using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Torture.Fixtures;
using Torture.Harness.Checking;
using Torture.Protocol;
using Torture.Protocol.Ndr;
using Torture.Protocol.Witness;

namespace Torture.Suites.Local.Ndr.Witness;

/// <summary>The record that a vector's fields describe, whichever of the three files has them.</summary>
public static class VectorValue
{
    /// <exception cref="NotSupportedException">The vector is no stub.</exception>
    public static object Of(Vector vector) => (vector.Function, vector.Direction) switch
    {
        ("witness_GetInterfaceList", VectorDirection.In) => new GetInterfaceListRequest(),
        ("witness_GetInterfaceList", VectorDirection.Out) => GetInterfaceList(vector.Fields),
        ("witness_Register", VectorDirection.In) => Register(vector.Fields),
        ("witness_RegisterEx", VectorDirection.In) => RegisterEx(vector.Fields),
        ("witness_Register" or "witness_RegisterEx", VectorDirection.Out) =>
            new HandleResponse(Handle(vector.Fields), Result(vector.Fields)),
        ("witness_UnRegister" or "witness_AsyncNotify", VectorDirection.In) =>
            new HandleRequest(Handle(vector.Fields)),
        ("witness_UnRegister", VectorDirection.Out) => new StatusResponse(Result(vector.Fields)),
        ("witness_AsyncNotify", VectorDirection.Out) =>
            new AsyncNotifyResult(Notification(vector.Fields), Result(vector.Fields)),
        _ => throw new NotSupportedException($"{vector} is no stub"),
    };

    /// <summary>The codec for <see cref="Of"/>.</summary>
    public static NdrCodec<object> CodecOf(Vector vector) => Of(vector) switch
    {
        GetInterfaceListRequest => Untyped<GetInterfaceListRequest>(),
        GetInterfaceListResponse => Untyped<GetInterfaceListResponse>(),
        RegisterRequest => Untyped<RegisterRequest>(),
        RegisterExRequest => Untyped<RegisterExRequest>(),
        HandleRequest => Untyped<HandleRequest>(),
        HandleResponse => Untyped<HandleResponse>(),
        StatusResponse => Untyped<StatusResponse>(),
        _ => Untyped<AsyncNotifyResult>(),
    };

    public static NdrSyntax SyntaxOf(Vector vector) => new(vector.Syntax.Is64, vector.Syntax.IsBigEndian);

    private static NdrCodec<object> Untyped<T>() where T : class
    {
        var codec = NdrCodec.Of<T>();
        return new NdrCodec<object>(
            (value, syntax) => codec.Encode((T)value, syntax),
            (stub, syntax, out consumed) => codec.Decode(stub, syntax, out consumed));
    }

    private static GetInterfaceListResponse GetInterfaceList(JsonElement fields)
    {
        var entries = fields.TryGetProperty("interface_list", out var list)
            ? list.GetProperty("interfaces")
            : fields.GetProperty("interfaces");
        return new GetInterfaceListResponse([.. entries.EnumerateArray().Select(Interface)], Result(fields));
    }

    private static WitnessInterface Interface(JsonElement entry) => new(
        entry.GetProperty("group_name").GetString()!,
        Number(entry.GetProperty("version")),
        (InterfaceState)Number(entry.GetProperty("state")),
        IPAddress.Parse(entry.GetProperty("ipv4").GetString()!),
        entry.TryGetProperty("ipv6_bytes", out var bytes)
            ? new IPAddress(Convert.FromHexString(bytes.GetString()!))
            : IPAddress.Parse(entry.GetProperty("ipv6").GetString()!),
        (InterfaceFlags)Number(entry.GetProperty("flags")));

    private static RegisterRequest Register(JsonElement fields) => new(
        Number(fields.GetProperty("version")),
        fields.GetProperty("net_name").GetString(),
        fields.GetProperty("ip_address").GetString(),
        fields.GetProperty("client_computer_name").GetString());

    private static RegisterExRequest RegisterEx(JsonElement fields) => new(
        Number(fields.GetProperty("version")),
        fields.GetProperty("net_name").GetString(),
        fields.GetProperty("share_name").GetString(),
        fields.GetProperty("ip_address").GetString(),
        fields.GetProperty("client_computer_name").GetString(),
        (RegisterFlags)Number(fields.GetProperty("flags")),
        Number(fields.GetProperty("timeout")));

    private static ContextHandle Handle(JsonElement fields)
    {
        var handle = fields.GetProperty("context_handle");
        return handle.ValueKind == JsonValueKind.String
            ? ContextHandle.Null
            : new ContextHandle(Number(handle.GetProperty("handle_type")), handle.GetProperty("uuid").GetGuid());
    }

    private static AsyncNotifyResponse? Notification(JsonElement fields)
    {
        var response = fields.TryGetProperty("response", out var given) ? given : fields;
        if (response.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var kind = (NotificationKind)Number(response.GetProperty("type"));
        var messages = response.GetProperty("messages").EnumerateArray();
        return kind == NotificationKind.RESOURCE_CHANGE_NOTIFICATION
            ? WitnessBlobs.ResourceChange([.. messages.Select(Change)])
            : WitnessBlobs.AddressLists(kind, [.. messages.Select(Addresses)]);
    }

    private static ResourceChange Change(JsonElement message)
    {
        if (message.ValueKind == JsonValueKind.Array)
        {
            return new ResourceChange((ChangeType)Number(message[0]), message[1].GetString()!);
        }

        var change = message.GetProperty("resource_change");
        return new ResourceChange(
            (ChangeType)Number(change.GetProperty("type")), change.GetProperty("name").GetString()!);
    }

    private static ImmutableArray<AddressInfo> Addresses(JsonElement message)
    {
        var list = message.ValueKind == JsonValueKind.Array
            ? message
            : message.GetProperty("client_move").GetProperty("addr");
        return [.. list.EnumerateArray().Select(Address)];
    }

    private static AddressInfo Address(JsonElement entry)
    {
        var listed = entry.ValueKind == JsonValueKind.Array;
        return new AddressInfo(
            (AddressFlags)Number(listed ? entry[0] : entry.GetProperty("flags")),
            IPAddress.Parse((listed ? entry[1] : entry.GetProperty("ipv4")).GetString()!),
            IPAddress.Parse((listed ? entry[2] : entry.GetProperty("ipv6")).GetString()!));
    }

    private static Win32Error Result(JsonElement fields) => (Win32Error)Number(
        fields.TryGetProperty("result", out var result) ? result : fields.GetProperty("result_on_wire"));

    private static uint Number(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? uint.Parse(value.GetString()!.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : value.GetUInt32();
}
