namespace Torture.Harness.Clusters;

/// <summary>The target cannot do what was asked: the case is NotSupported.</summary>
public sealed class NotSupportedByTargetException(Capability capability, string reason)
    : Exception($"{capability}: {reason}")
{
    public Capability Capability { get; } = capability;

    public string Reason { get; } = reason;
}

/// <summary>
/// Not our subject's fault: a prerequisite was not met, a fault was not seen to act, the cluster did not come back.
/// The case is Inconclusive.
/// </summary>
public class InconclusiveException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A fault would change nothing: what it makes so was so before, and nobody could see it act.</summary>
public sealed class NothingToChangeException(string message) : InconclusiveException(message);

/// <summary>Target or environment cannot be used at all: no case of the cluster can run (exit code 3).</summary>
public class TargetUnusableException(string message, Exception? inner = null) : Exception(message, inner);
