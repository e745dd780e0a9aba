using System.Net;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Protocol.Witness;

namespace Torture.Harness.Histories;

/// <summary>One thing that a registration is to hear of.</summary>
/// <param name="At">When it happened in the cluster.</param>
/// <param name="Change">Of a RESOURCE_CHANGE; null for the other kinds.</param>
/// <param name="Subject">The group of the change, or where the client is sent.</param>
/// <param name="IsCertain">False: the server may rightly see it otherwise, or not at all.</param>
public sealed record Expected(
    DateTimeOffset At, NotificationKind Kind, ChangeType? Change, string Subject, bool IsCertain)
{
    /// <summary>What comes to the same later, and need not be told any more once this was.</summary>
    public bool IsEarly { get; init; }

    /// <summary>Certain as soon as the next change of the address is told: who knows of that knew of this.</summary>
    public bool IsDueBeforeNext { get; init; } = IsCertain;

    public override string ToString() =>
        Change is { } change ? $"{Subject} {change.ToString().Replace("RESOURCE_STATE_", "")}" : $"{Kind} {Subject}";
}

/// <summary>
/// Foretells from a history what each registration hears, in which order ([MS-SWN] 3.1.6, 3.1.4.4): a change for each
/// release and take of its address, the moves of its client, of its share, of addresses where it asked for them.
/// </summary>
public static class NotificationModel
{
    /// <summary>A node may learn of what happened this much later or earlier than the run.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <summary>In order of time. What is still pending may be overwritten by the next move of its kind.</summary>
    public static IReadOnlyList<Expected> For(WitnessStory story, History history)
    {
        var causes = history.Once(InOrder);
        var expected = Changes(story, causes.Events).Concat(Moves(story, causes));
        return [.. expected.OrderBy(one => one.At)];
    }

    /// <summary>Of thousands of events, most of them packets, these few are what anything follows from.</summary>
    private static Causes InOrder(History history)
    {
        var all = history.Events.OrderBy(happened => happened.At).ToList();
        return new Causes(all, [.. all.Where(happened => happened
            is AddressTaken or AddressReleased or ShareOwned
            or FaultInjected or FaultNotSeen or HealingBegun or FaultHealed)]);
    }

    private static IEnumerable<Expected> Changes(WitnessStory story, List<HistoryEvent> events)
    {
        var known = new HashSet<IPAddress>();
        Node? owner = null;
        for (var i = 0; i < events.Count; i++)
        {
            owner = events[i] switch
            {
                AddressTaken taken when taken.Address.Address.Equals(story.Address) => taken.By,
                AddressReleased released when released.Address.Address.Equals(story.Address) && released.By == owner =>
                    null,
                _ => owner,
            };
            if (owner is not null && Strikes(events[i], owner) && MayHear(story, events[i].At))
            {
                // Who hears its owner no more may say so before another one has the address.
                yield return new Expected(
                    events[i].At, NotificationKind.RESOURCE_CHANGE_NOTIFICATION,
                    ChangeType.RESOURCE_STATE_UNAVAILABLE, owner.Name, IsCertain: false) { IsEarly = true };
            }

            var (address, change, node, isFirst) = events[i] switch
            {
                AddressTaken taken => (taken.Address.Address, ChangeType.RESOURCE_STATE_AVAILABLE, taken.By.Name,
                    known.Add(taken.Address.Address) || taken.Order == 0 && !Moved(events, i)),
                AddressReleased released => (released.Address.Address, ChangeType.RESOURCE_STATE_UNAVAILABLE,
                    released.By.Name, false),
                FaultInjected { Fault: ChangeResource told } => (told.Address.Address,
                    told.State == InterfaceState.UNAVAILABLE
                        ? ChangeType.RESOURCE_STATE_UNAVAILABLE
                        : ChangeType.RESOURCE_STATE_AVAILABLE, "", false),
                HealingBegun { Fault: ChangeResource told } => (told.Address.Address,
                    ChangeType.RESOURCE_STATE_AVAILABLE, "", false),
                _ => (IPAddress.None, ChangeType.RESOURCE_STATE_UNKNOWN, "", true),
            };
            if (!isFirst && address.Equals(story.Address) && MayHear(story, events[i].At))
            {
                var isDue = IsDue(story, events, i);
                yield return new Expected(
                    events[i].At, NotificationKind.RESOURCE_CHANGE_NOTIFICATION, change, node,
                    isDue && !EndsSoonAfter(story, events[i].At) && !IsTakenBack(events, i))
                {
                    IsDueBeforeNext = isDue && !IsTakenBack(events, i, atOnce: true),
                };
            }
        }
    }

