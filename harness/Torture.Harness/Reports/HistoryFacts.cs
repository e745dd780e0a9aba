using System.Globalization;
using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Histories;
using Torture.Harness.Reports.Drawing;
using Torture.Harness.Results;

namespace Torture.Harness.Reports;

/// <summary>Reads from the histories of a run what timelines draw.</summary>
internal sealed class HistoryFacts(string folder)
{
    private readonly Dictionary<string, IReadOnlyList<TimelineFacts>> _cases = [];

    /// <summary>What the history of its round says of a failover; nothing where there is no history.</summary>
    public TimelineFacts Of(FailoverView failover)
    {
        if (!_cases.TryGetValue(failover.Case.Id, out var facts))
        {
            _cases[failover.Case.Id] = facts = [.. Rounds(failover.Case).SelectMany(AllOf)];
        }

        return failover.Index < facts.Count ? facts[failover.Index] : TimelineFacts.None;
    }

    /// <summary>Facts for each outage of one round, in order.</summary>
    internal static IEnumerable<TimelineFacts> AllOf(IReadOnlyList<HistoryEvent> history) =>
        history.OfType<FaultInjected>()
            .Where(injected => !injected.Fault.IsEvent)
            .Select(injected => Of(history, injected.At));

    /// <summary>The rounds of a case lie beside each other: its own folder, then 2, 3, ...</summary>
    private IEnumerable<IReadOnlyList<HistoryEvent>> Rounds(CaseResult result)
    {
        var first = Path.Combine(folder, "cases", result.Id);

        for (var round = 1; ; round++)
        {
            var place = round == 1 ? first : Path.Combine(first, round.ToString(CultureInfo.InvariantCulture));
            var file = Path.Combine(place, "history.jsonl");

            if (!File.Exists(file))
            {
                yield break;
            }

            yield return HistoryFile.Read(file);
        }
    }

    private static TimelineFacts Of(IReadOnlyList<HistoryEvent> history, DateTimeOffset fault)
    {
        var nodes = NodesByAddress(history);

        return new TimelineFacts
        {
            Owners = [.. Owners(history, fault)],
            Nodes = [.. NodeEvents(history, fault, nodes)],
            Clients = [.. ClientEvents(history, fault)],
        };
    }

    private static IEnumerable<OwnerChange> Owners(IReadOnlyList<HistoryEvent> history, DateTimeOffset fault)
    {
        foreach (var happened in history)
        {
            switch (happened)
            {
                case AddressTaken taken:
                    yield return new OwnerChange(taken.At - fault, taken.Address.ToString(), taken.By.Name);
                    break;
                case AddressReleased released:
                    yield return new OwnerChange(released.At - fault, released.Address.ToString(), null);
                    break;
            }
        }
    }

    private static IEnumerable<LaneEvent> NodeEvents(
        IReadOnlyList<HistoryEvent> history, DateTimeOffset fault, Dictionary<IPAddress, string> nodes)
    {
        foreach (var happened in history)
        {
            switch (happened)
            {
                case NodeStateChanged changed:
                    yield return new LaneEvent(
                        changed.At - fault, changed.Node.Name, TimelineMarkKind.State, changed.State.ToString());
                    break;
                case NotificationSeen seen when nodes.TryGetValue(seen.Call.Server.Address, out var node):
                    yield return new LaneEvent(seen.At - fault, node, TimelineMarkKind.Notification, TextOf(seen));
                    break;
            }
        }
    }

    private static IEnumerable<LaneEvent> ClientEvents(IReadOnlyList<HistoryEvent> history, DateTimeOffset fault)
    {
        foreach (var happened in history)
        {
            switch (happened)
            {
                case OperationEnded ended:
                    yield return new LaneEvent(
                        ended.At - fault, $"client at {ended.Entry}", MarkOf(ended.End), $"operation {ended.Number}");
                    break;
                case NotificationSeen seen:
                    yield return new LaneEvent(
                        seen.At - fault, $"{seen.Call.Client.Address}", TimelineMarkKind.Notification, TextOf(seen));
                    break;
            }
        }
    }

    private static Dictionary<IPAddress, string> NodesByAddress(IReadOnlyList<HistoryEvent> history)
    {
        var found = new Dictionary<IPAddress, string>();

        foreach (var node in history.Select(NodeOf).OfType<Node>())
        {
            found[node.Address] = node.Name;
            if (node.Address6 is { } address)
            {
                found[address] = node.Name;
            }
        }

        return found;
    }

    private static Node? NodeOf(HistoryEvent happened) => happened switch
    {
        AddressTaken taken => taken.By,
        AddressReleased released => released.By,
        NodeStateChanged changed => changed.Node,
        _ => null,
    };

    private static TimelineMarkKind MarkOf(OperationEnd end) => end switch
    {
        OperationEnd.Ok => TimelineMarkKind.Served,
        OperationEnd.Failed => TimelineMarkKind.Failed,
        _ => TimelineMarkKind.Indeterminate,
    };

    private static string TextOf(NotificationSeen seen) =>
        $"{seen.Result.Response?.MessageType.ToString() ?? "no notification"} ({seen.Result.Status})";
}
