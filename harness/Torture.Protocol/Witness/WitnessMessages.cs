using System.Collections.Immutable;
using System.Net;

namespace Torture.Protocol.Witness;

/// <summary>PCONTEXT_HANDLE: 4 bytes of attributes and a UUID, 20 bytes on the wire ([MS-SWN] 2.2.1.1).</summary>
public readonly record struct ContextHandle(uint Attributes, Guid Uuid)
{
    /// <summary>20 zero bytes.</summary>
    public static readonly ContextHandle Null;

    public bool IsNull => this == Null;

    public override string ToString() => IsNull ? "NULL handle" : $"{Attributes}:{Uuid}";
}

/// <summary>
/// WITNESS_INTERFACE_INFO: 552 bytes in NDR20 ([MS-SWN] 2.2.2.5). Both addresses are kept as they came.
/// </summary>
public sealed record WitnessInterface(
    string GroupName, uint Version, InterfaceState State, IPAddress IPv4, IPAddress IPv6, InterfaceFlags Flags);

/// <summary>
/// IPADDR_INFO, 24 bytes ([MS-SWN] 2.2.2.1). Both addresses are kept as they came; Flags say which counts.
/// </summary>
public sealed record AddressInfo(AddressFlags Flags, IPAddress IPv4, IPAddress IPv6)
{
    /// <summary>The address that Flags select; null where they select none or both.</summary>
    public IPAddress? Address => (Flags & (AddressFlags.IPADDR_V4 | AddressFlags.IPADDR_V6)) switch
    {
        AddressFlags.IPADDR_V4 => IPv4,
        AddressFlags.IPADDR_V6 => IPv6,
        _ => null,
    };

    public static AddressInfo Online(IPAddress address) => Of(address, AddressFlags.IPADDR_ONLINE);

    public static AddressInfo Offline(IPAddress address) => Of(address, AddressFlags.IPADDR_OFFLINE);

    /// <summary>The address with its family's flag and those given.</summary>
    public static AddressInfo Of(IPAddress address, AddressFlags flags = AddressFlags.None) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
            ? new AddressInfo(flags | AddressFlags.IPADDR_V6, IPAddress.Any, address)
            : new AddressInfo(flags | AddressFlags.IPADDR_V4, address, IPAddress.IPv6Any);
}

/// <summary>One entry of a RESOURCE_CHANGE notification ([MS-SWN] 2.2.2.3).</summary>
public sealed record ResourceChange(ChangeType ChangeType, string ResourceName);

/// <summary>
/// RESP_ASYNC_NOTIFY ([MS-SWN] 2.2.2.4) as it came: the notification entries stay bytes in
/// <see cref="MessageBuffer"/>, since what is wrong in them must be seen and told. <see cref="WitnessBlobs"/> reads
/// and writes the entries.
/// </summary>
/// <param name="MessageType">Type of all entries.</param>
/// <param name="Length">Bytes of the buffer as the field says; a correct sender makes it equal the buffer's.</param>
/// <param name="NumberOfMessages">Entries as the field says.</param>
/// <param name="MessageBuffer">Little-endian entries, not NDR; default (IsDefault) where the pointer is NULL.</param>
public sealed record AsyncNotifyResponse(
    NotificationKind MessageType, uint Length, uint NumberOfMessages, ImmutableArray<byte> MessageBuffer)
{
    public bool Equals(AsyncNotifyResponse? other) =>
        other is not null && MessageType == other.MessageType && Length == other.Length
        && NumberOfMessages == other.NumberOfMessages && MessageBuffer.IsDefault == other.MessageBuffer.IsDefault
        && MessageBuffer.AsSpan().SequenceEqual(other.MessageBuffer.AsSpan());

    public override int GetHashCode() => HashCode.Combine(MessageType, Length, NumberOfMessages);
}

/// <summary>WitnessrGetInterfaceList's request ([MS-SWN] 3.1.4.1): no bytes, since the binding is the handle.</summary>
public sealed record GetInterfaceListRequest;

/// <summary>WitnessrGetInterfaceList, opnum 0 ([MS-SWN] 3.1.4.1). A null list is a NULL pointer on the wire.</summary>
public sealed record GetInterfaceListResponse(ImmutableArray<WitnessInterface>? Interfaces, Win32Error Status)
{
    public bool Equals(GetInterfaceListResponse? other) =>
        other is not null && Status == other.Status && Interfaces.HasValue == other.Interfaces.HasValue
        && Entries(this).SequenceEqual(Entries(other));

    public override int GetHashCode() => HashCode.Combine(Status, Entries(this).Length);

    private static ReadOnlySpan<WitnessInterface> Entries(GetInterfaceListResponse response) =>
        response.Interfaces is { } entries ? entries.AsSpan() : [];
}

/// <summary>WitnessrRegister, opnum 1 ([MS-SWN] 3.1.4.2).</summary>
public sealed record RegisterRequest(
    uint Version, string? NetName, string? IpAddress, string? ClientComputerName);

/// <summary>WitnessrRegisterEx, opnum 4 ([MS-SWN] 3.1.4.5). KeepAliveTimeout in seconds.</summary>
public sealed record RegisterExRequest(
    uint Version, string? NetName, string? ShareName, string? IpAddress, string? ClientComputerName,
    RegisterFlags Flags, uint KeepAliveTimeout);

/// <summary>The answer of Register, RegisterEx and UnRegisterEx: a handle and a status.</summary>
public sealed record HandleResponse(ContextHandle Context, Win32Error Status);

/// <summary>The request of UnRegister, AsyncNotify and UnRegisterEx: a handle.</summary>
public sealed record HandleRequest(ContextHandle Context);

/// <summary>WitnessrUnRegister's answer ([MS-SWN] 3.1.4.3): a status alone.</summary>
public sealed record StatusResponse(Win32Error Status);

/// <summary>WitnessrAsyncNotify's answer ([MS-SWN] 3.1.4.4); the response pointer is NULL on an error.</summary>
public sealed record AsyncNotifyResult(AsyncNotifyResponse? Response, Win32Error Status);
