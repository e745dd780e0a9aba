using Torture.Harness.Results;

namespace Torture.Harness.Running;

/// <summary>
/// Several rounds of one case are one result: the worst verdict, all outages, everything that was checked.
/// </summary>
internal static class Rounds
{
    public static CaseResult Join(CaseResult before, CaseResult next)
    {
        var worst = next.Verdict > before.Verdict ? next : before;
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (requirement, count) in before.Checked.Concat(next.Checked))
        {
            counts[requirement] = counts.GetValueOrDefault(requirement) + count;
        }

        return worst with
        {
            Checked = counts,
            Failovers = [.. before.Failovers, .. next.Failovers],
            Elapsed = before.Elapsed + next.Elapsed,
            Evidence = worst.Evidence ?? before.Evidence,
        };
    }
}
