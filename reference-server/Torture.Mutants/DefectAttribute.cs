namespace Torture.Mutants;

/// <summary>What is wrong, in one sentence, told where the mutant is listed.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class DefectAttribute(string sentence) : Attribute
{
    public string Sentence => sentence;
}
