using System.Text;

namespace Torture.Harness.Proving;

/// <summary>
/// The map as text that is checked in and compared: a case, a mutant or an exception that goes is a red line in review.
/// </summary>
public static class RequirementSnapshot
{
    /// <summary>
    /// Below a line for each sentence, indented, its cases, its mutants and its exception, a line each.
    /// </summary>
    public static string Of(IReadOnlyList<RequirementProof> map)
    {
        var text = new StringBuilder();
        foreach (var proof in map)
        {
            var requirement = proof.Requirement;
            text.Append($"{requirement.Id} {requirement.Name}: {requirement.LevelName}, ");
            text.Append($"{requirement.Role.ToString().ToLowerInvariant()}\n");
            Append(text, "case", proof.Cases);
            Append(text, "mutant", proof.Mutants);
            Append(text, "excepted:", requirement.Exception is { } reason ? [reason] : []);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string what, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            text.Append($"  {what} {name}\n");
        }
    }
}
