using Torture.Harness.Clusters;

namespace Torture.Targets.Containers.Engine;

/// <summary>The engine cannot do it; the message is one line that says what to do.</summary>
internal sealed class EngineException(EngineTrouble trouble, string message, Exception? inner = null)
    : TargetUnusableException(message, inner)
{
    public EngineTrouble Trouble { get; } = trouble;
}

internal enum EngineTrouble
{
    /// <summary>Nothing answers at its address, or the address cannot be used.</summary>
    NoEngine,

    /// <summary>The user may not write to the socket.</summary>
    NoPermission,

    /// <summary>The connection ended before the answer did.</summary>
    WentAway,

    /// <summary>No answer in time.</summary>
    Silent,

    /// <summary>Something answers that does not speak like an engine.</summary>
    Garbled,

    /// <summary>The image is not on the engine.</summary>
    NoImage,

    /// <summary>No such container, network or volume.</summary>
    NotFound,

    /// <summary>A container or network of that name is there.</summary>
    NameTaken,

    /// <summary>A range or a fixed address that somebody else has.</summary>
    AddressTaken,

    NoSpace,

    /// <summary>Anything else that it says no to.</summary>
    Refused,
}
