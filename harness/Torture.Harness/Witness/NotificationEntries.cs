using Torture.Protocol;
using Torture.Protocol.Witness;

namespace Torture.Harness.Witness;

/// <summary>Entries of a notification as far as they can be read: defects are for the checkers to tell.</summary>
internal static class NotificationEntries
{
    public static IReadOnlyList<ResourceChange> Changes(AsyncNotifyResponse? response) =>
        response?.MessageType == NotificationKind.RESOURCE_CHANGE_NOTIFICATION
            ? Read(() => WitnessBlobs.ReadResourceChanges(response))
            : [];

    public static IReadOnlyList<IReadOnlyList<AddressInfo>> AddressLists(AsyncNotifyResponse? response) =>
        response?.MessageType is NotificationKind.CLIENT_MOVE_NOTIFICATION
            or NotificationKind.SHARE_MOVE_NOTIFICATION or NotificationKind.IP_CHANGE_NOTIFICATION
            ? Read(() => WitnessBlobs.ReadAddressLists(response))
            : [];

    private static IReadOnlyList<T> Read<T>(Func<IReadOnlyList<T>> read)
    {
        try
        {
            return read();
        }
        catch (ProtocolException)
        {
            return [];
        }
    }
}
