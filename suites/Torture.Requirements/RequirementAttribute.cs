namespace Torture.Requirements;

/// <summary>Makes a constant an entry of a catalogue: its value is the id, the data has the rest.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class RequirementAttribute(string section, Level level) : Attribute
{
    /// <summary>Section of the specification, as the data has it.</summary>
    public string Section => section;

    public Level Level => level;

    /// <summary>The specification, where it is not the one of the catalogue.</summary>
    public string? Specification { get; init; }

    /// <summary>What a reader of a failure must know: a product that differs, a contradiction in the text.</summary>
    public string? Note { get; init; }
}
