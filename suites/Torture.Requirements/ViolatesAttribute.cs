namespace Torture.Requirements;

/// <summary>Names the sentences that a mutant breaks: the cases that verify them must notice it.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class ViolatesAttribute(params string[] requirements) : Attribute
{
    /// <summary>Ids, such as <see cref="Swn.KeepAliveElapses"/>.</summary>
    public IReadOnlyList<string> Requirements => requirements;
}
