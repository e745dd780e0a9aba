using Torture.Protocol.Rpc;
using Torture.Protocol.Witness;

namespace Torture.ReferenceServer.Witness;

/// <summary>Where products differ from the text of [MS-SWN], or from each other.</summary>
public enum WitnessProfile
{
    /// <summary>As the text says: GetInterfaceList waits for any entry that is AVAILABLE.</summary>
    Literal,

    /// <summary>As Windows does: it waits for an AVAILABLE entry that has INTERFACE_WITNESS.</summary>
    Windows,
}

/// <summary>What [MS-SWN] leaves to the implementation.</summary>
public sealed record WitnessSettings
{
    /// <summary>Time-out of the Unused Registration Timer ([MS-SWN] 3.1.5.1); 30 s in Windows.</summary>
    public TimeSpan UnusedRegistrationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Period of both timers ([MS-SWN] 3.1.2): a time-out is noticed at most this much late.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    public WitnessProfile Profile { get; init; } = WitnessProfile.Literal;

    /// <summary>WitnessServiceVersion ([MS-SWN] 3.1.1.1), reported with every interface.</summary>
    public uint Version { get; init; } = WitnessVersion.V2;

    /// <summary>Registrations beyond this many end in ERROR_NO_SYSTEM_RESOURCES.</summary>
    public int MaximumRegistrations { get; init; } = 100_000;

    /// <summary>AsyncNotify calls pending on one registration beyond this many: ERROR_NO_SYSTEM_RESOURCES.</summary>
    public int MaximumPendingCalls { get; init; } = 64;

    /// <summary>
    /// Changes kept for a registration that does not poll; beyond it the oldest go, which the log tells.
    /// </summary>
    public int MaximumQueuedChanges { get; init; } = 1_024;

    /// <summary>Weakest authentication level that is served ([MS-SWN] 3.1.4, product note 4).</summary>
    public AuthenticationLevel MinimumLevel { get; init; } = AuthenticationLevel.Integrity;
}
