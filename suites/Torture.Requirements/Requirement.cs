namespace Torture.Requirements;

/// <summary>One sentence of a specification, in our own words.</summary>
/// <param name="Id">Such as <c>SWN-R145</c>: stable, in specification order within its catalogue.</param>
/// <param name="Name">The constant's name.</param>
/// <param name="Specification">Such as <c>MS-SWN</c>, without brackets.</param>
/// <param name="Sentence">One short sentence, as failures show it.</param>
/// <param name="Text">All that the catalogue knows of it.</param>
/// <param name="Since">Protocol version that introduced it: <c>v1</c> or <c>v2</c>.</param>
/// <param name="Revision">Where editions of the specification differ: which one has it.</param>
/// <param name="Note">A product that differs or a contradiction, in a line.</param>
/// <param name="Remark">Background of the sentence.</param>
/// <param name="CoveredBy">Cases of other public suites that touch it.</param>
/// <param name="Source">Document and edition.</param>
public sealed record Requirement(
    string Id,
    string Name,
    string Specification,
    string Section,
    Level Level,
    Role Role,
    string Sentence,
    string Text,
    Testable Testable,
    SentenceClass Class,
    string Since,
    string Category,
    string? Revision,
    string? Note,
    string? Remark,
    IReadOnlyList<string> CoveredBy,
    string Source)
{
    /// <summary>Such as <c>[MS-SWN] 3.1.5.2</c>.</summary>
    public string Citation => $"[{Specification}] {Section}";

    /// <summary>The level as specifications spell it: <c>MUST</c>, <c>SHOULD</c>, <c>DEFINES</c>.</summary>
    public string LevelName => Level.ToString().ToUpperInvariant();

    /// <summary>Why no case checks it, if there is a reason.</summary>
    public string? Exception => CatalogueExceptions.ReasonFor(Id);

    public override string ToString() => $"{Id} {Name}";
}
