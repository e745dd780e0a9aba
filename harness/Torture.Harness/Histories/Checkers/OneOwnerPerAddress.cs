using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>No public address is ever held by two nodes at once. A node that was killed holds nothing.</summary>
public sealed class OneOwnerPerAddress : IChecker
{
    public IEnumerable<Finding> Check(History history)
    {
        var holders = new Dictionary<PublicAddress, List<Node>>();

        foreach (var happened in InOrder(history))
        {
            switch (happened)
            {
                case AddressReleased released:
                    holders.GetValueOrDefault(released.Address)?.Remove(released.By);
                    break;
                case FaultInjected { Fault: KillNode kill }:
                    holders.Values.ToList().ForEach(nodes => nodes.Remove(kill.Node));
                    break;
                case AddressTaken taken:
                    holders.TryAdd(taken.Address, []);
                    var nodes = holders[taken.Address];
                    nodes.Remove(taken.By);
                    yield return Finding.At(
                        taken, Ctdb.OneOwnerPerAddress, holds: nodes.Count == 0,
                        actual: nodes.Count == 0 ? "free" : $"still held by {string.Join(" and ", nodes)}",
                        expected: $"free when {taken.By} takes it", subject: taken.Address.ToString());
                    nodes.Add(taken.By);
                    break;
            }
        }
    }

    /// <summary>
    /// The cluster's own order of takes and releases where it tells one: news of nodes may cross, also with the
    /// beginning of the case, which says what was known by then.
    /// </summary>
    private static IEnumerable<HistoryEvent> InOrder(History history)
    {
        var events = history.Events;
        var ordered = events.All(happened => happened is not AddressReleased { Order: 0 });
        return ordered
            ? events.OrderBy(happened => happened is AddressTaken { Order: 0 } ? DateTimeOffset.MinValue : happened.At)
                .ThenBy(happened => happened switch
            {
                AddressTaken taken => taken.Order,
                AddressReleased released => released.Order,
                _ => 0,
            })
            : events;
    }
}
