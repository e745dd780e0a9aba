namespace Torture.Harness.Clusters;

/// <summary>What a case may ask of a target.</summary>
public enum Capability
{
    /// <summary>Packets of the run can be captured.</summary>
    Capture,

    /// <summary>Node and public addresses of IPv6.</summary>
    IPv6,

    /// <summary>Captured packets show link addresses, and public addresses really move on the link.</summary>
    LinkAddresses,

    /// <summary>Endpoint mapper and SMB listen on 135 and 445.</summary>
    WellKnownPorts,

    /// <summary>The target tells node states and owners of addresses.</summary>
    Observe,

    /// <summary>The target lists its registrations.</summary>
    ObserveRegistrations,

    /// <summary>And whether a call of a registration is pending.</summary>
    ObservePendingCalls,

    /// <summary>Three nodes or more.</summary>
    ThreeNodes,

    /// <summary>SMB2 is served on public addresses.</summary>
    Smb,

    /// <summary>A scale-out share.</summary>
    ScaleOutShare,

    /// <summary>A share with an owner.</summary>
    FailoverShare,

    /// <summary>More than one account.</summary>
    SecondAccount,

    /// <summary>An interface list that is not enumerated on demand but fails when asked to.</summary>
    FailEnumeration,

    Ndr64,
    WitnessV2,
    UnRegisterEx,
    KillNode,
    PauseNode,
    StopNode,
    DisableNode,
    BanNode,
    StopWitness,
    MoveAddress,
    MoveShare,
    MoveClient,
    ChangeResource,
    ChangeAddress,
    Partition,
    SlowLink,
    LossyLink,
    DuplicatingLink,
    ReorderingLink,
    FlappingLink,
    ForceUnregister,
    ForceResponse,

    /// <summary>The cluster lock is one that a frozen holder keeps, and its holder can be frozen.</summary>
    StallRecoveryLock,

    /// <summary>The holder of the cluster lock can be cut off from it.</summary>
    LoseRecoveryLock,
}

/// <summary>What a target has, and why it has not what it lacks.</summary>
public sealed class CapabilitySet
{
    private readonly Dictionary<Capability, string> _missing = [];

    public static CapabilitySet Everything => new();

    public IReadOnlyDictionary<Capability, string> Missing => _missing;

    public IEnumerable<Capability> Present => Enum.GetValues<Capability>().Where(Has);

    /// <param name="reason">What to do to have it: "grant CAP_NET_RAW: sudo setcap ...", "write the hook kill".</param>
    public CapabilitySet Without(Capability capability, string reason)
    {
        var less = new CapabilitySet();
        foreach (var (missing, why) in _missing)
        {
            less._missing[missing] = why;
        }

        less._missing[capability] = reason;
        return less;
    }

    public bool Has(Capability capability) => !_missing.ContainsKey(capability);

    /// <summary>Without any of them, for one reason.</summary>
    public CapabilitySet WithoutAll(IEnumerable<Capability> capabilities, string reason) =>
        capabilities.Aggregate(this, (set, capability) => set.Without(capability, reason));

    /// <summary>Why it is missing; null where it is there.</summary>
    public string? WhyNot(Capability capability) => _missing.GetValueOrDefault(capability);
}
