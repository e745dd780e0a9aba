using System.Globalization;
using Torture.Harness.Clusters;
using Torture.Harness.Faults;
using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>
/// After each fault every address with a workload is served within the limit: by another server, or by the same one
/// where the fault did not hit it. Packet times where there was a capture.
/// </summary>
public sealed class FailoverWithin(TimeSpan limit) : IChecker
{
    public TimeSpan? Limit => limit;

    public IEnumerable<Finding> Check(History history)
    {
        var events = history.Events;
        var operations = ServedOperation.AllOf(events);
        var workloads = events.OfType<OperationStarted>().GroupBy(started => started.Entry)
            .Select(group => (Entry: group.Key, Since: group.Min(started => started.At))).ToList();
        if (workloads.Count == 0)
        {
            yield return Finding.CannotTell(Ctdb.FailoverWithin, "no workload was running", "outage");
            yield break;
        }

        foreach (var fault in events.OfType<FaultInjected>().Where(injected => !injected.Fault.IsEvent))
        {
            foreach (var (entry, _) in workloads.Where(workload => workload.Since <= fault.At))
            {
                var first = ServedOperation.FirstAfter(fault, entry, operations, events);
                yield return Finding.At(
                    first?.Event ?? fault, Ctdb.FailoverWithin, first?.At - fault.At <= limit,
                    first is null ? "never served again" : Seconds(first.At - fault.At), $"{Seconds(limit)} or less",
                    $"time without service at {entry} after {fault.Fault}");
            }
        }
    }

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) + " s";
}
