using Torture.Harness.Faults;
using Torture.Protocol.Witness;
using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>Every notification has a cause.</summary>
public sealed class NoneInvented : IChecker
{
    public IEnumerable<Finding> Check(History history)
    {
        foreach (var (story, heard, explained) in Unexplained.AllOf(history))
        {
            var elsewhere = !explained && Unexplained.ConcernsAnother(story, heard, history);
            if (!elsewhere)
            {
                yield return Finding.At(
                    heard.Event, Ctdb.NotificationNotInvented, explained, heard.Text,
                    "a notification that an event explains", $"notification to {story.Request.ClientComputerName}");
            }
        }
    }
}

/// <summary>No notification reaches a registration that the event does not concern.</summary>
public sealed class NotToTheWrongClient : IChecker
{
    public IEnumerable<Finding> Check(History history)
    {
        foreach (var (story, heard, explained) in Unexplained.AllOf(history))
        {
            var strayed = !explained && Unexplained.ConcernsAnother(story, heard, history);
            yield return Finding.At(
                heard.Event, Ctdb.OnlyRegisteredAreTold, !strayed, heard.Text,
                "nothing of what concerns others",
                $"notification to {story.Request.ClientComputerName} for {story.Address}");
        }
    }
}

/// <summary>What was told, with and without a cause.</summary>
internal static class Unexplained
{
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(2);

    public static IEnumerable<(WitnessStory Story, Heard Heard, bool IsExplained)> AllOf(History history)
    {
        var forced = history.Of<FaultInjected>().Select(injected => injected.Fault).OfType<ForceResponse>().ToList();
        foreach (var hearing in Hearing.AllOf(history))
        {
            var story = hearing.Story;
            var isForced = forced.Any(force => story.IsClient(force.ClientName));
            foreach (var (heard, cause) in hearing.Heard)
            {
                yield return (story, heard, cause is not null || isForced);
            }
        }
    }

    /// <summary>An event of this kind there was, for another client, share or address.</summary>
    public static bool ConcernsAnother(WitnessStory story, Heard heard, History history) =>
        history.Events.Any(happened =>
            happened.At <= heard.At && happened.At > story.From - Lately && KindOf(happened) == heard.Kind);

    private static NotificationKind? KindOf(HistoryEvent happened) => happened switch
    {
        FaultInjected { Fault: MoveClient } => NotificationKind.CLIENT_MOVE_NOTIFICATION,
        FaultInjected { Fault: MoveShare or TellShareMove } => NotificationKind.SHARE_MOVE_NOTIFICATION,
        FaultInjected { Fault: ChangeAddress } => NotificationKind.IP_CHANGE_NOTIFICATION,
        FaultInjected { Fault: ChangeResource } or AddressReleased or AddressTaken { Order: not 0 } =>
            NotificationKind.RESOURCE_CHANGE_NOTIFICATION,
        _ => null,
    };
}
