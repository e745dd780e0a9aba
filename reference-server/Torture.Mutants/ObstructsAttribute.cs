namespace Torture.Mutants;

/// <summary>
/// The defect is in the way of all calls of a kind, whatever they are about: no case with one can be sure to get to its
/// own sentence, and what turns red beside those that must says nothing of the case.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ObstructsAttribute : Attribute;
