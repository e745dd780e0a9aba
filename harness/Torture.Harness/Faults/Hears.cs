using Torture.Harness.Histories;
using Torture.Protocol;
using Torture.Protocol.Witness;

namespace Torture.Harness.Faults;

/// <summary>What a registration hears of an event shows that it came about.</summary>
internal static class Hears
{
    /// <summary>The first answer after a frame that tells a registration of the event; null: there is none.</summary>
    public static string? After(long frame, Fault fault, History history) =>
        WitnessStory.AllOf(history).Where(story => Concerns(fault, story))
            .SelectMany(story => story.Polls, (story, poll) => (story.Request.ClientComputerName, poll))
            .Where(told => told.poll.Answer is { } answer && told.poll.Event?.Frame > frame && Tells(fault, answer))
            .OrderBy(told => told.poll.Event!.Frame)
            .Select(told => $"frame {told.poll.Event!.Frame}: {told.ClientComputerName} is told of it")
            .FirstOrDefault();

    private static bool Concerns(Fault fault, WitnessStory story) => fault switch
    {
        MoveClient move => story.IsClient(move.ClientName),
        ChangeAddress change => change.ClientName is null || story.IsClient(change.ClientName),
        ForceResponse force => story.IsClient(force.ClientName),
        ForceUnregister force => story.IsClient(force.ClientName),
        MoveShare move => string.Equals(
            story.Request.ShareName, move.Share.Name, StringComparison.OrdinalIgnoreCase),
        TellShareMove move => story.IsClient(move.ClientName) && string.Equals(
            story.Request.ShareName, move.Share.Name, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private static bool Tells(Fault fault, AsyncNotifyResult answer) => fault switch
    {
        ForceUnregister => answer.Status == Win32Error.ERROR_NOT_FOUND,
        ForceResponse force => answer.Response == force.Response,
        MoveClient => answer.Response?.MessageType == NotificationKind.CLIENT_MOVE_NOTIFICATION,
        MoveShare or TellShareMove => answer.Response?.MessageType == NotificationKind.SHARE_MOVE_NOTIFICATION,
        ChangeAddress => answer.Response?.MessageType == NotificationKind.IP_CHANGE_NOTIFICATION,
        _ => false,
    };
}
