using Torture.Harness.Clusters;
using Torture.Harness.Results;

namespace Torture.Harness.Running;

/// <summary>Holds what a client saw against what the packets show.</summary>
internal static class Settlement
{
    public static void Settle(CaseRun run, Problems problems)
    {
        if (run.Capture is { Dropped: > 0 } capture)
        {
            problems.Add(Verdict.Inconclusive, $"the capture lost {capture.Dropped} packets");
        }

        foreach (var check in run.Checks.Checks.Where(check => check.Reply is not null))
        {
            if (run.Wire?.Find(check.Reply!) is { } seen)
            {
                check.Settle(seen.Reply, seen.Frame);
            }
            else if (check.Result.Window is not null && run.Capture is null)
            {
                problems.AddMissing(
                    Capability.Capture, run.Cluster.Capabilities.WhyNot(Capability.Capture) ?? "no capture");
            }
        }
    }
}
