using System.Collections.Immutable;
using Torture.Captures.Trace;
using Torture.Protocol;
using Torture.Protocol.EndpointMapper;
using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.Captures;

/// <summary>Messages in a few words.</summary>
public static class TraceText
{
    /// <summary><c>witness</c>, <c>epm</c>, <c>mgmt</c>, or the UUID of another interface.</summary>
    public static string Interface(SyntaxId? id) => id switch
    {
        null => "rpc",
        { } known when known.Uuid == SyntaxId.Witness.Uuid => "witness",
        { } known when known.Uuid == SyntaxId.EndpointMapper.Uuid => "epm",
        { } known when known.Uuid == SyntaxId.Management.Uuid => "mgmt",
        { } other => other.Uuid.ToString(),
    };

    public static string Operation(ObservedCall call) =>
        CallDecoder.Name(call.Interface, call.Opnum) ?? $"opnum {call.Opnum}";

    public static string Status(Win32Error status) =>
        Enum.IsDefined(status) ? $"{status}" : $"0x{(uint)status:X}";

    public static string Fault(RpcFault fault) =>
        Enum.IsDefined(fault) ? $"fault {fault} (0x{(uint)fault:X})" : $"fault 0x{(uint)fault:X}";

    public static string Kind(NotificationKind kind) => Enum.IsDefined(kind)
        ? $"{kind}".Replace("_NOTIFICATION", "", StringComparison.Ordinal)
        : $"type {(uint)kind}";

    /// <summary>What a request asks; empty where that is all in the operation's name.</summary>
    public static string Request(object? request) => request switch
    {
        RegisterRequest r => $"{r.NetName} {r.IpAddress} for {r.ClientComputerName}, version 0x{r.Version:X8}",
        RegisterExRequest r =>
            $"{r.NetName}{(r.ShareName is null ? "" : $"\\{r.ShareName}")} {r.IpAddress} for {r.ClientComputerName}, "
            + $"keep-alive {r.KeepAliveTimeout} s{(r.Flags == 0 ? "" : ", IP notifications")}",
        HandleRequest r => $"{r.Context}",
        EptMapRequest r => Asked(r.Tower),
        _ => "",
    };

    /// <summary>What a response tells.</summary>
    public static string Response(object? response) => response switch
    {
        GetInterfaceListResponse r => $"{Status(r.Status)}{Interfaces(r.Interfaces)}",
        HandleResponse r => $"{Status(r.Status)}  {r.Context}",
        StatusResponse r => Status(r.Status),
        AsyncNotifyResult { Response: null } r => Status(r.Status),
        AsyncNotifyResult r => $"{Status(r.Status)}  {Notification(r)}",
        EptMapResponse r => $"{r.Status}{string.Concat(Towers(r).Select(e => $" {e}"))}",
        EptLookupResponse r => $"{r.Status}",
        _ => "",
    };

    /// <summary><c>CLIENT_MOVE -> 10.0.0.102 (IPv4, online)</c>.</summary>
    public static string Notification(AsyncNotifyResult result)
    {
        if (result.Response is not { } told)
        {
            return Status(result.Status);
        }

        try
        {
            return told.MessageType == NotificationKind.RESOURCE_CHANGE_NOTIFICATION
                ? $"{Kind(told.MessageType)} "
                    + string.Join(", ", WitnessBlobs.ReadResourceChanges(told).Select(Change))
                : $"{Kind(told.MessageType)} -> " + string.Join(
                    " | ", WitnessBlobs.ReadAddressLists(told).Select(list => string.Join(", ", list.Select(Address))));
        }
        catch (ProtocolException e)
        {
            return $"{Kind(told.MessageType)} {told.NumberOfMessages} messages in {told.Length} bytes: {e.Message}";
        }
    }

    private static string Change(ResourceChange change) =>
        $"{change.ResourceName} {$"{change.ChangeType}".Replace("RESOURCE_STATE_", "", StringComparison.Ordinal)}";

    private static string Address(AddressInfo info)
    {
        var families = new List<string>();
        if (info.Flags.HasFlag(AddressFlags.IPADDR_V4))
        {
            families.Add("IPv4");
        }

        if (info.Flags.HasFlag(AddressFlags.IPADDR_V6))
        {
            families.Add("IPv6");
        }

        if (info.Flags.HasFlag(AddressFlags.IPADDR_ONLINE))
        {
            families.Add("online");
        }

        if (info.Flags.HasFlag(AddressFlags.IPADDR_OFFLINE))
        {
            families.Add("offline");
        }

        var address = info.Address?.ToString() ?? $"{info.IPv4} / {info.IPv6}";
        return $"{address} ({string.Join(", ", families)})";
    }

    private static string Interfaces(ImmutableArray<WitnessInterface>? interfaces) => interfaces is not { } list
        ? "  NULL"
        : string.Concat(list.Select(i =>
            $"  {i.GroupName} {Shown(i)} {i.State}"
            + (i.Flags.HasFlag(InterfaceFlags.INTERFACE_WITNESS) ? " witness" : "")));

    private static string Shown(WitnessInterface entry) => entry.Flags.HasFlag(InterfaceFlags.IPv4)
        ? $"{entry.IPv4}" + (entry.Flags.HasFlag(InterfaceFlags.IPv6) ? $" {entry.IPv6}" : "")
        : $"{entry.IPv6}";

    private static string Asked(Tower? tower) =>
        tower?.Interface is { } id ? $"where is {Interface(id)}" : "no tower";

    private static IEnumerable<string> Towers(EptMapResponse response) => response.Towers.AsSpan().IsEmpty
        ? []
        : response.Towers.Select(t => t.Port is { } port ? $"{t.Address}:{port}" : "a tower not of TCP");
}
