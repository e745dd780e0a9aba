using Torture.Requirements;

namespace Torture.Harness.Histories;

/// <summary>Every operation ends once, the acknowledged ones in the order in which they were begun.</summary>
public sealed class NoAcknowledgedOperationLost : IChecker
{
    public IEnumerable<Finding> Check(History history)
    {
        var begun = new HashSet<(Clusters.PublicAddress, long)>();
        var ended = new HashSet<(Clusters.PublicAddress, long)>();
        var last = new Dictionary<Clusters.PublicAddress, long>();
        foreach (var happened in history.Events)
        {
            switch (happened)
            {
                case OperationStarted started:
                    begun.Add((started.Entry, started.Number));
                    break;
                case OperationEnded end:
                    var id = (end.Entry, end.Number);
                    var wrong = !begun.Contains(id) ? "was never begun"
                        : !ended.Add(id) ? "has ended twice"
                        : end.End == OperationEnd.Ok && end.Number <= last.GetValueOrDefault(end.Entry)
                            ? $"was acknowledged after operation {last[end.Entry]}"
                            : null;
                    if (end.End == OperationEnd.Ok)
                    {
                        last[end.Entry] = Math.Max(end.Number, last.GetValueOrDefault(end.Entry));
                    }

                    yield return Finding.At(
                        end, Ctdb.NoAcknowledgedOperationLost, wrong is null, wrong ?? end.End.ToString(),
                        "ends once, in its order", $"operation {end.Number} at {end.Entry}");
                    break;
            }
        }
    }
}
