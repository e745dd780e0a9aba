using Torture.Harness.Reports.Drawing;
using Torture.Harness.Results;

namespace Torture.Harness.Reports;

/// <summary>Reads from a case's history what a timeline draws.</summary>
internal static class HistoryFacts
{
    public static IReadOnlyDictionary<string, Func<TimelineFacts>> For(string folder, RunResults results) =>
        new Dictionary<string, Func<TimelineFacts>>();
}
