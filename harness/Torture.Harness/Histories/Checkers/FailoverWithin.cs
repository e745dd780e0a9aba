using System.Globalization;
using Torture.Harness.Faults;
using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>After each fault an operation that began later is served within the limit.</summary>
public sealed class FailoverWithin(TimeSpan limit) : IChecker
{
    public TimeSpan? Limit => limit;

    public IEnumerable<Finding> Check(History history)
    {
        var begun = history.Of<OperationStarted>().ToList();
        var served = history.Of<OperationEnded>().Where(ended => ended.End == OperationEnd.Ok).ToList();
        if (begun.Count == 0)
        {
            yield return Finding.CannotTell(Ctdb.FailoverWithin, "no workload was running", "outage");
            yield break;
        }

        foreach (var fault in history.Of<FaultInjected>().Where(injected => !injected.Fault.IsEvent))
        {
            var later = begun.Where(operation => operation.At > fault.At).Select(operation => operation.Number)
                .ToHashSet();
            var first = served.FirstOrDefault(operation => later.Contains(operation.Number));
            var outage = first?.At - fault.At;
            yield return Finding.At(
                first ?? (HistoryEvent)fault, Ctdb.FailoverWithin, outage <= limit,
                outage is { } time ? Seconds(time) : "never served again", $"{Seconds(limit)} or less",
                $"time without service after {fault.Fault}");
        }
    }

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) + " s";
}
