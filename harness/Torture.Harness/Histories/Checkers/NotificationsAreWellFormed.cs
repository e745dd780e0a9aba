using Torture.Harness.Results;
using Torture.Harness.Running;
using Torture.Protocol;
using Torture.Protocol.Witness;
using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>Every notification on any wire is as the specification lays it out.</summary>
public sealed class NotificationsAreWellFormed : IChecker
{
    private static readonly string[] OfAll =
        [Swn.NotificationLayout, Swn.MessageTypes, Swn.NotificationCounts, Swn.NotificationOnSuccessOnly];

    private static readonly string[] OfChanges =
        [Swn.ResourceChangeLayout, Swn.ChangeTypes, Swn.ResourceNameKnownToClient];

    private static readonly string[] OfLists =
    [
        Swn.AddressInfoLayout, Swn.AddressInfoFlags, Swn.OneFamilyPerAddressInfo, Swn.AddressListLength,
        Swn.AddressListReservedZero, Swn.AddressListNotEmpty,
    ];

    public IEnumerable<Finding> Check(History history)
    {
        foreach (var told in history.Of<NotificationSeen>())
        {
            var succeeded = told.Result.Status == Win32Error.ERROR_SUCCESS;
            if (succeeded != told.Result.Response is not null)
            {
                yield return Finding.At(
                    told, Swn.NotificationOnSuccessOnly, holds: false,
                    $"{told.Result.Status} {(succeeded ? "without" : "with")} a notification",
                    "a notification with ERROR_SUCCESS, none with an error", "AsyncNotify response");
            }
            else if (told.Result.Response is { } response)
            {
                foreach (var finding in Check(told, response))
                {
                    yield return finding;
                }
            }
        }

        foreach (var unreadable in history.Of<UnreadableSeen>())
        {
            yield return unreadable.IsResponse
                ? Finding.At(
                    unreadable, Swn.NotificationLayout, holds: false, unreadable.What, "an answer that can be read",
                    "AsyncNotify response")
                : Finding.CannotTell(Swn.NotificationLayout, unreadable.What, "witness traffic");
        }
    }

    private static IEnumerable<Finding> Check(NotificationSeen told, AsyncNotifyResponse response)
    {
        var defects = WitnessBlobs.Inspect(response);
        foreach (var defect in defects)
        {
            yield return Finding.At(
                told, defect.Requirement, holds: false, defect.Actual, defect.Expected, defect.Field);
        }

        var isList = response.MessageType != NotificationKind.RESOURCE_CHANGE_NOTIFICATION;
        var broken = defects.Select(defect => defect.Requirement).ToHashSet();
        foreach (var requirement in OfAll.Concat(isList ? OfLists : OfChanges).Where(one => !broken.Contains(one)))
        {
            yield return new Finding(
                requirement, CheckOutcome.Held, "AsyncNotify response", "", Render.Notification(response), told);
        }
    }
}
