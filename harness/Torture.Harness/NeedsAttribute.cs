using Torture.Harness.Clusters;

namespace Torture.Harness;

/// <summary>What a case needs of a target; where it is missing the case is NotSupported and says so.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class NeedsAttribute(params Capability[] capabilities) : Attribute
{
    public IReadOnlyList<Capability> Capabilities { get; } = capabilities;
}

/// <summary>Time for a case that takes longer than the target's limit for a case.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class TakesAttribute(double seconds) : Attribute
{
    public TimeSpan Time { get; } = TimeSpan.FromSeconds(seconds);
}
