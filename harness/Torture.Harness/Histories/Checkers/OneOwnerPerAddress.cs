using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>No public address is ever held by two nodes at once. A node that was killed holds nothing.</summary>
public sealed class OneOwnerPerAddress : IChecker
{
    public IEnumerable<Finding> Check(History history)
    {
        var owners = new Dictionary<PublicAddress, Node>();

        foreach (var happened in InOrder(history))
        {
            switch (happened)
            {
                case AddressReleased released when owners.GetValueOrDefault(released.Address) == released.By:
                    owners.Remove(released.Address);
                    break;
                case FaultInjected { Fault: KillNode kill }:
                    owners.Where(held => held.Value == kill.Node).ToList().ForEach(held => owners.Remove(held.Key));
                    break;
                case AddressTaken taken:
                    var holder = owners.GetValueOrDefault(taken.Address);
                    var free = holder is null || holder == taken.By;
                    yield return Finding.At(
                        taken, Ctdb.OneOwnerPerAddress, holds: free,
                        actual: free ? "free" : $"still held by {holder}",
                        expected: $"free when {taken.By} takes it", subject: taken.Address.ToString());
                    owners[taken.Address] = taken.By;
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
