using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>
/// What a node held when it was frozen it lets go of, by itself. For a history in which each node was frozen for longer
/// than the others wait for it, and in which nodes tell of what they let go.
/// </summary>
public sealed class FrozenOwnersLetGo : IChecker
{
    public IEnumerable<Finding> Check(History history)
    {
        var events = history.Events;
        if (!events.OfType<AddressReleased>().Any())
        {
            yield break;
        }

        foreach (var frozen in events.OfType<FaultInjected>().Where(injected => injected.Fault is PauseNode))
        {
            var node = ((PauseNode)frozen.Fault).Node;
            var thawed = events.OfType<HealingBegun>().FirstOrDefault(healing => healing.Fault == frozen.Fault);
            var next = events.OfType<HealingBegun>().FirstOrDefault(healing => healing.At > thawed?.At);
            foreach (var address in HeldBy(node, events.Where(happened => happened.At <= frozen.At)))
            {
                var released = events.OfType<AddressReleased>().FirstOrDefault(
                    released => released.At > frozen.At && released.By == node && released.Address == address
                        && !(released.At > next?.At));
                yield return Finding.At(
                    released ?? (HistoryEvent)frozen, Ctdb.StaleOwnerLetsGo, released is not null,
                    released is null ? "still held" : "let go", $"let go by {node}", address.ToString());
            }
        }
    }

    private static HashSet<PublicAddress> HeldBy(Node node, IEnumerable<HistoryEvent> events)
    {
        var held = new HashSet<PublicAddress>();
        foreach (var happened in events)
        {
            switch (happened)
            {
                case AddressTaken taken when taken.By == node:
                    held.Add(taken.Address);
                    break;
                case AddressReleased released when released.By == node:
                    held.Remove(released.Address);
                    break;
            }
        }

        return held;
    }
}
