using Torture.Harness.Clusters;
using Torture.Harness.Faults;

namespace Torture.Harness.Histories;

/// <summary>An operation of a workload that was acknowledged.</summary>
/// <param name="By">Which server answered; null where nothing tells.</param>
/// <param name="Event">What shows it.</param>
internal sealed record ServedOperation(
    DateTimeOffset AskedAt, DateTimeOffset At, PublicAddress Entry, string? By, HistoryEvent Event)
{
    /// <summary>As packets show them where any do, else as the client saw them; by the time of their answers.</summary>
    public static IReadOnlyList<ServedOperation> AllOf(IReadOnlyList<HistoryEvent> events)
    {
        var seen = events.OfType<OperationSeen>().OrderBy(seen => seen.At)
            .Select(seen => new ServedOperation(seen.AskedAt, seen.At, seen.Entry, seen.By, seen)).ToList();
        return seen.Count > 0 ? seen : ByClients(events);
    }

    /// <summary>As the client saw them.</summary>
    public static IReadOnlyList<ServedOperation> ByClients(IReadOnlyList<HistoryEvent> events)
    {
        var begun = events.OfType<OperationStarted>().DistinctBy(started => (started.Entry, started.Number))
            .ToDictionary(started => (started.Entry, started.Number), started => started.At);
        return
        [
            .. from ended in events.OfType<OperationEnded>()
               where ended.End == OperationEnd.Ok && begun.ContainsKey((ended.Entry, ended.Number))
               select new ServedOperation(
                   begun[(ended.Entry, ended.Number)], ended.At, ended.Entry, ended.By, ended),
        ];
    }

    /// <summary>
    /// The first operation that shows an address to be served after a fault. What the old owner still answers while
    /// the fault is on its way says nothing: another server has answered than the last one before the fault, or the
    /// operation began when the old owner was surely gone.
    /// </summary>
    public static ServedOperation? FirstAfter(
        FaultInjected fault, PublicAddress entry, IReadOnlyList<ServedOperation> operations,
        IReadOnlyList<HistoryEvent> events)
    {
        var here = operations.Where(operation => operation.Entry == entry).ToList();
        var before = here.LastOrDefault(operation => operation.At <= fault.At)?.By;
        var gone = GoneAt(fault, entry, events);
        return here.FirstOrDefault(operation => operation.AskedAt > fault.At
            && (operation.AskedAt > gone || (operation.By is { } by && before is not null && by != before)));
    }

    /// <summary>The same for all faults that act now, or for the last one.</summary>
    public static bool IsServedAgain(
        PublicAddress entry, IReadOnlyList<HistoryEvent> events, IReadOnlyList<ServedOperation> operations)
    {
        var faults = events.OfType<FaultInjected>().Where(injected => !injected.Fault.IsEvent).ToList();
        var open = faults.Where(fault => !events.OfType<FaultHealed>().Any(
            healed => healed.Sequence > fault.Sequence && healed.Fault == fault.Fault)).ToList();
        return (open.Count > 0 ? open : faults.TakeLast(1)).All(IsServedAfter);

        // Cuts that together make an island are one fault: the first of them may have moved the address.
        bool IsServedAfter(FaultInjected fault) => FirstAfter(
            fault.Fault is Partition && open.Count > 0 ? open[0] : fault, entry, operations, events) is not null;
    }

    /// <summary>
    /// From when on the owner of before cannot answer any more: the fault acts, and where the address was let go, it
    /// was. Null: it may answer still, as in a partition, in which it first has to notice that it is alone.
    /// </summary>
    private static DateTimeOffset? GoneAt(
        FaultInjected fault, PublicAddress entry, IReadOnlyList<HistoryEvent> events)
    {
        var later = events.Where(happened => happened.Sequence > fault.Sequence).ToList();
        var acts = later.OfType<FaultTookEffect>().FirstOrDefault(effect => effect.Fault == fault.Fault)?.At;
        var healed = later.OfType<FaultHealed>().FirstOrDefault(end => end.Fault == fault.Fault)?.At;
        var released = events.OfType<AddressReleased>().FirstOrDefault(release => release.Address == entry
            && release.At >= fault.At && (healed is null || release.At <= healed))?.At;
        return released is { } at && acts is { } since ? (at > since ? at : since)
            : fault.Fault is Partition or StallRecoveryLock or LoseRecoveryLock && healed is null ? released
            : acts;
    }
}
