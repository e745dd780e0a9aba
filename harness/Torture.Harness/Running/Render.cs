using System.Collections;
using System.Globalization;
using System.Reflection;
using Torture.Harness.Clusters;
using Torture.Harness.Witness;
using Torture.Protocol;
using Torture.Protocol.Witness;

namespace Torture.Harness.Running;

/// <summary>Values as failures show them. Different values have different texts: rechecks compare the texts.</summary>
internal static class Render
{
    public static string Value(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        Win32Error error => ((Outcome)error).ToString(),
        NotifyReply reply => Notify(reply),
        Reply reply => Record(reply, except: [nameof(Reply.Call), nameof(Reply.TimeOfCall), nameof(Reply.TimeOnWire)]),
        TimeSpan time => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) + " s",
        Enum named => Enum.IsDefined(named.GetType(), named) || IsFlags(named) ? named.ToString() : $"0x{named:X}",
        WitnessInterface entry => Interface(entry),
        AddressInfo info => Address(info),
        ResourceChange change => $"{change.ResourceName} {State(change.ChangeType)}",
        AsyncNotifyResponse response => Notification(response),
        ReadOnlyMemory<byte> bytes => Bytes(bytes.Span),
        byte[] bytes => Bytes(bytes),
        uint or ushort or byte => string.Create(CultureInfo.InvariantCulture, $"{value} (0x{value:X})"),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Value))}]",
        IFormattable plain => plain.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    public static string Cluster(ClusterObservation? seen) =>
        seen is null
            ? "never observed"
            : string.Join("; ", seen.Nodes.Select(node =>
                $"{node.Node} {(node.Reachable ? node.State.ToString() : "unreachable")}"
                + $"{(node.Leader is { } leader ? $", led by {leader}" : "")} [{string.Join(", ", node.Owned)}]"));

    public static string Notification(AsyncNotifyResponse response)
    {
        var kind = Value(response.MessageType).Replace("_NOTIFICATION", "", StringComparison.Ordinal);
        var changes = NotificationEntries.Changes(response);
        var lists = NotificationEntries.AddressLists(response);
        if (changes.Count > 0)
        {
            return $"{kind} {string.Join(", ", changes.Select(Value))}";
        }

        return lists.Count > 0
            ? $"{kind} -> {string.Join(" | ", lists.Select(list => string.Join(", ", list.Select(Address))))}"
            : $"{kind}, {response.NumberOfMessages} messages in {response.Length} bytes: "
                + (response.MessageBuffer.IsDefault ? "NULL" : Bytes(response.MessageBuffer.AsSpan()));
    }

    private static string Notify(NotifyReply reply) =>
        reply.Response is null ? $"{reply.Status}" : $"{reply.Status}, {Notification(reply.Response)}";

    private static string State(ChangeType type) =>
        Value(type).Replace("RESOURCE_STATE_", "", StringComparison.Ordinal);

    private static string Interface(WitnessInterface entry) =>
        $"{entry.GroupName} version 0x{entry.Version:X} {Value(entry.State)} {entry.IPv4} {entry.IPv6} {entry.Flags}";

    private static string Address(AddressInfo info) =>
        $"{info.Address?.ToString() ?? $"{info.IPv4}/{info.IPv6}"} ({info.Flags.ToString().Replace("IPADDR_", "")})";

    private static string Record(object record, string[] except) =>
        string.Join(", ", record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => !except.Contains(property.Name))
            .Select(property => $"{property.Name} {Value(property.GetValue(record))}"));

    private static string Bytes(ReadOnlySpan<byte> bytes) => $"{bytes.Length} bytes {Convert.ToHexString(bytes)}";

    private static bool IsFlags(Enum value) => value.GetType().IsDefined(typeof(FlagsAttribute), inherit: false);
}