    private static bool Strikes(HistoryEvent happened, Node owner) => happened is FaultInjected injected
        && (injected.Fault is PauseNode { Node: var paused } ? paused == owner
            : injected.Fault is KillNode { Node: var killed } && killed == owner);

    /// <summary>Something let go of the address before: a taking without an order is then no beginning.</summary>
    private static bool Moved(List<HistoryEvent> events, int index) =>
        events[index] is AddressTaken taken && events.Take(index).OfType<AddressReleased>()
            .Any(released => released.Address == taken.Address);

    private static IEnumerable<Expected> Moves(WitnessStory story, Causes causes)
    {
        var events = causes.Events;
        foreach (var happened in events.Where(happened => MayHear(story, happened.At)))
        {
            var certain = story.LivedAt(happened.At) && !WasNotSeen(happened, events) && !IsApart(events, happened.At)
                && !story.WasFrozen(happened.At - Settling, happened.At + Settling);
            switch (happened)
            {
                case FaultInjected { Fault: MoveClient move } when story.IsClient(move.ClientName):
                    yield return new Expected(
                        happened.At, NotificationKind.CLIENT_MOVE_NOTIFICATION, null, move.Destination,
                        certain && !HasNothing(move.Destination, happened.At, causes.All));
                    break;
                case FaultInjected { Fault: MoveShare move } when Wants(story, move.Share):
                    yield return new Expected(
                        happened.At, NotificationKind.SHARE_MOVE_NOTIFICATION, null, move.To.Name, certain);
                    break;
                case FaultInjected { Fault: TellShareMove move }
                    when Wants(story, move.Share) && story.IsClient(move.ClientName):
                    yield return new Expected(
                        happened.At, NotificationKind.SHARE_MOVE_NOTIFICATION, null, move.To.Name, certain);
                    break;
                case HealingBegun { Fault: MoveShare move } when Wants(story, move.Share):
                    yield return new Expected(
                        happened.At, NotificationKind.SHARE_MOVE_NOTIFICATION, null, "", IsCertain: false);
                    break;
                case ShareOwned owned when Wants(story, owned.Share):
                    yield return new Expected(
                        happened.At, NotificationKind.SHARE_MOVE_NOTIFICATION, null, owned.By.Name, IsCertain: false);
                    break;
                case FaultInjected { Fault: ChangeAddress change } when WantsAddresses(story)
                    && (change.ClientName is null || story.IsClient(change.ClientName)):
                    yield return new Expected(
                        happened.At, NotificationKind.IP_CHANGE_NOTIFICATION, null, change.Resource, certain);
                    break;
                case AddressTaken or AddressReleased when WantsAddresses(story):
                    yield return new Expected(
                        happened.At, NotificationKind.IP_CHANGE_NOTIFICATION, null, "", IsCertain: false);
                    break;
                case FaultInjected { Fault.MovesOwners: true } when story.Request.ShareName is not null:
                    yield return new Expected(
                        happened.At, NotificationKind.SHARE_MOVE_NOTIFICATION, null, "", IsCertain: false);
                    break;
            }
        }
    }

    /// <summary>A node that has no address, as far as was told: nobody can be sent there.</summary>
    private static bool HasNothing(string node, DateTimeOffset at, List<HistoryEvent> events)
    {
        var owners = new Dictionary<PublicAddress, string>();
        var isNode = false;
        foreach (var happened in events.Where(happened => happened.At <= at + Settling))
        {
            switch (happened)
            {
                case AddressTaken taken:
                    isNode |= taken.By.Name == node;
                    owners[taken.Address] = taken.By.Name;
                    break;
                case AddressReleased released:
                    isNode |= released.By.Name == node;
                    owners.Remove(released.Address);
                    break;
            }

            if (isNode && happened.At > at - Settling && !owners.ContainsValue(node))
            {
                return true;
            }
        }

        return isNode && !owners.ContainsValue(node);
    }

