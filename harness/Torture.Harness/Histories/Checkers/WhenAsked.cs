namespace Torture.Harness.Histories;

/// <summary>What cannot be told of some takes matters where nothing could be told of any.</summary>
internal static class WhenAsked
{
    /// <param name="asked">A case wants an answer for each of these requirements.</param>
    public static IEnumerable<Finding> Answer(
        this IEnumerable<Finding> findings, bool asked, params IReadOnlyList<string> requirements)
    {
        var all = findings.ToList();
        var told = all.Where(finding => finding.Outcome != Results.CheckOutcome.CannotTell).ToList();
        var missing = requirements.Except(told.Select(finding => finding.Requirement));
        return asked
            ? told.Concat(missing.SelectMany(requirement => all
                .Where(finding => finding.Requirement == requirement).Take(1)))
            : told;
    }
}
