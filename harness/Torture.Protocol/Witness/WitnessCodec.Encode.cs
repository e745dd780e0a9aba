using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Torture.Protocol.Ndr;

namespace Torture.Protocol.Witness;

public static partial class WitnessCodec
{
    // [MS-SWN] 3.1.4.1
    public static byte[] Encode(GetInterfaceListRequest request, NdrSyntax syntax)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new NdrWriter(syntax, capacity: 0).ToArray();
    }

    public static byte[] Encode(GetInterfaceListResponse response, NdrSyntax syntax)
    {
        var interfaces = response.Interfaces is { IsDefault: false } list ? list.Length : 0;
        var writer = new NdrWriter(syntax, capacity: 64 + interfaces * InterfaceSize);
        Encode(response, writer);
        return writer.ToArray();
    }

    public static byte[] Encode(RegisterRequest request, NdrSyntax syntax)
    {
        var writer = new NdrWriter(syntax);
        Encode(request, writer);
        return writer.ToArray();
    }

    public static byte[] Encode(RegisterExRequest request, NdrSyntax syntax)
    {
        var writer = new NdrWriter(syntax);
        Encode(request, writer);
        return writer.ToArray();
    }

    public static byte[] Encode(HandleRequest request, NdrSyntax syntax)
    {
        var writer = new NdrWriter(syntax, capacity: 32);
        Encode(request, writer);
        return writer.ToArray();
    }

    public static byte[] Encode(HandleResponse response, NdrSyntax syntax)
    {
        var writer = new NdrWriter(syntax, capacity: 32);
        Encode(response, writer);
        return writer.ToArray();
    }

    public static byte[] Encode(StatusResponse response, NdrSyntax syntax)
    {
        var writer = new NdrWriter(syntax, capacity: 16);
        Encode(response, writer);
        return writer.ToArray();
    }

    public static byte[] Encode(AsyncNotifyResult result, NdrSyntax syntax)
    {
        var buffer = result.Response is { MessageBuffer.IsDefault: false } response ? response.MessageBuffer.Length : 0;
        var writer = new NdrWriter(syntax, capacity: 64 + buffer);
        Encode(result, writer);
        return writer.ToArray();
    }

    // [MS-SWN] 3.1.4.1
    public static void Encode(GetInterfaceListResponse response, NdrWriter writer)
    {
        writer.WriteUniquePointer(response.Interfaces is not null);
        if (response.Interfaces is { } interfaces)
        {
            WriteInterfaceList(interfaces.IsDefault ? [] : interfaces, writer);
        }

        writer.WriteUInt32((uint)response.Status);
    }

    // [MS-SWN] 2.2.2.6
    private static void WriteInterfaceList(ImmutableArray<WitnessInterface> interfaces, NdrWriter writer)
    {
        writer.BeginStructure(writer.PointerSize);
        writer.WriteUInt32((uint)interfaces.Length);
        writer.WriteUniquePointer(present: true);
        writer.EndStructure(writer.PointerSize);
        writer.WriteConformance(interfaces.Length);
        foreach (var entry in interfaces)
        {
            WriteInterface(entry, writer);
        }
    }

    // [MS-SWN] 2.2.2.5
    private static void WriteInterface(WitnessInterface entry, NdrWriter writer)
    {
        writer.BeginStructure(4);
        writer.WriteFixedWideString(entry.GroupName, GroupNameUnits);
        writer.WriteUInt32(entry.Version);
        writer.WriteUInt16((ushort)entry.State);
        writer.Align(4);
        WriteAddress(entry.IPv4, AddressFamily.InterNetwork, writer);
        WriteAddress(entry.IPv6, AddressFamily.InterNetworkV6, writer);
        writer.WriteUInt32((uint)entry.Flags);
    }

    // [MS-SWN] 2.2.2.5, network octet order
    private static void WriteAddress(IPAddress address, AddressFamily family, NdrWriter writer)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily != family || !address.TryWriteBytes(bytes, out var length))
        {
            throw new ArgumentException($"{address} is no {family} address", nameof(address));
        }

        writer.WriteBytes(bytes[..length]);
    }

    // [MS-SWN] 3.1.4.2
    public static void Encode(RegisterRequest request, NdrWriter writer)
    {
        writer.WriteUInt32(request.Version);
        WriteName(request.NetName, writer);
        WriteName(request.IpAddress, writer);
        WriteName(request.ClientComputerName, writer);
    }

    // [MS-SWN] 3.1.4.5
    public static void Encode(RegisterExRequest request, NdrWriter writer)
    {
        writer.WriteUInt32(request.Version);
        WriteName(request.NetName, writer);
        WriteName(request.ShareName, writer);
        WriteName(request.IpAddress, writer);
        WriteName(request.ClientComputerName, writer);
        writer.WriteUInt32((uint)request.Flags);
        writer.WriteUInt32(request.KeepAliveTimeout);
    }

    // [MS-SWN] 6, [string] [unique] LPWSTR
    private static void WriteName(string? name, NdrWriter writer)
    {
        writer.WriteUniquePointer(name is not null);
        if (name is not null)
        {
            writer.WriteWideString(name);
        }
    }

    // [MS-SWN] 3.1.4.3, 3.1.4.4, 3.1.4.6
    public static void Encode(HandleRequest request, NdrWriter writer) => writer.WriteContextHandle(request.Context);

    // [MS-SWN] 3.1.4.2, 3.1.4.5, 3.1.4.6
    public static void Encode(HandleResponse response, NdrWriter writer)
    {
        writer.WriteContextHandle(response.Context);
        writer.WriteUInt32((uint)response.Status);
    }

    // [MS-SWN] 3.1.4.3
    public static void Encode(StatusResponse response, NdrWriter writer) =>
        writer.WriteUInt32((uint)response.Status);

    // [MS-SWN] 3.1.4.4
    public static void Encode(AsyncNotifyResult result, NdrWriter writer)
    {
        writer.WriteUniquePointer(result.Response is not null);
        if (result.Response is { } response)
        {
            Encode(response, writer);
        }

        writer.WriteUInt32((uint)result.Status);
    }

    /// <summary>
    /// RESP_ASYNC_NOTIFY alone. Length goes out as the record says, the maximum count as the buffer is, so that a
    /// defect can be sent.
    /// </summary>
    // [MS-SWN] 2.2.2.4
    public static void Encode(AsyncNotifyResponse response, NdrWriter writer)
    {
        writer.BeginStructure(writer.PointerSize);
        writer.WriteUInt32((uint)response.MessageType);
        writer.WriteUInt32(response.Length);
        writer.WriteUInt32(response.NumberOfMessages);
        writer.WriteUniquePointer(!response.MessageBuffer.IsDefault);
        writer.EndStructure(writer.PointerSize);
        if (!response.MessageBuffer.IsDefault)
        {
            writer.WriteConformance(response.MessageBuffer.Length);
            writer.WriteBytes(response.MessageBuffer.AsSpan());
        }
    }
}