    private static bool Wants(WitnessStory story, Share share) =>
        story.Request.Version == WitnessVersion.V2
        && string.Equals(story.Request.ShareName, share.Name, StringComparison.OrdinalIgnoreCase);

    private static bool WantsAddresses(WitnessStory story) =>
        story.Request.Version == WitnessVersion.V2
        && story.Request.Flags.HasFlag(RegisterFlags.WITNESS_REGISTER_IP_NOTIFICATION);

    /// <summary>A server that stood still until just before the registration may only now learn of that time.</summary>
    private static bool MayHear(WitnessStory story, DateTimeOffset at)
    {
        var since = story.From - Settling;
        var missed = story.Frozen.Where(still => still.From < since && (still.Until is not { } end || end > since))
            .Select(still => (DateTimeOffset?)still.From).Min();
        return at > (missed ?? since) && (story.Until is null || at < story.Until + Settling);
    }

    /// <summary>
    /// Certain is what happened while the registration lived, in a cluster that was at rest before, is whole enough to
    /// hear of it, and did not take it back before anybody could look. Who polls no more hears no more.
    /// </summary>
    private static bool IsDue(WitnessStory story, List<HistoryEvent> events, int index)
    {
        var at = events[index].At;
        if (!story.LivedAt(at) || WasNotSeen(events[index], events)
            || story.WasFrozen(at - Settling, at + Settling)
            || (story.Polls is [.., { AnsweredAt: { } last }] && at > last))
        {
            return false;
        }

        var restless = events.Any(happened => IsDisturbance(happened)
            && happened.At <= story.From && happened.At > story.From - Settling);
        return !restless && !IsApart(events, at);
    }

    /// <summary>News may not have gone from node to node.</summary>
    private static bool IsApart(List<HistoryEvent> events, DateTimeOffset at) => events.OfType<FaultInjected>().Any(
        injected => injected.At <= at
            && injected.Fault is Partition or StallRecoveryLock or LinkFault { Link: NodeLink.Private });

    /// <summary>Too soon for it to be told.</summary>
    private static bool EndsSoonAfter(WitnessStory story, DateTimeOffset at) =>
        story.Until is { } end && end - at < Settling;

    /// <summary>What the nemesis asked for and did not see to come about.</summary>
    private static bool WasNotSeen(HistoryEvent happened, List<HistoryEvent> events) =>
        happened is FaultInjected injected
        && events.OfType<FaultNotSeen>().Any(unseen => unseen.Fault == injected.Fault && unseen.At >= injected.At);

    private static bool IsDisturbance(HistoryEvent happened) => happened switch
    {
        FaultInjected injected => !injected.Fault.IsEvent,
        FaultHealed healed => !healed.Fault.IsEvent,
        AddressTaken taken => taken.Order != 0,
        AddressReleased => true,
        _ => false,
    };

    /// <summary>The same node lets go and takes again, or the other way round, in a moment.</summary>
    /// <param name="atOnce">Without another node having it in between.</param>
    private static bool IsTakenBack(List<HistoryEvent> events, int index, bool atOnce = false)
    {
        var (address, node) = Of(events[index]);
        return address is not null && events.Index().Where(other => other.Index != index).Any(other =>
            Of(other.Item) is var (sameAddress, sameNode) && sameAddress == address && sameNode == node
            && other.Item is AddressTaken != events[index] is AddressTaken
            && !(other.Item is AddressTaken { Order: 0 })
            && (other.Item.At - events[index].At).Duration() < Settling
            && !(atOnce && events[(Math.Min(index, other.Index) + 1)..Math.Max(index, other.Index)].Any(between =>
                Of(between) is var (thatAddress, thatNode) && thatAddress == address && thatNode != node)));

        static (PublicAddress? Address, Node? Node) Of(HistoryEvent happened) => happened switch
        {
            AddressTaken taken => (taken.Address, taken.By),
            AddressReleased released => (released.Address, released.By),
            _ => default,
        };
    }

    private sealed record Causes(List<HistoryEvent> All, List<HistoryEvent> Events);
}
